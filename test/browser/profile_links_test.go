//go:build browser

package browser

import (
	"testing"
	"time"
)

// The letters about addresses and passwords.
const (
	letterConfirm = "Confirm your new email address"
	letterAsked   = "Your email address is about to change"
	letterChanged = "Your email address was changed"
	letterReset   = "Reset your IDKit password"
)

// pending is a portal whose administrator has asked for another address.
func pending(t *testing.T) *journey {
	t.Helper()
	j := atHome(t)
	j.askForEmail(j.ada, countessEmail, adaPassword)
	return j
}

func TestStoppingAChangeOfEmailFromTheOldMailbox(t *testing.T) {
	j := pending(t)
	confirming := j.newPerson()
	j.openLetter(confirming, letterConfirm, countessEmail, "Confirm this address")
	confirming.on("Confirm your new address")

	old := j.newPerson()
	j.openLetter(old, letterAsked, adaEmail, "Stop this change")
	old.on("Stop this change?")
	old.press("Stop this change")
	old.refused("Tick the box first.")
	old.tick("I want to keep my address")
	old.press("Stop this change")
	old.on("The change is stopped")
	old.reads("You log in with " + adaEmail + " as before.")
	j.openLetter(old, letterAsked, adaEmail, "Stop this change")
	old.on("This link has ended")
	old.reads("It was already used. Nothing more is needed.")

	// The page that was open in the new mailbox does not get around it.
	confirming.tick("I did not ask for this")
	confirming.press("This was not me")
	confirming.on("This link has ended")
	confirming.reads("It was withdrawn. Nothing was changed.")
	j.openLetter(j.ada, letterConfirm, countessEmail, "Confirm this address")
	j.ada.on("This confirmation ended")
	j.ada.reads("Your address is still " + adaEmail + ".")
	j.ada.press("User Profile")
	j.ada.on("User Profile")
}

func TestRefusingAnAddressFromTheNewMailbox(t *testing.T) {
	j := pending(t)
	stranger := j.newPerson()
	j.openLetter(stranger, letterConfirm, countessEmail, "Confirm this address")
	stranger.on("Confirm your new address")
	stranger.press("This was not me")
	stranger.refused("Tick the box first.")
	stranger.tick("I did not ask for this")
	stranger.press("This was not me")
	stranger.on("The address will not change")
	j.ada.open("/profile")
	j.ada.on("User Profile")
	if waits, err := j.ada.says("Waiting for you to confirm"); err != nil || waits {
		t.Errorf("the profile still waits for an address that its owner refused (%v)", err)
	}
}

// TestConfirmingLoggedOut asks for the log-in, with the old address, and comes back to the button.
func TestConfirmingLoggedOut(t *testing.T) {
	j := pending(t)
	p := j.newPerson()
	j.openLetter(p, letterConfirm, countessEmail, "Confirm this address")
	p.on("Confirm your new address")
	p.reads("You are not logged in here, so we ask you to log in")
	p.press("Confirm this address")
	p.on("Log in")
	p.fill("Email", adaEmail)
	p.fill("Password", adaPassword)
	p.press("Log In")
	p.on("Enter your code")
	j.portal.clock.Advance(step)
	p.fill("6-digit code", j.adaApp.code())
	p.press("Next")
	p.on("Confirm your new address")
	p.press("Confirm this address")
	p.reads("From now on you log in with " + countessEmail)
	j.openLetter(p, letterConfirm, countessEmail, "Confirm this address")
	p.on("This confirmation ended")
}

func TestConfirmationOfAnEarlierMail(t *testing.T) {
	j := pending(t)
	p := j.newPerson()
	j.openLetter(p, letterConfirm, countessEmail, "Confirm this address")
	p.on("Confirm your new address")
	j.askForEmail(j.ada, "third@northwind.example", adaPassword)
	p.tick("I did not ask for this")
	p.press("This was not me")
	p.on("This link has ended")
	p.reads("A newer mail was sent to you. Use the latest one.")
}

func TestConfirmationTooLate(t *testing.T) {
	j := pending(t)
	j.openLetter(j.ada, letterConfirm, countessEmail, "Confirm this address")
	j.portal.clock.Advance(25 * time.Hour)
	p := j.newPerson()
	j.openLetter(p, letterConfirm, countessEmail, "Confirm this address")
	p.on("This confirmation ended")

	// Nothing waits any more; a page from before says so.
	j.enter(j.ada, adaEmail, adaPassword)
	j.askForEmail(j.ada, countessEmail, adaPassword)
	other := j.newPerson()
	j.enter(other, adaEmail, adaPassword)
	other.open("/profile")
	other.press("Stop this change")
	other.reads("The change is stopped.")
	j.ada.press("Resend")
	j.ada.reads("No change of your email address waits any more. Your address is as shown.")
}

// TestAddressThatIsTaken gives the same answer as any other, and tells its owner.
func TestAddressThatIsTaken(t *testing.T) {
	j := invited(t)
	j.acceptInvitation()
	j.askForEmail(j.ada, priyaEmail, adaPassword)
	j.ada.reads("We wrote to " + priyaEmail)
	reader := j.newPerson()
	reader.until("the letter to the owner", func() (bool, error) {
		reader.open("/dev/mailbox")
		return reader.says("Someone tried to use your email address")
	})

	// Somebody else's confirmation, in the browser of another account.
	j.askForEmail(j.ada, countessEmail, adaPassword)
	j.openLetter(j.priya, letterConfirm, countessEmail, "Confirm this address")
	j.priya.on("You are logged in as somebody else")
	j.priya.press("Stay logged in")
	j.priya.on("Welcome, Priya")
}

