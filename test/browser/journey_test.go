//go:build browser

package browser

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/config"
)

// The people of the journey, and their passwords.
const (
	organization  = "Northwind"
	adaEmail      = "ada@northwind.example"
	adaPassword   = "lantern orchard violin seventeen"
	priyaEmail    = "priya@northwind.example"
	priyaPassword = "marble thunder bicycle forty"
)

// step is as long as one time-based code lives; a code is accepted once, so the next one needs a new step.
const step = 30 * time.Second

// journey is the main job from an empty installation to a person in the portal.
type journey struct {
	t      *testing.T
	portal *portal
	way    way
	issuer string // what an entry in the authenticator is called
	// look is called on every page, with a name for it.
	look func(p *person, page string)

	ada, priya *person
	adaApp     *authenticator
	priyaApp   *authenticator
	priyaCodes []string
}

func newJourney(t *testing.T, way way, changes ...func(*config.Config)) *journey {
	t.Helper()
	return &journey{t: t, portal: startPortal(t, changes...), way: way, issuer: "IDKit " + organization, look: func(*person, string) {}}
}

func (j *journey) newPerson() *person { return newPerson(j.t, j.portal.base, j.way) }

// inEachWay walks a journey in each way that people have.
func inEachWay(t *testing.T, walk func(t *testing.T, way way)) {
	t.Helper()
	for name, way := range map[string]way{
		"with JavaScript": {},
		"scripts blocked": {noScripts: true},
		"keyboard only":   {keyboard: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(t, way)
		})
	}
}

// TestJourney is the main job, done in each way that people have.
func TestJourney(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		j := newJourney(t, way)
		j.setUpPortal()
		j.invitePriya()
		j.acceptInvitation()
		j.logOutAndInWithCode()
		j.logInWithRecoveryCode()
	})
}

// TestEveryPageIsAccessible looks at each page of the journey with axe.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	j := newJourney(t, way{})
	j.look = (*person).accessibleEverywhere
	j.setUpPortal()
	j.invitePriya()
	j.acceptInvitation()
	j.logOutAndInWithCode()
	j.logInWithRecoveryCode()
}

// setUpPortal makes the organization and its first administrator, with two-factor authentication.
func (j *journey) setUpPortal() {
	j.t.Helper()
	p := j.newPerson()
	j.ada = p
	p.open(j.portal.setup)
	p.on("Set up this portal")
	j.look(p, "setup")
	p.fill("Name of your organization", organization)
	p.fill("Your first name", "Ada")
	p.fill("Your last name (optional)", "Okafor")
	p.fill("Your email address", adaEmail)
	p.fill("Password", adaPassword)
	p.press("Next")

	p.on("Protect your account")
	j.look(p, "protect")
	j.adaApp, _ = j.protect(p)

	p.on("Mail")
	j.look(p, "setup-mail")
	p.press("Next")
	p.on("Invite user")
}

// protect turns two-factor authentication on, from its first page to the end of the recovery codes.
func (j *journey) protect(p *person) (app *authenticator, codes []string) {
	j.t.Helper()
	p.reads("We strongly recommend it.")
	return j.enrol(p)
}

// enrol is protect for whoever has no choice, too.
func (j *journey) enrol(p *person) (app *authenticator, codes []string) {
	j.t.Helper()
	p.press("Setup")
	p.on("Scan and confirm")
	j.look(p, "authenticator")

	app = scan(j.t, p.picture(".qr"), j.portal.clock.Now)
	if app.issuer != j.issuer {
		j.t.Errorf("the app shows the issuer %q", app.issuer)
	}
	byHand, err := ask[string](p, `document.querySelector("#key").innerText`)
	if err != nil || strings.Join(strings.Fields(byHand), "") != app.secret {
		j.t.Errorf("the key to type is %q, the code on the screen holds %q (%v)", byHand, app.secret, err)
	}
	p.fill("6-digit code", app.code())
	p.press("Next")

	p.on("Save your recovery codes")
	j.look(p, "recovery-codes")
	codes, err = ask[[]string](p, `[...document.querySelectorAll("#codes li")].map(li => li.innerText)`)
	if err != nil || len(codes) != 10 {
		j.t.Fatalf("the page shows %d recovery codes (%v)", len(codes), err)
	}
	p.tick("I have saved these codes")
	p.press("Next")
	return app, codes
}

