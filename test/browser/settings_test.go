//go:build browser

package browser

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"idkit/internal/domain/access"
	organizations "idkit/internal/domain/organization"
	"idkit/internal/platform/config"
	"idkit/internal/platform/mail/mailtest"
	"idkit/internal/platform/secret"
)

// TestASecondFactorIsRequired requires two-factor authentication while somebody without it is at work: the next page of
// theirs is its set-up, and behind it everything is as before.
func TestASecondFactorIsRequired(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		sam := o.protected("Sam Ito", "sam@northwind.example", access.RoleAdministrator)
		priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
		tab := o.at(priya)
		tab.open("/")
		tab.on("Welcome, Priya")

		p := o.at(sam)
		p.open("/settings")
		p.on("Settings")
		o.look(p, "settings")
		p.press("Security")
		p.on("Security")
		p.reads("2 of 3 active users have none.")
		o.look(p, "settings-security")
		p.press("Change")
		p.on("Change security")
		p.fill("Shortest password, in characters", "12")
		p.press("Review")
		p.reads("Passwords shorter than 15 characters need two-factor authentication for everybody.")
		o.look(p, "change-security-refused")
		p.tick("Required for all")
		p.press("Review")
		p.on("Review the change")
		p.reads("2 active users have no two-factor authentication now. The next page they open is its set-up, before anything else.")
		o.look(p, "security-review")
		p.press("Go back and change it")
		p.on("Change security")
		p.press("Review")
		p.on("Review the change")
		p.press("Save")
		p.on("Security")
		p.reads("The security policy is changed. It holds from the next page that anybody opens.")
		p.reads("Required for all from")

		tab.open("/profile")
		tab.on("Protect your account")
		tab.reads("Northwind requires two-factor authentication. Set it up to go on.")
		if tab.offers("Not now") {
			t.Error("it can be put off")
		}
		o.look(tab, "protect-required")
		o.enrol(tab)
		tab.on("User Profile") // where the way led
		tab.reads("Welcome, Priya. Two-factor authentication is on.")
		o.letters("Northwind now requires two-factor authentication", adaEmail, 1)
	})
}

// TestABrand refuses a colour that cannot be read, and shows the one that can.
func TestABrand(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		p := o.ada
		p.open("/settings/brand")
		p.on("Brand")
		o.look(p, "settings-brand")
		p.fill("Name of the portal (optional)", "Northwind ID")
		p.fill("Colour of links and buttons, light theme (optional)", "#ffd400")
		p.press("Save")
		p.reads("This colour has a contrast of 1.23:1 in the light theme; text needs 4.5:1.")
		o.look(p, "settings-brand-refused")
		nearest, err := ask[string](p, `document.querySelector("#light-error").innerText.match(/#[0-9A-F]{6}/)[0]`)
		if err != nil {
			t.Fatal(err)
		}
		p.fill("Colour of links and buttons, light theme (optional)", nearest)
		p.press("Save")
		p.reads("The brand is changed.")
		if got := p.value("Colour of links and buttons, light theme (optional)"); got != nearest {
			t.Errorf("the colour is %s, want %s", got, nearest)
		}
		shown, err := ask[string](p, `getComputedStyle(document.querySelector("a.way-back")).color`)
		colour, errColour := organizations.ParseColour(nearest)
		if want := fmt.Sprintf("rgb(%d, %d, %d)", colour.Red, colour.Green, colour.Blue); err != nil || errColour != nil || shown != want {
			t.Errorf("links are %s, want %s (%v, %v)", shown, want, err, errColour)
		}
		if p.title() != "Done: Brand - Northwind - Northwind ID" {
			t.Errorf("the title is %q", p.title())
		}
		if way.noScripts || way.keyboard {
			return
		}
		p.accessibleEverywhere("a page with a brand")
	})
}

// TestMailAndTheHeadOfTheLog sends the test mail and the head of the audit log through a mail server.
func TestMailAndTheHeadOfTheLog(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		server := mailtest.NewServer(t, mailtest.Options{})
		o := newOffice(t, way, func(c *config.Config) { c.SMTP = secret.Redacted(server.URL()) })
		p := o.ada
		p.open("/settings")
		p.press("Mail")
		p.on("Mail")
		p.press("Send test mail")
		o.delivered(p, "/settings/mail")
		o.look(p, "settings-mail")

		p.open("/settings/audit")
		p.on("Mail the head of the audit log")
		p.fill("Email address", "nobody")
		p.press("Save and send the first mail")
		p.reads("Enter an email address like name@example.com")
		p.fill("Email address", "audit@northwind.example")
		p.press("Save and send the first mail")
		p.reads("The head of the audit log is on its way to audit@northwind.example.")
		o.delivered(p, "/settings/audit")
		o.look(p, "settings-audit")
		head := regexp.MustCompile(`idkit audit verify --head`)
		found := false
		for _, letter := range server.Taken() {
			found = found || slices.Contains(letter.EnvelopeTo, "audit@northwind.example") && head.MatchString(letter.Text)
		}
		if !found {
			t.Error("no letter with the head arrived")
		}
	})
}

// delivered looks at a page until it says that its letter was delivered. The answer to the form comes first.
func (o *office) delivered(p *person, path string) {
	o.t.Helper()
	const waiting, taken = "In the outbox.", "Taken by the mail server"
	p.until("the answer to the form", func() (bool, error) {
		if waits, err := p.says(waiting); waits || err != nil {
			return waits, err
		}
		return p.says(taken)
	})
	p.until("the server's words", func() (bool, error) {
		p.open(path)
		return p.says(taken)
	})
}
