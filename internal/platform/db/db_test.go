package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
)

const insertOrganization = `INSERT INTO organizations (id, name, status, created_at) VALUES ($1, $2, 'active', $3)`

func count(t *testing.T, d *db.DB) int {
	t.Helper()
	var n int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM organizations`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTimesComeBackAsTheyWentIn(t *testing.T) {
	foreign := time.Date(2026, 11, 23, 23, 30, 15, 123456789, time.FixedZone("east", 11*3600))
	d := dbtest.NewAt(t, func() time.Time { return foreign })
	var stored, nowInTx time.Time
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		nowInTx = tx.Now
		_, err := tx.Exec(t.Context(), insertOrganization, "org_1", "Northwind", foreign)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT created_at FROM organizations WHERE created_at = $1 AND created_at <= $2`, foreign, tx.Now).Scan(&stored)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := foreign.UTC().Truncate(time.Microsecond)
	if !stored.Equal(want) || stored.Location() != time.UTC || !nowInTx.Equal(want) {
		t.Errorf("stored %v, tx.Now %v, want %v", stored, nowInTx, want)
	}
}

func TestWriteRollsBackOnErrorAndPanic(t *testing.T) {
	d := dbtest.New(t)
	wrong := errors.New("wrong")
	ran := false
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		tx.AfterCommit(func() { ran = true })
		if _, err := tx.Exec(t.Context(), insertOrganization, "org_1", "Northwind", tx.Now); err != nil {
			return err
		}
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Errorf("Write = %v, want the function's own error", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not reach the caller")
			}
		}()
		_ = d.Write(t.Context(), func(tx *db.Tx) error {
			_, _ = tx.Exec(t.Context(), insertOrganization, "org_2", "Southwind", tx.Now)
			panic("broken")
		})
	}()
	if n := count(t, d); n != 0 || ran {
		t.Errorf("%d rows stayed, after-commit ran: %v", n, ran)
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), insertOrganization, "org_3", "Westwind", tx.Now)
		return err
	}); err != nil {
		t.Errorf("the database does not go on after a panic: %v", err)
	}
}

func TestBrokenRulesAreFaults(t *testing.T) {
	d := dbtest.New(t)
	insert := func() error {
		return d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), insertOrganization, "org_1", "Northwind", tx.Now)
			return err
		})
	}
	if err := insert(); err != nil {
		t.Fatal(err)
	}
	err := insert()
	if !fault.IsKind(err, fault.Conflict) || !db.ConflictOn(err, "organizations.id") || db.ConflictOn(err, "organizations.name") {
		t.Errorf("a second row with the same id: %v", err)
	}
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		var name string
		return tx.QueryRow(t.Context(), `SELECT name FROM organizations WHERE id = $1`, "org_2").Scan(&name)
	})
	if !errors.Is(err, db.ErrNoRow) || !fault.IsKind(err, fault.NotFound) {
		t.Errorf("no row: %v", err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at)
			VALUES ('org_none', 'rol_1', 'Member', 'member', 'member', '', $1)`, tx.Now)
		return err
	})
	if err == nil {
		t.Error("a role of an organization that does not exist was accepted")
	}
}

// Writers that share a commit must each keep their own outcome.
func TestParallelWritesKeepTheirOwnOutcome(t *testing.T) {
	d := dbtest.New(t)
	const writers = 64
	wrong := errors.New("wrong")
	outcomes := make([]error, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			outcomes[i] = d.Write(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), insertOrganization, fmt.Sprintf("org_%d", i), "Northwind", tx.Now); err != nil {
					return err
				}
				if i%4 == 0 {
					return wrong
				}
				return nil
			})
		})
	}
	group.Wait()
	for i, err := range outcomes {
		if (i%4 == 0) != errors.Is(err, wrong) || (i%4 != 0 && err != nil) {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	if n := count(t, d); n != writers*3/4 {
		t.Errorf("%d rows, want %d", n, writers*3/4)
	}
}

func TestACancelledWriteChangesNothing(t *testing.T) {
	d := dbtest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, insertOrganization, "org_1", "Northwind", tx.Now)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Write = %v, want context.Canceled", err)
	}
	if n := count(t, d); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestADiskThatTakesNoWritesIsToldApart(t *testing.T) {
	d := dbtest.New(t)
	noMore := map[db.Engine]string{db.SQLite: `PRAGMA max_page_count = 1`, db.PostgreSQL: `SET TRANSACTION READ ONLY`}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), noMore[tx.Engine()]); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), insertOrganization, "org_1", strings.Repeat("Northwind", 100_000), tx.Now)
		return err
	})
	if !errors.Is(err, db.ErrNotStored) {
		t.Errorf("Write = %v", err)
	}
	if n := count(t, d); n != 0 {
		t.Errorf("%d organizations", n)
	}
}
