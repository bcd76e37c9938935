//go:build browser

package browser

import (
	"strings"
	"testing"
	"time"
)

// atHome is a portal whose administrator looks at her profile.
func atHome(t *testing.T) *journey {
	t.Helper()
	t.Parallel()
	j := newJourney(t, way{})
	j.setUpPortal()
	j.ada.open("/profile")
	j.ada.on("User Profile")
	return j
}

// field is what is typed into one field.
type field struct{ label, value string }

// tries fills and sends the form again and again, and reads each answer.
func (p *person) tries(button string, tries []refusal) {
	p.t.Helper()
	for _, try := range tries {
		for _, f := range try.fields {
			p.fill(f.label, f.value)
		}
		p.pressAgain(button)
		for _, answer := range try.answers {
			p.refused(answer)
		}
	}
}

type refusal struct {
	fields  []field
	answers []string
}

// pressAgain takes the last answer's problems off the page, so that they are not mistaken for those of the next.
func (p *person) pressAgain(button string) {
	p.t.Helper()
	if _, err := ask[bool](p, `document.querySelector("#problems")?.remove() ?? true`); err != nil {
		p.t.Fatal(err)
	}
	p.press(button)
}

func TestRefusedMobileNumbers(t *testing.T) {
	j := atHome(t)
	p := j.ada
	p.open("/profile/mobile")
	p.choose("Phone code region", "Choose a region")
	p.press("Save")
	p.refused("Choose a region")
	p.refused("Enter a phone number")
	p.choose("Phone code region", "Australia (+61)")
	number := func(text, answer string) refusal { return refusal{[]field{{"Phone number", text}}, []string{answer}} }
	p.tries("Save", []refusal{
		number("call me", "A phone number has digits only. Type it again."),
		number("0412 34", "This number is too short for Australia."),
		number("0412 345 210 99", "This number is too long for Australia."),
		number("0912 345 210", "Australia has no number like this. Check it, or choose another region."),
		number("+44 7400 123456", "The number starts with +44 but the region is Australia (+61). Change one of them."),
	})
	if kept := p.value("Phone number"); kept != "+44 7400 123456" {
		t.Errorf("the page rewrote what was typed: %q", kept)
	}
}

func TestRefusedNames(t *testing.T) {
	j := atHome(t)
	j.ada.press("Change Name")
	j.ada.on("Change Name")
	first := func(text, answer string) refusal { return refusal{[]field{{"First name", text}}, []string{answer}} }
	j.ada.tries("Save", []refusal{
		first("", "Enter a first name"),
		first(strings.Repeat("a", 101), "This name is too long. Use at most 100 characters."),
	})
	// No key types such a character, but a paste brings it.
	j.ada.evaluateOn(j.ada.find("the field", "First name", "textbox"), `function() { return this.value = "A\u202eda" }`)
	j.ada.pressAgain("Save")
	j.ada.refused("This name has characters that nobody can see. Type it again without them.")
}

func TestRefusedChangesOfEmail(t *testing.T) {
	j := atHome(t)
	p := j.ada
	p.press("Change Email")
	p.on("Change Email")
	typed := func(email, password string, answers ...string) refusal {
		return refusal{[]field{{"New email address", email}, {"Current password", password}}, answers}
	}
	p.tries("Save", []refusal{
		typed("", "", "Enter your new email address", "Enter your password"),
		typed("countess", adaPassword, "Enter an email address like name@example.com"),
		typed("ADA@northwind.example", adaPassword, "This is already your address."),
		typed(countessEmail, "", "Enter your password"),
		typed(countessEmail, "not the password at all", "That password is not correct."),
	})
	p.press("Cancel")
	p.on("User Profile")
	p.press("Change Email")
	p.on("Change Email")
	if kept := p.value("New email address"); kept != "" {
		t.Errorf("a window that was cancelled keeps %q", kept)
	}
}

// TestGuessingThePasswordInASession counts with the log-in.
func TestGuessingThePasswordInASession(t *testing.T) {
	j := atHome(t)
	p := j.ada
	p.open("/profile/email")
	for range 10 {
		p.fill("New email address", countessEmail)
		p.fill("Current password", "not the password at all")
		p.pressAgain("Save")
		p.refused("That password is not correct.")
	}
	p.fill("Current password", adaPassword)
	p.pressAgain("Save")
	p.refused("Too many attempts. Try again in")
	p.open("/profile/password")
	p.fill("Current password", adaPassword)
	p.fill("New password", newPassword)
	p.press("Save")
	p.refused("Too many attempts. Try again in")
}

