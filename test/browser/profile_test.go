//go:build browser

package browser

import (
	"fmt"
	"testing"
	"time"
)

const (
	countessEmail = "countess@northwind.example"
	newPassword   = "seventeen green umbrellas dancing"
	lastPassword  = "copper kettle morning telescope"
)

// TestProfile is everything that people do to their own account, in each way that people have.
func TestProfile(t *testing.T) {
	for name, way := range map[string]way{
		"with JavaScript": {},
		"scripts blocked": {noScripts: true},
		"keyboard only":   {keyboard: true},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJourney(t, way)
			j.setUpPortal()
			j.lookAfterTheAccount()
		})
	}
}

// TestEveryPageOfTheProfileIsAccessible looks at each page of the journey with axe.
func TestEveryPageOfTheProfileIsAccessible(t *testing.T) {
	j := newJourney(t, way{})
	j.setUpPortal()
	j.look = (*person).accessibleEverywhere
	j.lookAfterTheAccount()
}

func (j *journey) lookAfterTheAccount() {
	j.t.Helper()
	j.ada.press("Ada Okafor")
	j.ada.press("User Profile")
	j.ada.on("User Profile")
	j.look(j.ada, "profile")
	j.changeMobile()
	j.changeEmail()
	j.changePassword()
	j.replaceAuthenticator()
	j.ada.open("/profile/sessions")
	j.ada.reads("You are logged in only here.")
	j.look(j.ada, "sessions")
	j.forgetPassword()
}

func (j *journey) changeMobile() {
	j.t.Helper()
	p := j.ada
	p.press("Change Mobile")
	p.on("Change Mobile Number")
	j.look(p, "change-mobile")
	p.choose("Phone code region", "Australia (+61)")
	p.fill("Phone number", "0412 34")
	p.press("Save")
	p.reads("This number is too short for Australia.")
	p.fill("Phone number", "0412-345-210")
	p.press("Save")
	p.reads("Mobile number changed.")
	p.reads("+61 412 345 210")
}

func (j *journey) changeEmail() {
	j.t.Helper()
	p := j.ada
	p.press("Change Email")
	p.on("Change Email")
	j.look(p, "change-email")
	p.fill("New email address", countessEmail)
	p.fill("Current password", "not the password at all")
	p.press("Save")
	p.reads("That password is not correct.")
	p.fill("Current password", adaPassword)
	p.press("Save")
	p.reads("Waiting for you to confirm " + countessEmail)
	j.look(p, "profile-pending")

	j.openLetter(p, "Confirm your new email address", countessEmail, "Confirm this address")
	p.on("Confirm your new address")
	j.look(p, "confirm-email")
	p.press("Confirm this address")
	p.on("User Profile")
	p.reads("From now on you log in with " + countessEmail)

	old := j.newPerson()
	j.openLetter(old, "Your email address was changed", adaEmail, "Undo")
	old.on("Undo the change of address?")
	j.look(old, "undo-email")
	old.press("Undo")
	old.reads("Tick the box first.")
}

func (j *journey) changePassword() {
	j.t.Helper()
	p := j.ada
	p.open("/profile")
	p.press("Reset Password")
	p.on("Reset your password")
	j.look(p, "change-password")
	p.fill("Current password", adaPassword)
	p.fill("New password", newPassword)
	p.press("Save")
	p.reads("Password changed.")
}

func (j *journey) replaceAuthenticator() {
	j.t.Helper()
	p := j.ada
	for range 2 {
		j.portal.clock.pass(8 * time.Minute)
		p.open("/profile") // stays in use
	}
	p.press("Reset Two-factor")
	p.on("Reset Two-Factor Authentication")
	j.look(p, "reset-second-factor")
	p.fill("Current password", newPassword)
	p.fill("Code or recovery code", j.adaApp.code())
	p.press("Reset")
	p.on("Scan and confirm")
	j.look(p, "authenticator-new")
	j.adaApp = scan(j.t, p.picture(".qr"), j.portal.clock.now)
	p.fill("6-digit code", j.adaApp.code())
	p.press("Next")
	p.on("Save your recovery codes")
	p.tick("I have saved these codes")
	p.press("Next")
	p.on("User Profile")
	p.reads("New recovery codes are saved.")
}

func (j *journey) forgetPassword() {
	j.t.Helper()
	p := j.ada
	j.logOut(p, "Ada Okafor")
	p.press("Forgot your password?")
	p.on("Forgot your password?")
	j.look(p, "forgot")
	p.fill("Email", countessEmail)
	p.press("Send link")
	p.on("Look into your mail")
	j.look(p, "forgot-sent")
	j.openLetter(p, "Reset your IDKit password", countessEmail, "Reset IDKit Password")
	p.on("Choose a new password")
	j.look(p, "reset")
	p.fill("New password", lastPassword)
	p.fill("Confirm new password", lastPassword)
	p.press("Next")
	p.on("Log in")
	p.reads("Your password is changed. Log in with it.")
	p.fill("Password", lastPassword)
	p.press("Log In")
	p.on("Enter your code")
}

// openLetter follows the button of the newest letter with that subject to an address, in the mailbox of development mode.
func (j *journey) openLetter(p *person, subject, email, button string) {
	j.t.Helper()
	row := fmt.Sprintf(`[...document.querySelectorAll("tbody tr")].find(row => row.innerText.includes(%s) && row.innerText.includes(%s))`,
		literal(subject), literal(email))
	p.until("the letter "+quoted(subject)+" to "+email, func() (bool, error) {
		p.open("/dev/mailbox")
		return ask[bool](p, row+` !== undefined`)
	})
	address, err := ask[string](p, row+`.querySelector("a").pathname`)
	if err != nil {
		j.t.Fatal(err)
	}
	p.open(address + "/html")
	p.press(button)
}
