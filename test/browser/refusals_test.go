//go:build browser

package browser

import (
	"strings"
	"testing"
	"time"
)

// invited is a portal with its administrator, and an invitation to Priya on its way.
func invited(t *testing.T) *journey {
	t.Helper()
	t.Parallel()
	j := newJourney(t, way{})
	j.setUpPortal()
	j.invitePriya()
	return j
}

// refused checks how a form that was not accepted stands there: the title says so, and the summary above it has the focus.
func (p *person) refused(sentence string) {
	p.t.Helper()
	p.refusedAt("problems", sentence)
}

// refusedAt is refused where the focus goes to the one field that has to be filled again.
func (p *person) refusedAt(focus, sentence string) {
	p.t.Helper()
	p.reads("There is a problem")
	p.reads(sentence)
	p.until("a title that starts with Error:", func() (bool, error) { return strings.HasPrefix(p.title(), "Error: "), nil })
	p.becomes(focus, p.focused, "the focus")
}

func TestExpiredInvitation(t *testing.T) {
	j := invited(t)
	priya := j.newPerson()
	j.openInvitation(priya, priyaEmail)
	priya.on("Enter the new password")
	ends := j.portal.clock.Now().UTC().Add(7 * 24 * time.Hour)
	j.portal.clock.Advance(7*24*time.Hour + time.Minute)

	late := j.newPerson()
	j.openInvitation(late, priyaEmail)
	late.on("This invitation has ended")
	late.reads("This invitation ended on " + ends.Format("2 January 2006"))
	late.reads("Ask Ada Okafor for a new one.")
	late.press("Ask for a new invitation")
	late.on("Your request is on its way")

	// The form that was open since before does not get around the end.
	priya.fill("New password", priyaPassword)
	priya.press("Next")
	priya.on("This invitation has ended")
}

func TestUsedInvitation(t *testing.T) {
	j := invited(t)
	j.acceptInvitation()
	again := j.newPerson()
	j.openInvitation(again, priyaEmail)
	again.on("You already set up this account")
	again.press("Log In")
	again.on("Log in")
}

func TestReplacedInvitation(t *testing.T) {
	j := invited(t)
	first := j.newPerson()
	j.openInvitation(first, priyaEmail)
	first.on("Enter the new password")

	j.portal.clock.Advance(10 * time.Minute) // resending right away is throttled
	j.ada.open("/users")
	j.ada.press("Priya Shah")
	j.ada.press("Resend")
	j.ada.on("Resend the invitation")
	j.ada.reads("The old link stops working.")
	j.ada.press("Resend")
	j.ada.reads("New invitation sent to " + priyaEmail)

	first.fill("New password", priyaPassword)
	first.press("Next")
	first.on("There is a newer invitation")
	first.reads("Use the latest mail.")
}

func TestWithdrawnInvitation(t *testing.T) {
	j := invited(t)
	j.ada.open("/users")
	j.ada.press("Priya Shah")
	j.ada.press("Withdraw invitation")
	j.ada.on("Withdraw the invitation for Priya Shah?")
	if focused := j.ada.focused(); focused != "Cancel" {
		t.Errorf("the focus is on %q; a confirmation starts on Cancel", focused)
	}
	j.ada.press("Withdraw")
	j.ada.reads("Invitation for Priya Shah withdrawn.")

	priya := j.newPerson()
	j.openInvitation(priya, priyaEmail)
	priya.on("This invitation was withdrawn")
}

func TestInvitationOfSomebodyElse(t *testing.T) {
	j := invited(t)
	j.openInvitation(j.ada, priyaEmail)
	j.ada.on("You are logged in as somebody else")
	j.ada.reads("This invitation is for " + priyaEmail + ". You are logged in as " + adaEmail + ".")
	j.ada.press("Stay logged in")
	j.ada.on("Welcome, Ada")

	j.openInvitation(j.ada, priyaEmail)
	j.ada.press("Log out and continue as " + priyaEmail)
	j.ada.on("Enter the new password")
	if email := j.ada.value("Email"); email != priyaEmail {
		t.Errorf("the page sets the password of %q", email)
	}
}

func TestInvitingSomebodyTwice(t *testing.T) {
	j := invited(t)
	j.ada.open("/users/invite")
	j.ada.fill("First name", "Priya")
	j.ada.fill("Email address", priyaEmail)
	j.ada.choose("Role", "Member")
	j.ada.press("Send Invite")
	j.ada.refused("Priya Shah is already invited. Send the invitation again instead.")
	if first := j.ada.value("First name"); first != "Priya" {
		t.Errorf("the form lost what was typed: the first name is %q", first)
	}
	if !j.ada.offers("Resend") {
		t.Error("there is no way on: Resend")
	}
}