func TestRefusedNewPasswords(t *testing.T) {
	j := atHome(t)
	p := j.ada
	p.press("Reset Password")
	p.on("Reset your password")
	typed := func(current, password string, answers ...string) refusal {
		return refusal{[]field{{"Current password", current}, {"New password", password}}, answers}
	}
	p.tries("Save", []refusal{
		typed("", "", "Enter your password"),
		typed(adaPassword, "", "Enter a password"),
		typed(adaPassword, "elevenchars", "Your password has 11 characters. Use at least 15."),
		typed(adaPassword, "123456789012345", "This password is on lists of leaked passwords. Choose another one."),
		typed(adaPassword, adaEmail, "Your password contains your name or email address. Choose another one."),
		typed(adaPassword, strings.Repeat("long ", 60), "Your password has more than 256 characters. Choose a shorter one."),
		typed(adaPassword, adaPassword, "The new password is the same as the old one."),
		typed("not the password at all", newPassword, "That password is not correct."),
	})
	for _, label := range []string{"Current password", "New password"} {
		if kept := p.value(label); kept != "" {
			t.Errorf("the page sends a refused password back in %q", label)
		}
	}
	// The box stays as it was left, and the other browser stays logged in.
	other := j.newPerson()
	j.enter(other, adaEmail, adaPassword)
	p.tick("Log out everywhere else")
	p.fill("Current password", "not the password at all")
	p.fill("New password", newPassword)
	p.pressAgain("Save")
	p.refused("That password is not correct.")
	p.fill("Current password", adaPassword)
	p.fill("New password", newPassword)
	p.press("Save")
	p.reads("Password changed.")
	if !other.loggedIn() {
		t.Error("the box was empty, and the other browser is logged out")
	}
}

func TestRefusedResetsOfTwoFactor(t *testing.T) {
	j := atHome(t)
	p := j.ada
	other := j.newPerson()
	used := j.enter(other, adaEmail, adaPassword)
	j.linger(p)

	for _, window := range []struct{ path, button string }{
		{"/profile/second-factor/off", "Turn off"},
		{"/profile/second-factor/reset", "Reset"},
	} {
		p.open(window.path)
		typed := func(password, code string, answers ...string) refusal {
			return refusal{[]field{{"Current password", password}, {"Code or recovery code", code}}, answers}
		}
		p.tries(window.button, []refusal{
			typed(adaPassword, "", "Enter the 6-digit code from your authenticator app"),
			typed("", used, "Enter your password"),
			typed("not the password at all", used, "That password is not correct."),
			typed(adaPassword, "000000", "That code is not correct or has expired. Enter the newest code."),
			typed(adaPassword, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", "That recovery code is not correct or was already used. Enter another one."),
		})
	}
	p.reads("The old one works until the new one is confirmed.")
	p.fill("Current password", adaPassword)
	p.fill("Code or recovery code", j.adaApp.code())
	p.press("Reset")
	p.on("Scan and confirm")
	p.press("Next")
	p.refused("Enter the 6-digit code from your authenticator app")
	p.fill("6-digit code", "000000")
	p.pressAgain("Next")
	p.refused("That code is not correct. Check that the newest entry for IDKit Northwind is open.")
	slow := scan(t, p.picture(".qr"), func() time.Time { return j.portal.clock.Now().Add(-4 * time.Minute) })
	p.fill("6-digit code", slow.code())
	p.pressAgain("Next")
	p.refused("Your phone's clock seems to be 4 minutes slow. Turn on automatic time, then enter a new code.")

	// Giving up costs nothing: the old one still logs in.
	p.press("Back")
	j.enter(j.newPerson(), adaEmail, adaPassword)

	// The code that logged in a moment ago does not prove it again.
	third := j.newPerson()
	spent := j.enter(third, adaEmail, adaPassword)
	p.open("/profile/second-factor/reset")
	p.fill("Current password", adaPassword)
	p.fill("Code or recovery code", spent)
	p.press("Reset")
	p.refused("This code was already used. Wait for the next one (up to 30 seconds).")
}

func TestRefusedConfirmation(t *testing.T) {
	j := atHome(t)
	p := j.ada
	j.linger(p)
	p.open("/profile/recovery-codes")
	p.on("Confirm it is you")
	p.tries("Next", []refusal{
		{nil, []string{"Enter your password"}},
		{[]field{{"Current password", "not the password at all"}}, []string{"That password is not correct."}},
	})
	p.press("Cancel")
	p.on("User Profile")
}
