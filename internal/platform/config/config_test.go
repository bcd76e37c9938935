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
		Listen: "8080", BaseURL: "http://id.example.com", Database: "mysql://x", SecretKey: "x", SecretKeyFile: "y",
		MailFrom: "IDKit <idkit@example.com>", Brand: " ", SupportURL: "javascript:alert(1)", TrustedProxies: []string{"10.0.0.0/8", "proxy"},
	}
	err := c.Validate()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, setting := range []string{"LISTEN", "BASE_URL", "DATABASE", "SECRET_KEY", "MAIL_FROM", "BRAND", "SUPPORT_URL", "TRUSTED_PROXIES"} {
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
