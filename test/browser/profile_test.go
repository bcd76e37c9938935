//go:build browser

package browser

import (
	"fmt"
	"testing"
	"time"
)

const (
	countessEmail = "countess@northwind.example"
	// Ada's passwords after her first, in the order in which she chooses them.
	secondPassword = "harbour pencil thirteen ladders"
	newPassword    = "seventeen green umbrellas dancing"
	lastPassword   = "copper kettle morning telescope"
)

// TestProfile is everything that people do to their own account, in each way that people have.
func TestProfile(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		j := newJourney(t, way)
		j.setUpPortal()
		j.lookAfterTheAccount()
	})
}

// TestEveryPageOfTheProfileIsAccessible looks at each page of the journey with axe.
func TestEveryPageOfTheProfileIsAccessible(t *testing.T) {
	t.Parallel()
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
	j.changeName()
	j.chooseTheme()
	j.changeMobile()
	j.logOutElsewhere()
	j.changeEmail()
	j.undoChangeOfEmail()
	j.changePassword()
	j.replaceAuthenticator()
	j.makeRecoveryCodes()
	j.turnOffSecondFactor()
	j.forgetPassword()
}

func (j *journey) changeName() {
	j.t.Helper()
	p := j.ada
	p.press("Change Name")
	p.on("Change Name")
	j.look(p, "change-name")
	p.fill("Last name (optional)", "Lovelace")
	p.press("Save")
	p.reads("Name changed.")
	if !p.offers("Ada Lovelace") {
		j.t.Error("the menu at the top right keeps the old name")
	}
}

func (j *journey) chooseTheme() {
	j.t.Helper()
	p := j.ada
	for _, choice := range []struct{ button, theme string }{{"Dark", "dark"}, {"Light", "light"}, {"System", ""}} {
		p.press(choice.button)
		p.until("the theme "+choice.button, func() (bool, error) {
			return ask[bool](p, `(document.documentElement.dataset.theme ?? "") === `+literal(choice.theme))
		})
		p.on("User Profile")
	}
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
	j.look(p, "change-mobile-refused")
	p.fill("Phone number", "0412-345-210")
	p.press("Save")
	p.reads("Mobile number changed.")
	p.reads("+61 412 345 210")

	p.press("Change Mobile")
	p.on("Change Mobile Number")
	if number := p.value("Phone number"); number != "0412 345 210" {
		j.t.Errorf("the window starts with the number %q", number)
	}
	j.look(p, "change-mobile-again")
	p.press("Remove number")
	p.reads("Mobile number removed.")
	p.reads("Not set")
}

func (j *journey) changeEmail() {
	j.t.Helper()
	p := j.ada
	j.askForEmail(p, "not.this@northwind.example", adaPassword)
	p.press("Stop this change")
	p.reads("The change is stopped. You log in with " + adaEmail + " as before.")

	p.press("Change Email")
	p.on("Change Email")
	j.look(p, "change-email")
	p.fill("New email address", countessEmail)
	p.fill("Current password", "not the password at all")
	p.press("Save")
	p.reads("That password is not correct.")
	if email := p.value("New email address"); email != countessEmail {
		j.t.Errorf("the window lost the new address: %q", email)
	}
	p.fill("Current password", adaPassword)
	p.press("Save")
	p.reads("We wrote to " + countessEmail + ". Until you confirm, you log in with " + adaEmail + ".")
	p.reads("Waiting for you to confirm " + countessEmail)
	j.look(p, "profile-pending")
	p.press("Resend")
	p.reads("We wrote to the new address again.")

	// The old address keeps logging in, and is told at once.
	elsewhere := j.newPerson()
	j.enter(elsewhere, adaEmail, adaPassword)
	j.openLetter(elsewhere, "Your email address is about to change", adaEmail, "Stop this change")
	elsewhere.on("Stop this change?")
	j.look(elsewhere, "stop-email")

	// The new mailbox is often open where nobody is logged in.
	j.openLetter(elsewhere, "Confirm your new email address", countessEmail, "Confirm this address")
	elsewhere.on("Confirm your new address")

	j.openLetter(p, "Confirm your new email address", countessEmail, "Confirm this address")
	p.on("Confirm your new address")
	j.look(p, "confirm-email")
	p.press("Confirm this address")
	p.on("User Profile")
	p.reads("From now on you log in with " + countessEmail)
	elsewhere.open("/profile")
	elsewhere.reads("Your session ended.")
}

// undoChangeOfEmail is done from the old mailbox, by somebody who is not logged in, and ends every session.
func (j *journey) undoChangeOfEmail() {
	j.t.Helper()
	old := j.newPerson()
	j.openLetter(old, "Your email address was changed", adaEmail, "Undo")
	old.on("Undo the change of address?")
	j.look(old, "undo-email")
	old.press("Undo")
	old.refused("Tick the box first.")
	old.tick("I want my old address back")
	old.press("Undo")
	old.on("The change is undone")
	old.reads("You log in with " + adaEmail + " again.")
	j.look(old, "email-undone")

	j.ada.open("/profile")
	j.ada.reads("Your session ended.")

	// Whoever took the account over knew the password, so it opens nothing any more.
	j.logIn(j.ada, adaEmail, adaPassword)
	j.ada.refusedAt("password", "The email address or password is not correct.")
	j.openLetter(j.ada, letterReset, adaEmail, "Reset IDKit Password")
	j.ada.on("Choose a new password")
	j.ada.fill("New password", secondPassword)
	j.ada.fill("Confirm new password", secondPassword)
	j.ada.press("Next")
	j.ada.on("Log in")
	j.enter(j.ada, adaEmail, secondPassword)
}

