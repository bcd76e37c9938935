//go:build browser

package browser

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/domain/access"
)

// factorReset is the title of the window.
const factorReset = "Reset Two-Factor Authentication"

const letterSpokenCode = "A code to read out to your administrator"

// spokenCode is how a code to read out stands in its letter.
var spokenCode = regexp.MustCompile(`\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b`)

// readOut is what somebody reads from the newest of so many letters with a code.
func (o *office) readOut(c *colleague, letters int) string {
	o.t.Helper()
	newest := o.letters(letterSpokenCode, c.email, letters)[0]
	code := spokenCode.FindString(newest.Text)
	if code == "" {
		o.t.Fatalf("no code in:\n%s", newest.Text)
	}
	return code
}

// TestResettingTheSecondFactorOfAUser: the user reads a code out to the administrator, and sets up anew at the next log-in.
func TestResettingTheSecondFactorOfAUser(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		o.resetFactorByCode(o.protected("Priya Shah", priyaEmail, access.RoleMember))
	})
}

func (o *office) resetFactorByCode(c *colleague) {
	o.t.Helper()
	tab, p := o.at(c), o.ada
	o.act(p, c, "Reset 2FA")
	p.on(factorReset)
	p.reads("A short code is mailed to " + c.email + ". Ask " + c.name + " to read it out to you, for example by phone. Nothing changes before the code is right.")
	p.reads(c.name + " must set it up again at the next log-in.")
	p.becomes("Cancel", p.focused, "the focus of the window")
	o.look(p, "user-second-factor")
	p.press("Send code")
	p.reads("A code was mailed to " + c.email)
	code := o.readOut(c, 1)
	if told, err := p.says(code); err != nil || told {
		o.t.Errorf("the administrator is shown the code (%v)", err)
	}
	o.look(p, "user-second-factor-code")
	p.press("Reset")
	p.reads("Enter the code that was read out to you")
	p.fill("Code", "2222-2222")
	p.press("Reset")
	p.reads("That code is not correct.")
	tab.open("/profile")
	tab.on("User Profile") // nothing has happened yet
	p.fill("Code", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	p.press("Reset")
	p.reads("1 session was ended.")
	p.reads("We wrote to " + c.email + " that it was reset, and by whom.")
	o.look(p, "user-second-factor-done")
	p.press("Done")
	p.on(c.name)
	p.reads("Ada Okafor reset the two-factor authentication of " + c.name)
	o.setUpAgain(tab, c)
}

// setUpAgain is the next log-in after a reset: the password, and then nothing before the set-up.
func (o *office) setUpAgain(tab *person, c *colleague) {
	o.t.Helper()
	tab.open("/profile")
	tab.reads("Your session ended.")
	tab.fill("Email", c.email)
	tab.fill("Password", colleaguePassword)
	tab.press("Log In")
	tab.on("Protect your account")
	if tab.offers("Not now") {
		o.t.Error("the set-up can be put off")
	}
	tab.open("/profile")
	tab.on("Protect your account")
	tab.reads("An administrator of Northwind reset your two-factor authentication. Set it up again to go on.")
	c.app, _ = o.enrol(tab)
	tab.reads("Welcome, Priya. Two-factor authentication is on.")
	tab.open("/profile")
	tab.reads("On, authenticator app")
}

// TestResettingTheSecondFactorOfAnAdministrator needs a second Administrator, who may also refuse.
func TestResettingTheSecondFactorOfAnAdministrator(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		o.resetFactorByTwo(o.protected("Sam Ito", "sam@northwind.example", access.RoleAdministrator))
	})
}

func (o *office) resetFactorByTwo(sam *colleague) {
	o.t.Helper()
	window := "/users/" + sam.userID + "/second-factor"
	o.ada.open(window)
	o.ada.reads("A second Administrator has to approve this, and Northwind has no other. Give someone else the role first.")

	marco := o.at(o.colleague("Marco Rossi", "marco@northwind.example", access.RoleAdministrator))
	o.askWithCode(sam)
	marco.open("/users/" + sam.userID)
	marco.reads("Ada Okafor asks to reset two-factor authentication. A second Administrator has to agree before")
	marco.press("Agree or refuse")
	marco.on(factorReset)
	marco.reads("Ada Okafor asked to reset the two-factor authentication of Sam Ito. Check with Sam Ito before you approve.")
	marco.reads("Mailed to sam@northwind.example and read out")
	marco.becomes("Cancel", marco.focused, "the focus of the window")
	o.look(marco, "user-second-factor-approval")
	marco.press("Say why you refuse")
	marco.fill("Reason (optional)", "Sam did not ask")
	marco.press("Refuse")
	marco.reads("You refused the request of Ada Okafor. Nothing was changed.")

	o.askWithoutMailbox(sam)
	o.ada.press("Withdraw the request")
	o.ada.reads("The request is withdrawn. Nothing was changed.")
	o.askWithoutMailbox(sam)
	marco.open(window)
	marco.reads("Ada Okafor says that the mailbox is lost, so no code was read out. Your approval alone resets it. Call Sam Ito on a number that you know.")
	marco.press("Approve")
	marco.reads("We wrote to sam@northwind.example that it was reset, and by whom.")
	marco.open("/users/" + sam.userID)
	marco.reads("Marco Rossi approved and reset the two-factor authentication of Sam Ito")
	o.ada.open(window)
	o.ada.reads("Sam Ito has no two-factor authentication set up. There is nothing to reset.")
}

// askWithCode brings a reset up to where the second Administrator is asked, and finds no way around them.
func (o *office) askWithCode(c *colleague) {
	o.t.Helper()
	p := o.ada
	o.act(p, c, "Reset 2FA")
	p.on(factorReset)
	p.reads(c.name + " is an Administrator, so a second Administrator has to approve as well.")
	p.press("Send code")
	p.reads("A code was mailed to " + c.email)
	p.fill("Code", o.readOut(c, 1))
	p.press("Next")
	p.reads("Waiting for a second Administrator")
	p.reads("The other Administrators of Northwind are asked to approve.")
	o.look(p, "user-second-factor-waiting")
	if p.offers("Approve") {
		o.t.Error("whoever asked is offered to approve")
	}
	if status, words := p.posted("/users/"+c.userID+"/second-factor", "step", "approve"); status != http.StatusForbidden {
		o.t.Errorf("whoever asked approves and is answered %d: %s", status, words)
	}
}

// askWithoutMailbox asks for the approval in place of the code.
func (o *office) askWithoutMailbox(c *colleague) {
	o.t.Helper()
	p := o.ada
	o.act(p, c, "Reset 2FA")
	p.on(factorReset)
	p.press("Ask a second Administrator to approve")
	p.reads("Waiting for a second Administrator")
	p.reads("None, the mailbox is lost")
}
