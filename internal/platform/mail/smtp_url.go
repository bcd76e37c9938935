package mail

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"idkit/internal/platform/secret"
)

// SMTPSettings say which mail server takes the letters, and how it is reached.
type SMTPSettings struct {
	Host        string
	Port        int
	User        string // empty: no log-in
	Password    secret.Redacted
	ImplicitTLS bool // smtps:// (RFC 8314); otherwise STARTTLS, or nothing on this machine
}

// Refusals of an SMTP address. None of them repeats the address: it may hold a password.
var (
	errSMTPForm     = errors.New("the mail server must be smtp://user:password@host:587 or smtps://user:password@host:465")
	errSMTPEscape   = errors.New("the mail server's user and password must be percent-encoded: @ is %40, : is %3A, / is %2F, # is %23")
	errSMTPPort     = errors.New("the mail server's port must be a number from 1 to 65535")
	errSMTPPassword = errors.New("the mail server's user and password must be given together")
	errSMTPLineEnd  = errors.New("the mail server's user and password cannot contain control characters")
)

// ParseSMTP reads smtp://user:password@host:587 (STARTTLS, verified) or
// smtps://user:password@host:465 (TLS from the start, verified). User and
// password may be missing, and so may the port.
func ParseSMTP(text string) (SMTPSettings, error) {
	u, err := url.Parse(text)
	if err != nil {
		if strings.Contains(text, "@") {
			return SMTPSettings{}, errSMTPEscape
		}
		return SMTPSettings{}, errSMTPForm
	}
	s := SMTPSettings{Host: u.Hostname(), Port: 587}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.Port, s.ImplicitTLS = 465, true
	default:
		return SMTPSettings{}, errSMTPForm
	}
	if !plausibleHost(s.Host) || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return SMTPSettings{}, errSMTPForm
	}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return SMTPSettings{}, errSMTPPort
		}
	} else if strings.HasSuffix(u.Host, ":") {
		return SMTPSettings{}, errSMTPPort
	}
	if u.User == nil {
		return s, nil
	}
	password, _ := u.User.Password()
	if u.User.Username() == "" || password == "" {
		return SMTPSettings{}, errSMTPPassword
	}
	if strings.ContainsFunc(u.User.Username()+password, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return SMTPSettings{}, errSMTPLineEnd
	}
	s.User, s.Password = u.User.Username(), secret.Redacted(password)
	return s, nil
}

// plausibleHost accepts host names and IP addresses.
func plausibleHost(host string) bool {
	if net.ParseIP(host) != nil {
		return true
	}
	return host != "" && len(host) <= 253 && !strings.ContainsFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
}

// Address is the host with its port.
func (s SMTPSettings) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// onThisMachine reports whether the server is reached without a network. Only
// there a letter may travel unencrypted.
func (s SMTPSettings) onThisMachine() bool {
	ip := net.ParseIP(s.Host)
	return strings.EqualFold(s.Host, "localhost") || (ip != nil && ip.IsLoopback())
}