func (j *journey) changePassword() {
	j.t.Helper()
	p, elsewhere := j.ada, j.newPerson()
	j.enter(elsewhere, adaEmail, secondPassword)
	p.open("/profile")
	p.press("Reset Password")
	p.on("Reset your password")
	j.look(p, "change-password")
	p.fill("Current password", secondPassword)
	p.fill("New password", newPassword)
	p.press("Save")
	p.reads("Password changed. 1 other session was ended.")
	elsewhere.open("/profile")
	elsewhere.reads("Your session ended. Log in to continue where you were.")
}

// linger lets a quarter of an hour pass in which the person now and then looks at a page.
func (j *journey) linger(p *person) {
	j.t.Helper()
	for range 2 {
		j.portal.clock.Advance(8 * time.Minute)
		p.open("/profile")
	}
}

func (j *journey) replaceAuthenticator() {
	j.t.Helper()
	p, elsewhere := j.ada, j.newPerson()
	j.linger(p)
	p.press("Reset Two-factor")
	p.on("Reset Two-Factor Authentication")
	j.look(p, "reset-second-factor")
	p.fill("Current password", newPassword)
	p.fill("Code or recovery code", j.adaApp.code())
	p.press("Reset")
	p.on("Scan and confirm")

	// The old one works until the new one is proven.
	j.enter(elsewhere, adaEmail, newPassword)
	j.adaApp = scan(j.t, p.picture(".qr"), j.portal.clock.Now)
	p.fill("6-digit code", j.adaApp.code())
	p.press("Next")
	p.on("Save your recovery codes")
	p.tick("I have saved these codes")
	p.press("Next")
	p.on("User Profile")
	p.reads("New recovery codes are saved.")
	elsewhere.open("/profile")
	elsewhere.reads("Your session ended.")
}

func (j *journey) makeRecoveryCodes() {
	j.t.Helper()
	p := j.ada
	j.linger(p)
	p.press("Make new codes")
	p.on("Confirm it is you")
	j.look(p, "confirm-you")
	p.fill("Current password", "not the password at all")
	p.press("Next")
	p.refused("That password is not correct.")
	p.fill("Current password", newPassword)
	p.press("Next")
	p.on("Make new recovery codes?")
	j.look(p, "new-recovery-codes")
	p.press("Make new codes")
	p.on("Save your recovery codes")
	p.press("Next")
	p.refused("Tick the box once you have saved the codes. You cannot see them again.")
	p.tick("I have saved these codes")
	p.press("Next")
	p.on("User Profile")
}

func (j *journey) turnOffSecondFactor() {
	j.t.Helper()
	p := j.ada
	j.portal.clock.Advance(step)
	p.press("Reset Two-factor")
	p.on("Reset Two-Factor Authentication")
	p.press("Turn off two-factor authentication")
	p.on("Turn off two-factor authentication")
	j.look(p, "turn-off-second-factor")
	p.fill("Current password", newPassword)
	p.fill("Code or recovery code", j.adaApp.code())
	p.press("Turn off")
	p.reads("Two-factor authentication is off. Logging in needs only your password.")
	j.look(p, "profile-unprotected")

	p.press("Setup Two-factor")
	p.on("Protect your account")
	j.adaApp, _ = j.protect(p)
}

func (j *journey) forgetPassword() {
	j.t.Helper()
	p := j.ada
	j.logOut(p, "Ada Lovelace")
	p.press("Forgot your password?")
	p.on("Forgot your password?")
	j.look(p, "forgot")
	p.fill("Email", adaEmail)
	p.press("Send link")
	p.reads("If " + adaEmail + " has an account, a mail is on its way.")
	j.look(p, "forgot-sent")
	j.openLetter(p, "Reset your IDKit password", adaEmail, "Reset IDKit Password")
	p.on("Choose a new password")
	j.look(p, "reset")
	p.fill("New password", lastPassword)
	p.fill("Confirm new password", lastPassword)
	p.press("Next")
	p.on("Log in")
	p.reads("Your password is changed. Log in with it.")
	j.look(p, "login-after-reset")
	if email := p.value("Email"); email != adaEmail {
		j.t.Errorf("the log-in page has forgotten the address: %q", email)
	}
	j.portal.clock.Advance(step)
	p.fill("Password", lastPassword)
	p.press("Log In")
	p.on("Enter your code")
	p.fill("6-digit code", j.adaApp.code())
	p.press("Next")
	p.on("Welcome, Ada")
}

// askForEmail asks for another address and comes back to the profile.
func (j *journey) askForEmail(p *person, email, password string) {
	j.t.Helper()
	p.open("/profile")
	p.press("Change Email")
	p.on("Change Email")
	p.fill("New email address", email)
	p.fill("Current password", password)
	p.press("Save")
	p.reads("Waiting for you to confirm " + email)
}

// enter logs Ada in, with the next code of her app, and returns that code.
func (j *journey) enter(p *person, email, password string) (spent string) {
	j.t.Helper()
	j.portal.clock.Advance(step)
	j.logIn(p, email, password)
	p.on("Enter your code")
	spent = j.adaApp.code()
	p.fill("6-digit code", spent)
	p.press("Next")
	p.on("Welcome, Ada")
	return spent
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
