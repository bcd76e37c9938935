package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idkit/internal/platform/secret"
)

func valid(change func(*Config)) Config {
	c := Config{
		Listen: "127.0.0.1:8080", BaseURL: "http://localhost:8080", Database: "sqlite:data/idkit.db",
		MailFrom: "idkit@localhost", Brand: "IDKit",
	}
	if change != nil {
		change(&c)
	}
	return c
}

func TestDefaultsAreValid(t *testing.T) {
	if err := valid(nil).Validate(); err != nil {
		t.Error(err)
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	c := Config{
		Listen: "8080", BaseURL: "http://id.example.com", OperatorListen: "8081", OperatorBaseURL: "http://operators.example.com", Database: "mysql://x", SecretKey: "x", SecretKeyFile: "y",
		MailFrom: "IDKit <idkit@example.com>", Brand: " ", SupportURL: "javascript:alert(1)", TrustedProxies: []string{"10.0.0.0/8", "proxy"},
	}
	err := c.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, setting := range []string{"LISTEN", "BASE_URL", "OPERATOR_LISTEN", "OPERATOR_BASE_URL", "DATABASE", "SECRET_KEY", "MAIL_FROM", "BRAND", "SUPPORT_URL", "TRUSTED_PROXIES"} {
		if !strings.Contains(err.Error(), "IDKIT_"+setting+":") {
			t.Errorf("nothing is said about IDKIT_%s in:\n%v", setting, err)
		}
	}
}

func TestOnlyPlainHTTPOnLoopbackIsDevelopment(t *testing.T) {
	for base, want := range map[string]bool{
		"http://localhost:8080": true, "http://127.0.0.1:1": true, "http://[::1]:8080": true, "http://portal.localhost": true,
		"https://localhost:8080": false, "http://id.example.com": false, "http://localhost.example.com": false, "https://id.example.com": false,
	} {
		c := valid(func(c *Config) { c.BaseURL = base })
		if got := c.Development(); got != want {
			t.Errorf("%s: development %v, want %v", base, got, want)
		}
		if accepted := c.Validate() == nil; accepted != (want || strings.HasPrefix(base, "https://")) {
			t.Errorf("%s: accepted %v", base, accepted)
		}
	}
}

func TestTheKeyIsMadeOnceAndKeptPrivate(t *testing.T) {
	dir := t.TempDir()
	c := valid(func(c *Config) { c.Database = "sqlite:" + filepath.Join(dir, "data", "idkit.db") })
	first, err := c.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Keyring()
	if err != nil || again.CurrentKeyID() != first.CurrentKeyID() {
		t.Errorf("the second start has another key: %v", err)
	}
	info, err := os.Stat(c.KeyFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(c.KeyFile(), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Keyring(); err == nil {
		t.Error("a key that others can read is accepted")
	}
}

func TestANamedKeyFileIsNeverMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	c := valid(func(c *Config) { c.SecretKeyFile = path })
	if _, err := c.Keyring(); err == nil {
		t.Error("a missing key file is accepted")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was made")
	}
	c = valid(func(c *Config) { c.SecretKey = secret.Redacted(secret.NewKey()) })
	if _, err := c.Keyring(); err != nil {
		t.Error(err)
	}
}

func TestWhereTheConsoleIs(t *testing.T) {
	for _, c := range []struct {
		listen, baseURL string
		want            string // "" where there is no console
		valid           bool
	}{
		{"127.0.0.1:8081", "", "http://localhost:8081", true},
		{"127.0.0.1:8081", "https://operators.example.com/", "https://operators.example.com", true},
		{"127.0.0.1:8081", "http://operators.example.com", "http://operators.example.com", false},
		{"127.0.0.1:8081", "https://operators.example.com/console", "https://operators.example.com/console", false},
		{"127.0.0.1:8081", "http://localhost:8080/", "http://localhost:8080", false}, // the portal's own
		{"8081", "", "http://localhost", false},
		{"off", "", "", true},
		{"", "", "", true},
	} {
		config := valid(func(v *Config) { v.OperatorListen, v.OperatorBaseURL = c.listen, c.baseURL })
		if there := config.OperatorConsole(); there != (c.want != "") || there && config.OperatorURL().String() != c.want {
			t.Errorf("%q %q: a console %v at %s, want %q", c.listen, c.baseURL, there, config.OperatorURL(), c.want)
		}
		if err := config.Validate(); (err == nil) != c.valid {
			t.Errorf("%q %q is answered with %v", c.listen, c.baseURL, err)
		}
	}
}
