package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/db"
)

// vendor makes two operators of old, Ada and Wei, with a second factor.
func (p *portal) vendor() {
	p.Helper()
	p.write(func(ctx context.Context, tx *db.Tx) error {
		vendor, roles, err := organization.Create(ctx, tx, organization.Vendor, "IDKit")
		if err != nil {
			return err
		}
		for _, name := range []string{"ada", "wei"} {
			address, before := name+"@idkit.example", tx.Now.Add(-8*24*time.Hour)
			if _, err := tx.Exec(ctx, `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
				VALUES ($1, 'vendor', $2, $2, '', $3, '', 'en', $3)`, "acc_"+name, address, before); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at) VALUES ($1, $2, 0, $3)`,
				"acc_"+name, []byte("opens nothing"), before); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at, activated_at)
				VALUES ($1, $2, $3, $4, '', $5, $5, '', $6, 'active', $7, $7)`, vendor.ID, "usr_"+name, "acc_"+name, name, address, roles.Administrator, before); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *portal) write(change func(ctx context.Context, tx *db.Tx) error) {
	p.Helper()
	if err := p.app.DB().Write(p.Context(), func(tx *db.Tx) error { return change(p.Context(), tx) }); err != nil {
		p.Fatal(err)
	}
}

// clientID is the one client.
func (p *portal) clientID() (client string) {
	p.Helper()
	p.write(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT id FROM organizations WHERE kind = 'client'`).Scan(&client)
	})
	return client
}

// recovered is a portal whose client has been away for more than a day when an
// operator starts its recovery at the command line.
func (p *portal) recovered() {
	p.Helper()
	p.clock.Advance(25 * 3600e9)
	p.vendor()
	_, err := p.app.Recoveries().StartByCommand(p.Context(), "ada@idkit.example", recovery.Draft{
		OrganizationID: p.clientID(), FirstName: "Li", LastName: "Wen", Email: "li.wen@example.com", Reason: "Nobody can log in.",
	})
	if err != nil {
		p.Fatal(err)
	}
}

func TestAUserObjectsToARecoveryByTheLinkOfTheirLetter(t *testing.T) {
	p := newPortal(t, development, nil)
	p.found()
	p.recovered()
	link := p.mailedPath(p.letter(admin, "/recovery/object"))
	p.followedByMachines(link)
	machine := p.visitor() // presses the button, and ticks nothing
	machine.shows(machine.open(link), http.StatusOK, "Object to a new Administrator?")
	machine.shows(machine.post("/recovery/object"), http.StatusUnprocessableEntity, "Tick the box first")

	user := p.visitor()
	a := user.open(link)
	for _, told := range []string{"Li Wen", "li.wen@example.com", "Nobody can log in.", "ada", "IDKit"} {
		user.shows(a, http.StatusOK, told)
	}
	if policy := a.header.Get("Referrer-Policy"); policy != "no-referrer" || strings.Contains(a.body, "token=") {
		t.Errorf("the page leaks its address: Referrer-Policy is %q", policy)
	}
	user.shows(user.post("/recovery/object", "sure", "yes"), http.StatusOK, "You objected. Li Wen is not invited")
	user.shows(user.get("/profile"), http.StatusSeeOther, "") // it logs nobody in

	machine.shows(machine.open(link), http.StatusGone, "A user of")
	stranger := p.visitor()
	stranger.shows(stranger.open("/recovery/object?token="+strings.Repeat("A", 43)), http.StatusGone, "")
}
