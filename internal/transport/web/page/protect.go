package page

import (
	"errors"
	"html/template"
	"net/url"
	"time"
)

// Protect offers a second factor: "Setup" posts to /protect, "Not now" posts to /protect/later.
type Protect struct {
	Step         Step
	Organization string
	Again        bool // after an administrator reset the second factor: "Not now" is absent
	Required     bool // the organization requires one: "Not now" is absent
	Instead      bool // of a longer password, which "Back" leads to in place of "Not now"
}

func (v Protect) describe() description {
	return description{template: "protect", frame: frameEntry, title: "page.protect.title"}
}

// Authenticator is posted to /protect/authenticator: field code.
type Authenticator struct {
	Step    Step
	QR      QR     // made by QRCode from the otpauth address
	Address string // the otpauth address, for "Open in an app on this device"
	Key     string // base 32 without spaces; the page groups it
	Account string // the email address, as the app will show it
	Issuer  string // "{brand} {client}"
	Problem string
	Code    Field
	// Restarted says that an earlier set-up ran out after 30 minutes and this is a new key.
	Restarted bool
	Back      string // path of "Back"
}

// Link is Address as a link. html/template lets only web and mail addresses pass, so the scheme is checked here.
func (v Authenticator) Link() (template.URL, error) {
	u, err := url.Parse(v.Address)
	if err != nil || u.Scheme != "otpauth" {
		return "", errors.New("the address of an authenticator is not an otpauth address")
	}
	return template.URL(u.String()), nil
}

func (v Authenticator) describe() description {
	return description{
		template: "authenticator", frame: frameEntry, title: "page.authenticator.title",
		problems: problems(v.Problem, named{"code", v.Code}),
	}
}

// RecoveryCodes is posted to /protect/recovery-codes: field saved. Download is a plain GET of
// /protect/recovery-codes.txt, Print opens /protect/recovery-codes/print.
type RecoveryCodes struct {
	Step  Step
	Codes []string // in groups, as they are printed
	Saved Field    // the box "I have saved these codes"
}

func (v RecoveryCodes) describe() description {
	return description{
		template: "recovery_codes", frame: frameEntry, title: "page.recovery_codes.title",
		problems: problems("", named{"saved", v.Saved}),
	}
}

// RecoveryCodesPrint is the sheet of paper.
type RecoveryCodesPrint struct {
	Codes        []string
	Organization string
	Account      string
	MadeAt       time.Time
}

func (v RecoveryCodesPrint) describe() description {
	return description{template: "recovery_codes_print", frame: framePrint, title: "page.recovery_codes_print.title"}
}
