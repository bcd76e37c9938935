package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"idkit/internal/platform/secret"
)

// Config is every setting. The flag --base-url is IDKIT_BASE_URL, and so on.
// Each has a default with which the portal runs on a fresh machine.
type Config struct {
	Listen          string          `default:"127.0.0.1:8080" env:"IDKIT_LISTEN" placeholder:"HOST:PORT" help:"Address the portal listens on."`
	BaseURL         string          `default:"http://localhost:8080" env:"IDKIT_BASE_URL" placeholder:"URL" help:"Address people reach the portal at. All links to them are built from it. http:// is allowed for loopback hosts only and means development mode."`
	OperatorListen  string          `default:"127.0.0.1:8081" env:"IDKIT_OPERATOR_LISTEN" placeholder:"HOST:PORT" help:"Address the operator's console listens on; off: there is no console."`
	OperatorBaseURL string          `env:"IDKIT_OPERATOR_BASE_URL" placeholder:"URL" help:"Address operators reach the console at, for example through an SSH tunnel. Empty: http://localhost with the port of the console."`
	Database        string          `default:"sqlite:data/idkit.db" env:"IDKIT_DATABASE" placeholder:"URL" help:"sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME."`
	SecretKey       secret.Redacted `env:"IDKIT_SECRET_KEY" placeholder:"KEY" help:"Secret key: 32 bytes in base64. Several, separated by commas: the first is for new values, the others only read older ones."`
	SecretKeyFile   string          `env:"IDKIT_SECRET_KEY_FILE" placeholder:"PATH" help:"File with the secret key. Without either, a key is made once beside the SQLite database, or in data/."`
	SMTP            secret.Redacted `env:"IDKIT_SMTP" placeholder:"URL" help:"Mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://USER:PASSWORD@HOST:465. Empty: mail is not set up."`
	MailFrom        string          `default:"idkit@localhost" env:"IDKIT_MAIL_FROM" placeholder:"ADDRESS" help:"Sender address of all mail."`
	Brand           string          `default:"IDKit" env:"IDKIT_BRAND" placeholder:"NAME" help:"Name of the portal on pages and in mail."`
	SupportURL      string          `env:"IDKIT_SUPPORT_URL" placeholder:"URL" help:"Where the Support link leads: https:// or mailto:."`
	MetricsListen   string          `env:"IDKIT_METRICS_LISTEN" placeholder:"HOST:PORT" help:"Address on which a monitoring system reads numbers, without any password: on loopback or a network of your own. Empty: nowhere."`
	ModulesFile     string          `env:"IDKIT_MODULES_FILE" placeholder:"PATH" help:"JSON file with the modules that this installation has beside its own, as in docs/modules.json."`
	TrustedProxies  []string        `env:"IDKIT_TRUSTED_PROXIES" placeholder:"CIDR" help:"Networks of reverse proxies whose X-Forwarded-For is believed."`
}

// Development reports whether this is a developer's machine: the base URL is
// plain http on a loopback host.
func (c Config) Development() bool { return plainLoopback(c.BaseURL) }

func plainLoopback(baseURL string) bool {
	u, err := url.Parse(baseURL)
	return err == nil && u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// DataDir is where files live that the installation makes for itself.
func (c Config) DataDir() string {
	if path, ok := strings.CutPrefix(c.Database, "sqlite:"); ok {
		return filepath.Dir(path)
	}
	return "data"
}

// Mailbox is the folder for the letters of development mode without a mail
// server, or empty.
func (c Config) Mailbox() string {
	if c.Development() && c.SMTP == "" {
		return filepath.Join(c.DataDir(), "mailbox")
	}
	return ""
}

// URL is the parsed base URL of a valid configuration.
func (c Config) URL() *url.URL { return parsed(c.BaseURL) }

// OperatorConsole reports whether the operator's console is to listen.
func (c Config) OperatorConsole() bool { return c.OperatorListen != "" && c.OperatorListen != "off" }

// OperatorURL is the parsed base URL of the console in a valid configuration.
func (c Config) OperatorURL() *url.URL { return parsed(c.operatorBaseURL()) }

// operatorBaseURL is as it was set, or where the console is found on its own host.
func (c Config) operatorBaseURL() string {
	if c.OperatorBaseURL != "" {
		return c.OperatorBaseURL
	}
	if _, port, err := net.SplitHostPort(c.OperatorListen); err == nil {
		return "http://localhost:" + port
	}
	return "http://localhost"
}

func parsed(baseURL string) *url.URL {
	u, err := url.Parse(strings.TrimSuffix(baseURL, "/"))
	if err != nil {
		panic("config: URL before Validate: " + err.Error())
	}
	return u
}

// Proxies are the parsed trusted networks of a valid configuration.
func (c Config) Proxies() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range c.TrustedProxies {
		if p, err := parsePrefix(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

// Validate tells every mistake at once, each in a sentence that says what to do.
func (c Config) Validate() error {
	var wrong []error
	refuse := func(setting, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s: "+format, append([]any{setting}, args...)...))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		refuse("IDKIT_LISTEN", "write HOST:PORT, for example 127.0.0.1:8080")
	}
	checkBaseURL := func(setting, front, baseURL, example string) {
		switch u, err := url.Parse(baseURL); {
		case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
			refuse(setting, "write the address of the %s, for example %s", front, example)
		case u.Path != "" && u.Path != "/":
			refuse(setting, "the %s needs a host of its own: leave out the path %q", front, u.Path)
		case u.Scheme != "https" && !plainLoopback(baseURL):
			refuse(setting, "use https://: plain http is for loopback hosts only")
		}
	}
	checkBaseURL("IDKIT_BASE_URL", "portal", c.BaseURL, "https://id.example.com")
	checkBaseURL("IDKIT_OPERATOR_BASE_URL", "operator's console", c.operatorBaseURL(), "https://operators.example.com")
	if _, _, err := net.SplitHostPort(c.OperatorListen); err != nil && c.OperatorConsole() {
		refuse("IDKIT_OPERATOR_LISTEN", "write HOST:PORT, for example 127.0.0.1:8081, or off")
	}
	if c.OperatorConsole() && strings.EqualFold(strings.TrimSuffix(c.operatorBaseURL(), "/"), strings.TrimSuffix(c.BaseURL, "/")) {
		refuse("IDKIT_OPERATOR_BASE_URL", "the operator's console needs an address of its own, other than the portal's")
	}
	if !strings.HasPrefix(c.Database, "sqlite:") && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		refuse("IDKIT_DATABASE", "write sqlite:PATH or postgres://…")
	}
	if c.SecretKey != "" && c.SecretKeyFile != "" {
		refuse("IDKIT_SECRET_KEY", "set the key or IDKIT_SECRET_KEY_FILE, not both")
	}
	if a, err := mail.ParseAddress(c.MailFrom); err != nil || a.Address != c.MailFrom {
		refuse("IDKIT_MAIL_FROM", "write one plain address, for example idkit@example.com")
	}
	if strings.TrimSpace(c.Brand) == "" {
		refuse("IDKIT_BRAND", "the portal needs a name")
	}
	if u, err := url.Parse(c.SupportURL); err != nil || c.SupportURL != "" && u.Scheme != "https" && u.Scheme != "mailto" {
		refuse("IDKIT_SUPPORT_URL", "write an https:// or mailto: address")
	}
	for _, text := range c.TrustedProxies {
		if _, err := parsePrefix(text); err != nil {
			refuse("IDKIT_TRUSTED_PROXIES", "%q is neither an address nor a network", text)
		}
	}
	return errors.Join(wrong...)
}
