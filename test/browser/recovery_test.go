//go:build browser

package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"

	"idkit/internal/app/apptest"
	"idkit/internal/domain/access"
	organizations "idkit/internal/domain/organization"
	people "idkit/internal/domain/person"
	"idkit/internal/domain/recovery"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// The letters about a recovery.
const (
	letterRecovery  = "A new Administrator for Northwind: object if this is wrong"
	letterObjection = "Marco Silva objected: no new Administrator for Northwind"
)

// TestObjectingToARecovery ends what an operator began at the command line, from the mailbox of a Member.
func TestObjectingToARecovery(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		marco := o.colleague("Marco Silva", "marco@northwind.example", access.RoleMember)
		o.operators("Ada Byron", "Wei Zhang")
		o.portal.clock.Advance(25 * time.Hour) // no Administrator was there for a day
		_, err := o.portal.app.Recoveries().StartByCommand(t.Context(), "ada.byron@idkit.example", recovery.Draft{
			OrganizationID: o.organizationID, FirstName: "Li", LastName: "Wen", Email: "li@northwind.example", Reason: "Ada Okafor has left.",
		})
		if err != nil {
			t.Fatal(err)
		}
		p := o.newPerson()
		o.openLetter(p, letterRecovery, marco.email, "Object")
		p.on("Object to a new Administrator?")
		p.reads("Ada Byron of IDKit wants to invite Li Wen as a new Administrator of Northwind")
		p.reads("Ada Okafor has left.")
		o.look(p, "object-recovery")
		p.press("Object")
		p.refused("Tick the box first.")
		p.tick("I object to inviting Li Wen")
		p.press("Object")
		p.on("It has ended")
		p.reads("You objected. Li Wen is not invited as an Administrator of Northwind.")
		o.letters(letterObjection, o.administrator.email, 1)
		o.letters("A user objected to the recovery of Northwind", "wei.zhang@idkit.example", 1)
		o.openLetter(p, letterRecovery, o.administrator.email, "Object")
		p.on("It has ended")
		p.reads("A user of Northwind objected.")
	})
}

// TestRecoveringAClient goes the whole way: a start at the console, the approval of another operator, three days with
// letters, and the invitation that a new Administrator accepts.
func TestRecoveringAClient(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		console := apptest.FreeAddress(t)
		base := strings.Replace("http://"+console, "127.0.0.1", "localhost", 1)
		o := newOffice(t, way, func(c *config.Config) { c.OperatorListen, c.OperatorBaseURL = console, base })
		operators := o.operators("Ada Byron", "Wei Zhang")
		o.portal.clock.Advance(25 * time.Hour)
		ada := o.atConsole(base, operators[0])
		ada.open("/clients/" + o.organizationID + "/recovery")
		ada.on("Recover Northwind")
		ada.fill("First name", "Li")
		ada.fill("Last name (optional)", "Wen")
		ada.fill("Email", "li@northwind.example")
		ada.fill("Reason", "Ada Okafor has left.")
		ada.press("Start the recovery")
		ada.on("Recovery of Northwind")
		ada.reads("You started this recovery. Somebody else has to approve it.")

		wei := o.atConsole(base, operators[1])
		wei.open("/clients/" + o.organizationID + "/recovery")
		wei.press("Approve")
		wei.on("Approve the recovery")
		o.look(wei, "approve-recovery")
		wei.press("Approve")
		wei.refused("Tick the box once you have asked the client yourself")
		wei.tick("I asked the client myself, and not through Ada Byron")
		wei.press("Approve")
		wei.reads("You approved the recovery.")
		o.look(wei, "recovery")
		for range 3 {
			o.settle()
			o.portal.clock.Advance(24 * time.Hour)
		}
		o.settle()
		p := o.newPerson()
		o.openInvitation(p, "li@northwind.example")
		p.reads("Northwind")
		wei = o.atConsole(base, operators[1])
		wei.open("/clients/" + o.organizationID + "/recovery")
		wei.reads("Li Wen was invited as an Administrator of Northwind.")
	})
}

// settle lets all that is due happen: letters, the day that they begin, and what it leads to.
func (o *office) settle() {
	o.t.Helper()
	for range 3 {
		if err := o.portal.app.CatchUp(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
		o.portal.clock.Advance(time.Second)
	}
}

// atConsole opens a browser in which an operator is logged in.
func (o *office) atConsole(base string, operator session.New) *person {
	o.t.Helper()
	p := newPerson(o.t, base, o.way)
	var started session.Started
	o.write(func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, operator)
		return err
	})
	do(p, network.SetCookie, network.SetCookieParams{Name: "idkit_operator_session", Value: started.Token.Reveal(), URL: p.base})
	return p
}

// operators puts the vendor and its people there, and returns how each of them logs in.
func (o *office) operators(names ...string) (logins []session.New) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *db.Tx) error {
		vendor, roles, err := organizations.Create(ctx, tx, organizations.Vendor, "IDKit")
		if err != nil {
			return err
		}
		for _, name := range names {
			first, last, _ := strings.Cut(name, " ")
			email, err := people.ParseEmail(strings.ToLower(first + "." + last + "@idkit.example"))
			if err != nil {
				return err
			}
			login := session.New{OrganizationID: vendor.ID, UserID: id.New("usr"), AccountID: id.New("acc"), SecondFactor: true, Origin: here}
			if _, err := tx.Exec(ctx, `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
				VALUES ($1, 'vendor', $2, $3, '', $4, '', 'en', $4)`, login.AccountID, email.Address, email.Key, tx.Now); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at) VALUES ($1, $2, 0, $3)`,
				login.AccountID, []byte("opens nothing"), tx.Now); err != nil {
				return err
			}
			if err := user.Insert(ctx, tx, user.User{
				OrganizationID: vendor.ID, ID: login.UserID, AccountID: login.AccountID, FirstName: first, LastName: last, RoleID: roles.Administrator, Status: user.Active,
			}, email); err != nil {
				return err
			}
			// They have been operators for long enough to approve.
			if _, err := tx.Exec(ctx, `UPDATE users SET activated_at = $1 WHERE id = $2`, tx.Now.Add(-8*24*time.Hour), login.UserID); err != nil {
				return err
			}
			logins = append(logins, login)
		}
		return nil
	})
	return logins
}