func TestEmptyInvitation(t *testing.T) {
	j := newJourney(t, way{})
	j.setUpPortal()
	j.ada.open("/users/invite")
	j.ada.press("Send Invite")
	j.ada.refused("Enter a first name")
	j.ada.reads("Choose a role")
	j.ada.press("Enter a first name")
	if focused := j.ada.focused(); focused != "first_name" {
		t.Errorf("the summary leads to %q", focused)
	}
}

func TestRefusedPasswords(t *testing.T) {
	j := invited(t)
	p := j.newPerson()
	j.openInvitation(p, priyaEmail)
	p.on("Enter the new password")
	for _, try := range []struct{ password, answer string }{
		{"", "Enter a password"},
		{"elevenchars", "Your password has 11 characters. Use at least 15."},
		{"123456789012345", "This password is on lists of leaked passwords."},
		{"priya@northwind.example", "Your password contains your name or email address."},
	} {
		p.fill("New password", try.password)
		p.press("Next")
		p.refused(try.answer)
		if kept := p.value("New password"); kept != "" {
			t.Errorf("the page sends the refused password %q back", kept)
		}
	}
}

func TestWrongLogIn(t *testing.T) {
	j := invited(t)
	j.acceptInvitation()
	p := j.newPerson()
	p.open("/login")
	p.press("Log In")
	p.refused("Enter your email address")

	j.logIn(p, priyaEmail, "not the password at all")
	p.refusedAt("password", "The email address or password is not correct.")
	if email := p.value("Email"); email != priyaEmail {
		t.Errorf("the email address became %q", email)
	}
	j.logIn(p, "nobody@northwind.example", priyaPassword)
	p.refusedAt("password", "The email address or password is not correct.")

	j.portal.clock.Advance(step)
	j.logIn(p, priyaEmail, priyaPassword)
	p.on("Enter your code")
	p.press("Next")
	p.refused("Enter the 6-digit code from your authenticator app")
	p.fill("6-digit code", "000000")
	p.press("Next")
	p.refused("That code is not correct or has expired. Enter the newest code.")

	code := j.priyaApp.code()
	p.fill("6-digit code", code[:3]+" "+code[3:])
	p.press("Next")
	p.on("Welcome, Priya")

	// The same code again, from another browser.
	other := j.newPerson()
	j.logIn(other, priyaEmail, priyaPassword)
	other.on("Enter your code")
	other.fill("6-digit code", code)
	other.press("Next")
	other.refused("This code was already used. Wait for the next one (up to 30 seconds).")
}

func TestHalfALogInOpensNothing(t *testing.T) {
	j := invited(t)
	j.acceptInvitation()
	p := j.newPerson()
	j.logIn(p, priyaEmail, priyaPassword)
	p.on("Enter your code")
	for _, path := range []string{"/", "/users", "/protect", "/protect/authenticator"} {
		p.open(path)
		p.until("the way back to the log-in", func() (bool, error) { return strings.HasPrefix(p.path(), "/login"), nil })
	}
}

// TestResuming closes the tab at every step; the next log-in goes on where it was left.
func TestResuming(t *testing.T) {
	j := invited(t)
	p := j.newPerson()
	j.openInvitation(p, priyaEmail)
	p.on("Enter the new password")
	p.fill("New password", priyaPassword)
	p.press("Next")
	p.on("Protect your account")

	p = j.newPerson()
	j.logIn(p, priyaEmail, priyaPassword)
	p.on("Protect your account")
	p.press("Setup")
	p.on("Scan and confirm")
	app := scan(t, p.picture(".qr"), j.portal.clock.Now)

	p.open("/") // the same browser: the key of a set-up is shown to the session that began it, and to no other
	p.on("Protect your account")
	p.press("Setup")
	p.on("Scan and confirm")
	if again := scan(t, p.picture(".qr"), j.portal.clock.Now); again.secret != app.secret {
		t.Error("closing the tab made a new key, though the app already has the first")
	}
	p.fill("6-digit code", "000000")
	p.press("Next")
	p.refused("That code is not correct.")
	if again := scan(t, p.picture(".qr"), j.portal.clock.Now); again.secret != app.secret {
		t.Error("a wrong code made a new key")
	}
	p.fill("6-digit code", app.code())
	p.press("Next")
	p.on("Save your recovery codes")

	j.portal.clock.Advance(step)
	p = j.newPerson()
	j.logIn(p, priyaEmail, priyaPassword)
	p.on("Enter your code")
	p.fill("6-digit code", app.code())
	p.press("Next")
	p.on("Save your recovery codes")
	p.press("Next")
	p.refused("Tick the box once you have saved the codes.")
	p.tick("I have saved these codes")
	p.press("Next")
	p.on("Welcome, Priya")
}