func TestUndoingTooLate(t *testing.T) {
	j := pending(t)
	j.openLetter(j.ada, letterConfirm, countessEmail, "Confirm this address")
	j.ada.press("Confirm this address")
	j.ada.on("User Profile")
	old := j.newPerson()
	j.openLetter(old, letterChanged, adaEmail, "Undo")
	old.on("Undo the change of address?")
	j.portal.clock.Advance(7*24*time.Hour + time.Minute)
	old.tick("I want my old address back")
	old.press("Undo")
	old.on("This link has ended")
	old.reads("Its time is over. Nothing was changed.")
	old.press("Go to the log-in page")
	old.on("Log in")
}

func TestForgottenPasswords(t *testing.T) {
	j := atHome(t)
	p := j.newPerson()
	p.open("/forgot")
	p.tries("Send link", []refusal{
		{nil, []string{"Enter your email address"}},
		{[]field{{"Email", "ada at northwind"}}, []string{"Enter an email address like name@example.com"}},
	})

	// Nobody learns who has an account.
	for _, email := range []string{"nobody@northwind.example", adaEmail} {
		p.open("/forgot")
		p.fill("Email", email)
		p.press("Send link")
		p.reads("If " + email + " has an account, a mail is on its way.")
	}
	p.press("Send again")
	p.reads("There is a problem")
	p.reads("Too many attempts. Try again in")
	j.openLetter(p, letterReset, adaEmail, "Reset IDKit Password")
	p.on("Choose a new password")
	first := p

	typed := func(password, again string, answers ...string) refusal {
		return refusal{[]field{{"New password", password}, {"Confirm new password", again}}, answers}
	}
	p.tries("Next", []refusal{
		typed("", "", "Enter a password"),
		typed("elevenchars", "elevenchars", "Your password has 11 characters. Use at least 15."),
		typed("123456789012345", "123456789012345", "This password is on lists of leaked passwords."),
		typed(adaEmail, adaEmail, "Your password contains your name or email address."),
		typed(newPassword, lastPassword, "The two passwords are not the same."),
	})

	// A newer link ends the earlier one.
	j.portal.clock.Advance(2 * time.Minute)
	p = j.newPerson()
	p.open("/forgot")
	p.fill("Email", adaEmail)
	p.press("Send link")
	p.on("Check your mail")
	j.portal.clock.Advance(time.Second)
	first.fill("New password", newPassword)
	first.fill("Confirm new password", newPassword)
	first.press("Next")
	first.on("This link has ended")
	first.reads("A newer mail was sent to you. Use the latest one.")

	// The link works once, and logs nobody in.
	j.openLetter(p, letterReset, adaEmail, "Reset IDKit Password")
	p.on("Choose a new password")
	p.fill("New password", newPassword)
	p.fill("Confirm new password", newPassword)
	p.press("Next")
	p.on("Log in")
	j.openLetter(p, letterReset, adaEmail, "Reset IDKit Password")
	p.on("This link has ended")
	p.reads("This link was already used. Log in with the new password, or get another link.")
	j.ada.open("/profile")
	j.ada.reads("Your session ended.")

	// And only for an hour.
	j.portal.clock.Advance(2 * time.Minute)
	p.press("Send a new link")
	p.on("Forgot your password?")
	p.fill("Email", adaEmail)
	p.press("Send link")
	p.on("Check your mail")
	asked := j.portal.clock.Now()
	j.portal.clock.Advance(61 * time.Minute)
	p.until("the end of the link, asked for at "+asked.Format(time.TimeOnly), func() (bool, error) {
		j.openLetter(p, letterReset, adaEmail, "Reset IDKit Password")
		p.on("This link has ended")
		return p.says("Links work for 60 minutes.")
	})
	p.open("/reset/x")
	p.on("Page not found")
}

// TestResetOfSomebodyElse keeps the link and asks whose browser this is.
func TestResetOfSomebodyElse(t *testing.T) {
	j := invited(t)
	j.acceptInvitation()
	p := j.newPerson()
	p.open("/forgot")
	p.fill("Email", priyaEmail)
	p.press("Send link")
	p.on("Check your mail")
	j.openLetter(j.ada, letterReset, priyaEmail, "Reset IDKit Password")
	j.ada.on("You are logged in as somebody else")
	j.ada.reads("This link is for " + priyaEmail + ". You are logged in as " + adaEmail + ".")
	j.ada.press("Log out and continue as " + priyaEmail)
	j.ada.on("Choose a new password")
	if email := j.ada.value("Email"); email != priyaEmail {
		t.Errorf("the page sets the password of %q", email)
	}
}

// TestWellKnownAddress is where password managers lead to.
func TestWellKnownAddress(t *testing.T) {
	j := atHome(t)
	j.ada.open("/.well-known/change-password")
	j.ada.on("Reset your password")
	stranger := j.newPerson()
	stranger.open("/.well-known/change-password")
	stranger.on("Log in")
	j.enterAt(stranger)
	stranger.on("Reset your password")
}

// enterAt logs Ada in on the page that asks for it.
func (j *journey) enterAt(p *person) {
	j.t.Helper()
	j.portal.clock.Advance(step)
	p.fill("Email", adaEmail)
	p.fill("Password", adaPassword)
	p.press("Log In")
	p.on("Enter your code")
	p.fill("6-digit code", j.adaApp.code())
	p.press("Next")
}
