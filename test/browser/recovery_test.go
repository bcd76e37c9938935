//go:build browser

package browser

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	organizations "idkit/internal/domain/organization"
	people "idkit/internal/domain/person"
	"idkit/internal/domain/recovery"
	"idkit/internal/domain/user"
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
		o.portal.clock.pass(25 * time.Hour) // no Administrator was there for a day
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

// operators puts the vendor and its people there.
func (o *office) operators(names ...string) {
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
			accountID := id.New("acc")
			if _, err := tx.Exec(ctx, `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
				VALUES ($1, 'vendor', $2, $3, '', $4, '', 'en', $4)`, accountID, email.Address, email.Key, tx.Now); err != nil {
				return err
			}
			if err := user.Insert(ctx, tx, user.User{
				OrganizationID: vendor.ID, ID: id.New("usr"), AccountID: accountID, FirstName: first, LastName: last, RoleID: roles.Administrator, Status: user.Active,
			}, email); err != nil {
				return err
			}
		}
		return nil
	})
}