// invitePriya sends the invitation from the list of users.
func (j *journey) invitePriya() {
	j.t.Helper()
	p := j.ada
	p.open("/users")
	p.on("Users")
	p.reads("You are the only user here.")
	j.look(p, "users-only-you")
	j.invite("Priya", "Shah", priyaEmail)
	j.look(p, "users")
	p.reads("7 days left")
	p.press("Priya Shah")
	p.on("Priya Shah")
	j.look(p, "user-invited")
}

// invite uses the dialog of the list of users, or its page.
func (j *journey) invite(first, last, email string) {
	j.t.Helper()
	p := j.ada
	p.open("/users")
	p.on("Users")
	p.press("Invite user")
	p.on("Invite user")
	p.find("the field of the dialog", "First name", "textbox")
	j.look(p, "invite")
	p.fill("First name", first)
	p.fill("Last name (optional)", last)
	p.fill("Email address", email)
	p.choose("Role", "Member")
	p.press("Send Invite")
	p.on("Users")
	p.reads("Invitation sent to " + email)
}

// openInvitation follows the button of the newest invitation to an address, in the mailbox of development mode.
func (j *journey) openInvitation(p *person, email string) {
	j.t.Helper()
	j.openInvitationTo(organization, p, email)
}

// openInvitationTo is openInvitation to some other organization.
func (j *journey) openInvitationTo(client string, p *person, email string) {
	j.t.Helper()
	p.until("an invitation to "+email, func() (bool, error) {
		p.open("/dev/mailbox")
		return ask[bool](p, `[...document.querySelectorAll("tbody tr")].some(row => row.innerText.includes("IDKit User Invitation") && row.innerText.includes(`+literal(email)+`))`)
	})
	j.look(p, "mailbox")
	address, err := ask[string](p, `[...document.querySelectorAll("tbody tr")].find(row => row.innerText.includes("IDKit User Invitation") && row.innerText.includes(`+literal(email)+`)).querySelector("a").pathname`)
	if err != nil {
		j.t.Fatal(err)
	}
	p.open(address)
	p.on("IDKit User Invitation - " + client)
	j.look(p, "letter")
	// The mail as a mail program shows it: a page of its own.
	p.open(address + "/html")
	p.press("Log in to IDKit")
}

// acceptInvitation takes Priya from her mail into the portal.
func (j *journey) acceptInvitation() {
	j.t.Helper()
	p := j.newPerson()
	j.priya = p
	j.openInvitation(p, priyaEmail)

	p.on("Enter the new password")
	p.reads("Northwind invited you as Member.")
	if path := p.path(); path != "/join" {
		j.t.Errorf("the address of the page is %s: the link's secret must not stay in it", path)
	}
	j.look(p, "join")
	p.fill("New password", priyaPassword)
	p.press("Next")

	p.on("Protect your account")
	j.look(p, "protect")
	j.priyaApp, j.priyaCodes = j.protect(p)
	p.on("Welcome, Priya")
	p.reads("Welcome, Priya. Two-factor authentication is on.")
	j.look(p, "home")
}

// logOut uses the menu at the top right.
func (j *journey) logOut(p *person, name string) {
	j.t.Helper()
	p.press(name)
	p.press("Log out")
	p.on("Log in")
}

// logIn enters email and password.
func (j *journey) logIn(p *person, email, password string) {
	j.t.Helper()
	p.open("/login")
	p.on("Log in")
	p.fill("Email", email)
	p.fill("Password", password)
	p.press("Log In")
}

func (j *journey) logOutAndInWithCode() {
	j.t.Helper()
	p := j.priya
	j.logOut(p, "Priya Shah")
	j.look(p, "login")
	j.portal.clock.Advance(step)
	j.logIn(p, priyaEmail, priyaPassword)
	p.on("Enter your code")
	j.look(p, "code")
	p.fill("6-digit code", j.priyaApp.code())
	p.press("Next")
	p.on("Welcome, Priya")
}

func (j *journey) logInWithRecoveryCode() {
	j.t.Helper()
	p := j.priya
	j.logOut(p, "Priya Shah")
	j.logIn(p, priyaEmail, priyaPassword)
	p.on("Enter your code")
	p.press("Use a recovery code")
	p.on("Use a recovery code")
	j.look(p, "recovery-code")
	// People type what they see: capitals or not, with or without dashes.
	p.fill("Recovery code", strings.ToLower(strings.ReplaceAll(j.priyaCodes[0], "-", " ")))
	p.press("Next")
	p.on("9 of 10 codes left")
	j.look(p, "recovery-code-used")
	p.press("Go on to the portal")
	p.on("Welcome, Priya")
}
