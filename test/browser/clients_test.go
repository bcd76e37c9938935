//go:build browser

package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/credential"
	organizations "idkit/internal/domain/organization"
	people "idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

const chiefEmail = "lee@fabrikam.example"

// vendor is an installation with an operator, Sam Ito, who is logged in at the console.
type vendor struct {
	*office
	sam *person
}

func newVendor(t *testing.T, way way) *vendor {
	t.Helper()
	v := &vendor{office: newOffice(t, way)}
	v.sam = v.operator()
	return v
}

// operator puts somebody of the vendor there, with two-factor authentication, and opens a browser at the console.
func (v *vendor) operator() *person {
	v.t.Helper()
	hash, err := colleagueHash()
	if err != nil {
		v.t.Fatal(err)
	}
	address, err := people.ParseEmail("sam@vendor.example")
	if err != nil {
		v.t.Fatal(err)
	}
	accountID, userID, setUp, factors := id.New("acc"), id.New("usr"), id.New("ses"), credential.NewSecondFactors(keyring())
	var started session.Started
	v.write(func(ctx context.Context, tx *db.Tx) error {
		o, roles, err := organizations.Create(ctx, tx, organizations.Vendor, "IDKit")
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, 'vendor', $2, $3, $4, $5, '', 'en', $5)`, accountID, address.Address, address.Key, hash, tx.Now)
		if err != nil {
			return err
		}
		if err := user.Insert(ctx, tx, user.User{
			OrganizationID: o.ID, ID: userID, AccountID: accountID, FirstName: "Sam", LastName: "Ito", RoleID: roles.Administrator, Status: user.Active,
		}, address); err != nil {
			return err
		}
		enrolment, err := factors.Begin(ctx, tx, accountID, setUp)
		if err != nil {
			return err
		}
		app := &authenticator{t: v.t, now: v.portal.clock.Now, secret: enrolment.Key.Reveal()}
		if err := factors.Confirm(ctx, tx, accountID, setUp, app.code()); err != nil {
			return err
		}
		started, err = session.Start(ctx, tx, session.New{OrganizationID: o.ID, UserID: userID, AccountID: accountID, SecondFactor: true, Origin: here})
		return err
	})
	p := newPerson(v.t, v.portal.console, v.way)
	do(p, network.SetCookie, network.SetCookieParams{Name: "idkit_operator_session", Value: started.Token.Reveal(), URL: p.base})
	return p
}

// TestClients is what an operator does with a client, from the first invitation to a suspension that ends.
func TestClients(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		v := newVendor(t, way)
		v.emptyTabs()
		v.makeClient()
		chief := v.chiefJoins()
		v.suspendClient(chief)
		v.reactivateClient(chief)
		v.trials()
	})
}

func (v *vendor) emptyTabs() {
	v.t.Helper()
	p := v.sam
	p.open("/clients")
	p.on("Client Management")
	p.reads(organization)
	v.look(p, "clients")
	p.press("Trial 0")
	p.reads("No client is on trial.")
	v.look(p, "clients-trial-empty")
	p.press("Suspended 0")
	p.reads("No client is suspended.")
	p.press("Active 1")
	p.fill("Search by client name or id", "nobody")
	p.press("Apply")
	p.reads("No active clients match 'nobody'.")
	v.look(p, "clients-no-match")
	p.press("Clear filters")
	p.reads("1 to 1 of 1")
}

func (v *vendor) makeClient() {
	v.t.Helper()
	p := v.sam
	p.press("New client")
	p.on("New client")
	v.look(p, "new-client")
	p.press("Send Invite")
	p.reads("Enter the name of the organization")
	p.fill("Client name", "Fabrikam")
	p.choose("Country", "Australia")
	p.fill("Category", "Retail")
	p.fill("First name", "Lee")
	p.fill("Email address", chiefEmail)
	p.press("Send Invite")
	p.on("Fabrikam")
	p.reads("Fabrikam is set up. An invitation is on its way to " + chiefEmail + ".")
	p.reads("Australia · Retail")
	p.reads("Nobody has joined yet.")
	p.reads("Passwords and two-factor authentication are in the hands of the client's own administrators.")
	v.look(p, "client-invited")
}

// chiefJoins takes the first Administrator from the mail into the portal.
func (v *vendor) chiefJoins() *person {
	v.t.Helper()
	p := v.newPerson()
	v.openInvitationTo("Fabrikam", p, chiefEmail)
	p.on("Enter the new password")
	p.reads("Fabrikam invited you as Administrator.")
	p.fill("New password", priyaPassword)
	p.press("Next")
	p.on("Protect your account")
	p.press("Not now")
	p.on("Welcome, Lee")
	return p
}

func (v *vendor) suspendClient(chief *person) {
	v.t.Helper()
	p := v.sam
	p.open("/clients?q=fabri")
	p.press("Fabrikam")
	p.on("Fabrikam")
	p.reads("An Administrator has joined.")
	if p.offers("Correct address") || p.offers("Resend") {
		v.t.Error("somebody can still be invited into a client that lives")
	}
	if told, err := p.says(chiefEmail); err != nil || told {
		v.t.Errorf("the page tells the address of a user (%v)", err)
	}
	v.look(p, "client")
	p.press("Suspend")
	p.on("Suspend client")
	p.reads("1 person is logged out everywhere at once and cannot log in.")
	p.becomes("Cancel", p.focused, "the focus of the window")
	v.look(p, "client-status")
	p.fill("Reason (optional)", "Invoices are open")
	p.press("Suspend")
	p.on("Fabrikam")
	p.reads("Fabrikam is suspended and everybody there is logged out.")
	p.reads("Reason: Invoices are open")
	p.reads("Sam Ito (IDKit) suspended Fabrikam")
	v.look(p, "client-suspended")

	chief.open("/users")
	chief.on("Your access is suspended")
	chief.reads("Fabrikam is suspended. Its administrators know more.")
	v.letters("Fabrikam was suspended", chiefEmail, 1)
}

func (v *vendor) reactivateClient(chief *person) {
	v.t.Helper()
	p := v.sam
	p.press("Undo")
	p.on("Fabrikam")
	p.reads("Fabrikam is Active.")
	v.letters("Fabrikam is active again", chiefEmail, 1)
	v.logIn(chief, chiefEmail, priyaPassword)
	chief.on("Welcome, Lee")
	chief.open("/audit")
	chief.reads("Sam Ito (IDKit) suspended Fabrikam")
}

// trials shows one that ends tomorrow, makes its client active, and lets another one run out.
func (v *vendor) trials() {
	v.t.Helper()
	p := v.sam
	for _, name := range []string{"Contoso", "Tailspin"} {
		tomorrow := v.portal.clock.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
		if _, err := v.portal.app.Clients().Create(v.t.Context(), access.Installation(access.Origin{}), client.Draft{
			Details: client.Details{Name: name, Country: "DE", Category: "Bank"}, OnTrial: true, TrialEnds: tomorrow,
			FirstName: "Ada", Email: "ada@" + name + ".example",
		}); err != nil {
			v.t.Fatal(err)
		}
	}
	p.open("/clients?tab=trial")
	p.reads("2 days left")
	v.look(p, "clients-trial")
	p.press("Contoso")
	p.on("Contoso")
	p.press("Extend trial")
	p.on("Extend trial")
	v.look(p, "extend-trial")
	p.press("Cancel")
	p.press("Make active")
	p.on("Make client active")
	v.look(p, "activate-client")
	p.press("Make active")
	p.reads("Contoso is Active, without an end.")
	v.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE organizations SET trial_ends_at = $1 WHERE name = 'Tailspin'`, tx.Now.Add(-time.Second))
		return err
	})
	p.open("/clients?tab=suspended")
	p.reads("Tailspin")
	p.reads("Trial over")
	v.look(p, "clients-suspended")
}
