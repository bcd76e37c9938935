package credential_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

func newClock() *dbtest.Clock { return dbtest.NewClock(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)) }

func keyring(t testing.TB, keys string) *secret.Keyring {
	t.Helper()
	ring, err := secret.ParseKeyring(keys)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// place is a database with one account in it.
type place struct {
	*db.DB
	clock   *dbtest.Clock
	account string
}

func newPlace(t testing.TB) place {
	t.Helper()
	c := newClock()
	p := place{DB: dbtest.NewAt(t, c.Now), clock: c}
	p.account = p.newAccount(t)
	return p
}

func (p place) newAccount(t testing.TB) string {
	t.Helper()
	account := id.New("acc")
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, $2, $2, '', $3, '', 'en', $3)`, account, account+"@northwind.example", tx.Now)
		return err
	})
	return account
}

// write runs a change that must succeed.
func (p place) write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := p.try(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

func (p place) try(ctx context.Context, change func(ctx context.Context, tx *db.Tx) error) error {
	return p.Write(ctx, func(tx *db.Tx) error { return change(ctx, tx) })
}

func wantFault(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// race runs one change in parallel and counts outcomes: exactly one may
// succeed, and all others must fail with the given fault. The tries come
// through several handles of the database, as from several nodes.
func race(t *testing.T, nodes []*db.DB, change func(ctx context.Context, tx *db.Tx) error, lost error) {
	t.Helper()
	const tries = 64
	outcomes := make([]error, tries)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range tries {
		group.Go(func() {
			<-start
			outcomes[i] = nodes[i%len(nodes)].Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) })
		})
	}
	close(start)
	group.Wait()
	won := 0
	for _, err := range outcomes {
		if err == nil {
			won++
		} else if !errors.Is(err, lost) {
			t.Fatalf("a lost try says %v, want %v", err, lost)
		}
	}
	if won != 1 {
		t.Fatalf("%d of %d parallel tries succeeded, want 1", won, tries)
	}
}

// racePlace is a place that three nodes share.
func racePlace(t *testing.T) (place, []*db.DB) {
	t.Helper()
	c := newClock()
	address := dbtest.URL(t)
	nodes := make([]*db.DB, 3)
	for i := range nodes {
		nodes[i] = dbtest.Open(t, address, c.Now)
	}
	p := place{DB: nodes[0], clock: c}
	p.account = p.newAccount(t)
	return p, nodes
}

func newPasswords(t testing.TB, ring *secret.Keyring) *credential.Passwords {
	t.Helper()
	passwords, err := credential.NewPasswords(credential.PasswordOptions{Keyring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return passwords
}
