//go:build browser

package browser

import (
	"testing"
	"time"

	"idkit/internal/domain/access"
)

// TestResetPasswordFromUserManagement is that section of the paper, and the box for an account in wrong hands.
func TestResetPasswordFromUserManagement(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		priya := o.protected("Priya Shah", priyaEmail, access.RoleMember)
		tab := o.at(priya)
		tab.open("/profile")

		o.sendResetLink(priya)
		tab.open("/profile")
		tab.on("User Profile") // the present password goes on working, and so does the session
		again := o.chooseFromLetter(priya, 1, newPassword)
		tab.open("/profile")
		tab.reads("Your session ended.")

		o.portal.clock.Advance(5 * time.Minute)
		tab = again
		o.blockPassword(priya)
		tab.open("/profile")
		tab.reads("Your session ended.")
		o.logIn(tab, priya.email, newPassword)
		tab.refusedAt("password", "The email address or password is not correct.")
		o.chooseFromLetter(priya, 2, lastPassword)
	})
}

// sendResetLink goes the way of the paper: Users, the user, Reset Password, Reset.
func (o *office) sendResetLink(c *colleague) {
	o.t.Helper()
	p := o.ada
	p.open("/users")
	p.on("Users")
	p.press("Reset Password")
	p.reads("Select a user first.")
	p.until("a title that starts with Error:", func() (bool, error) { return p.title() == "Error: Users - Northwind - IDKit", nil })
	p.becomes("pick-"+c.userID, p.focused, "the focus where nobody was selected")

	p.tick("Select " + c.name)
	if !p.way.noScripts {
		p.reads(c.name + " selected")
	}
	p.press("Reset Password")
	p.on("Reset Password")
	p.reads("Send " + c.name + " a link to choose a new password? The present password keeps working until the link is used. The link works for 24 hours.")
	p.becomes("Cancel", p.focused, "the focus of the window")
	o.look(p, "user-reset-password")
	p.press("Reset")
	p.on("Users")
	p.reads("Reset link sent to " + c.email + ".")

	o.act(p, c, "Reset Password")
	p.on("Reset Password")
	p.press("Reset")
	p.reads("A link was sent a moment ago. Wait 5 minutes.")
}

// blockPassword is the same with the box for an account in wrong hands.
func (o *office) blockPassword(c *colleague) {
	o.t.Helper()
	p := o.ada
	o.selectAnd(p, c, "Reset Password")
	p.on("Reset Password")
	p.reads("Choose this if the account may be in wrong hands.")
	p.tick("Log out everywhere now")
	p.press("Reset")
	p.on("Users")
	p.reads("Reset link sent to " + c.email + ". 1 session was ended, and the old password no longer works.")
}

// chooseFromLetter follows the newest of so many letters to the log-in page, and logs in.
func (o *office) chooseFromLetter(c *colleague, letters int, password string) *person {
	o.t.Helper()
	o.letters(letterReset, c.email, letters)
	p := o.newPerson()
	o.openLetter(p, letterReset, c.email, "Reset IDKit Password")
	p.on("Choose a new password")
	p.reads("Ada Okafor sent you this link.")
	p.fill("New password", password)
	p.fill("Confirm new password", "something else")
	p.press("Next")
	p.reads("The two passwords are not the same.")
	p.fill("New password", password)
	p.fill("Confirm new password", password)
	p.press("Next")
	p.on("Log in")
	p.reads("Your password is changed. Log in with it.")
	p.fill("Password", password)
	p.press("Log In")
	p.on("Enter your code") // two-factor authentication stays as it is
	o.portal.clock.Advance(step)
	p.fill("6-digit code", c.app.code())
	p.press("Next")
	p.on("Welcome, Priya")
	return p
}

// TestResetPasswordRefused: where there is no password to reset the window says what to do instead.
func TestResetPasswordRefused(t *testing.T) {
	o := newOffice(t, way{})
	priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
	li := o.invited("Li Wen", "li@northwind.example")
	o.suspend(priya)

	o.selectAnd(o.ada, priya, "Reset Password")
	o.ada.reads("Priya Shah is suspended. Set Active first.")
	o.ada.press("Change Status")
	o.ada.on("Change Status")
	o.ada.reads("Set Priya Shah to Active?")

	o.ada.open("/users/" + li.userID + "/reset-password")
	o.ada.reads("Li Wen has not set up the account yet, so there is no password to reset. Resend the invitation instead.")
	o.ada.press("Resend")
	o.ada.on("Resend the invitation")

	o.ada.open("/users/reset-password?user=" + priya.userID + "&user=" + li.userID)
	o.ada.reads("You can do this to one user at a time. Go back and select one.")
}
