package session_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

func newClock() *dbtest.Clock { return dbtest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) }

// place is a database with one organization, Northwind, and one person in it.
type place struct {
	*db.DB
	clock    *dbtest.Clock
	sessions *session.Sessions
	northwind,
	role, user, account string
}

var origin = access.Origin{Address: "192.0.2.1", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", RequestID: "r1"}

func newPlace(t testing.TB) *place {
	t.Helper()
	c := newClock()
	return newPlaceOn(t, dbtest.NewAt(t, c.Now), c)
}

func newPlaceOn(t testing.TB, d *db.DB, c *dbtest.Clock) *place {
	t.Helper()
	p := &place{DB: d, clock: c, sessions: session.NewSessions(d, organization.Client), account: id.New("acc")}
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, 'priya@northwind.example', 'priya@northwind.example', '', $2, 'second_factor', 'en', $2)`, p.account, tx.Now)
		return err
	})
	p.northwind, p.role, p.user = p.join(t, "Northwind", "active")
	return p
}

// join makes an organization and the person a user of it.
func (p *place) join(t testing.TB, name, status string) (organizationID, roleID, userID string) {
	t.Helper()
	userID = id.New("usr")
	account := &p.account
	if status == "invited" {
		account = nil
	}
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		o, roles, err := organization.Create(ctx, tx, organization.Client, name)
		if err != nil {
			return err
		}
		organizationID, roleID = o.ID, roles.Administrator
		_, err = tx.Exec(ctx, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
			VALUES ($1, $2, $3, 'Priya', 'Shah', 'priya@northwind.example', 'priya@northwind.example', '', $4, $5, $6)`,
			o.ID, userID, account, roleID, status, tx.Now)
		return err
	})
	return organizationID, roleID, userID
}

func (p *place) write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := p.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (p *place) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

func (p *place) suspend(t testing.TB) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return p.suspendIn(ctx, tx) })
}

func (p *place) suspendIn(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `UPDATE users SET status = 'suspended' WHERE organization_id = $1 AND id = $2`, p.northwind, p.user); err != nil {
		return err
	}
	return session.EndAllOfUser(ctx, tx, p.northwind, p.user, session.Suspended)
}

func (p *place) reactivate(t testing.TB) {
	t.Helper()
	p.exec(t, `UPDATE users SET status = 'active' WHERE organization_id = $1 AND id = $2`, p.northwind, p.user)
}

func (p *place) turnSecondFactorOn(t testing.TB) {
	t.Helper()
	p.exec(t, `INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at) VALUES ($1, $2, 0, $3)`, p.account, []byte("x"), p.clock.Now())
}

func (p *place) newSession() session.New {
	return session.New{OrganizationID: p.northwind, UserID: p.user, AccountID: p.account, Origin: origin}
}

func (p *place) start(t testing.TB) session.Started {
	t.Helper()
	var started session.Started
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, p.newSession())
		return err
	})
	return started
}

func (p *place) authenticate(t testing.TB, token secret.Token) (session.Current, error) {
	t.Helper()
	return p.sessions.Authenticate(t.Context(), token.Reveal(), origin)
}

// wants checks that the session is accepted, or refused with that fault.
func (p *place) wants(t testing.TB, started session.Started, want error) {
	t.Helper()
	if _, err := p.authenticate(t, started.Token); !errors.Is(err, want) {
		t.Helper()
		t.Errorf("the session is answered with %v, want %v", err, want)
	}
}
