package main

import (
	"fmt"
	"net/url"
	"strings"
)

type show struct{}

func (show) Run(e environment) error {
	c := e.config
	for _, line := range []struct {
		name  string
		value any
	}{
		{"IDKIT_LISTEN", c.Listen},
		{"IDKIT_BASE_URL", c.BaseURL},
		{"IDKIT_OPERATOR_LISTEN", c.OperatorListen},
		{"IDKIT_OPERATOR_BASE_URL", c.OperatorBaseURL},
		{"IDKIT_DATABASE", withoutPassword(c.Database)},
		{"IDKIT_SECRET_KEY", present(string(c.SecretKey))},
		{"IDKIT_SECRET_KEY_FILE", c.KeyFile()},
		{"IDKIT_SMTP", withoutPassword(c.SMTP.Reveal())},
		{"IDKIT_MAIL_FROM", c.MailFrom},
		{"IDKIT_BRAND", c.Brand},
		{"IDKIT_SUPPORT_URL", c.SupportURL},
		{"IDKIT_METRICS_LISTEN", c.MetricsListen},
		{"IDKIT_TRUSTED_PROXIES", strings.Join(c.TrustedProxies, ",")},
	} {
		if _, err := fmt.Fprintf(e.stdout, "%s=%v\n", line.name, line.value); err != nil {
			return err
		}
	}
	return c.Validate()
}

func present(secret string) string {
	if secret == "" {
		return ""
	}
	return "[redacted]"
}

// withoutPassword leaves of an address what may be read over somebody's shoulder.
func withoutPassword(address string) string {
	if !strings.Contains(address, "://") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "[redacted]"
	}
	q := u.Query()
	for name := range q {
		if strings.Contains(strings.ToLower(name), "password") { // PostgreSQL also takes it as a parameter
			q.Set(name, "xxxxx")
		}
	}
	u.RawQuery = q.Encode()
	return u.Redacted()
}
