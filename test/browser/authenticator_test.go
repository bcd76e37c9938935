//go:build browser

package browser

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authenticator is an app on a phone: it knows what it scanned, and its clock.
type authenticator struct {
	t      *testing.T
	now    func() time.Time
	secret string
	issuer string
}

// scan reads the QR code from a picture of the screen.
func scan(t *testing.T, picture []byte, now func() time.Time) *authenticator {
	t.Helper()
	file := filepath.Join(t.TempDir(), "screen.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	content, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output()
	if err != nil {
		t.Fatalf("zbarimg cannot read the code on the screen: %v", err)
	}
	address, err := url.Parse(strings.TrimSpace(string(content)))
	if err != nil || address.Scheme != "otpauth" || address.Host != "totp" {
		t.Fatalf("the code holds %q, which is no otpauth address (%v)", content, err)
	}
	return &authenticator{t: t, now: now, secret: address.Query().Get("secret"), issuer: address.Query().Get("issuer")}
}

// code is what the app shows now.
func (a *authenticator) code() string {
	a.t.Helper()
	code, err := exec.Command("oathtool", "--totp", "--base32",
		"--now", a.now().UTC().Format("2006-01-02 15:04:05 UTC"), a.secret).Output()
	if err != nil {
		a.t.Fatalf("oathtool: %v", err)
	}
	return strings.TrimSpace(string(code))
}
