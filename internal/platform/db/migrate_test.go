package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// TestAFilledDatabaseSurvivesANewTableOfAccounts: what refers to an account is
// erased with it, and must not be when the table is made anew.
func TestAFilledDatabaseSurvivesANewTableOfAccounts(t *testing.T) {
	const beforeKinds = 7
	d, ctx := dbtest.New(t), t.Context()
	if err := db.MigrateDown(ctx, d, beforeKinds); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	change(t, d, `INSERT INTO organizations (id, name, status, created_at) VALUES ('org_1', 'Northwind', 'active', $1)`, at)
	change(t, d, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ('org_1', 'rol_1', 'Administrator', 'administrator', 'administrator', '', $1)`, at)
	change(t, d, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, mobile_number, mobile_region, created_at)
		VALUES ('acc_1', 'Ada@x.example', 'ada@x.example', 'hash', $1, '', 'en', '+61412345210', 'AU', $1)`, at)
	change(t, d, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		VALUES ('org_1', 'usr_1', 'acc_1', 'Ada', 'Okafor', 'Ada@x.example', 'ada@x.example', 'ada okafor', 'rol_1', 'active', $1)`, at)
	change(t, d, `INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at) VALUES ('acc_1', $2, 7, $1)`, at, []byte("seed"))
	change(t, d, `INSERT INTO recovery_codes (account_id, code_hash, created_at) VALUES ('acc_1', $2, $1)`, at, []byte("code"))
	change(t, d, `INSERT INTO sessions (token_hash, id, organization_id, user_id, account_id, created_at, last_seen_at, expires_at, proven_at, second_factor, address, user_agent)
		VALUES ($2, 'ses_1', 'org_1', 'usr_1', 'acc_1', $1, $1, $1, $1, $3, '192.0.2.1', '')`, at, []byte("token"), true)
	change(t, d, `INSERT INTO half_logins (token_hash, account_id, step, second_factor, tries, created_at, expires_at) VALUES ($2, 'acc_1', 'code', $3, 0, $1, $1)`, at, []byte("half"), false)
	change(t, d, `INSERT INTO letters (id, organization_id, kind, subject_id, address, language, data, message_id, state, attempts, created_at, due_at, give_up_at, lease, reply)
		VALUES ('ltr_1', '', 'password_reset', 'acc_1', 'ada@x.example', 'en', '{}', '', 'queued', 0, $1, $1, $1, '', '')`, at)

	if err := db.Migrate(ctx, d); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM accounts WHERE id = 'acc_1' AND kind = 'client' AND email = 'Ada@x.example' AND email_key = 'ada@x.example' AND password_hash = 'hash' AND mobile_region = 'AU'`: 1,
		`SELECT count(*) FROM users WHERE account_id = 'acc_1' AND second_factor`:                                                                                                              1,
		`SELECT count(*) FROM second_factors WHERE account_id = 'acc_1' AND last_step = 7`:                                                                                                     1,
		`SELECT count(*) FROM recovery_codes WHERE account_id = 'acc_1'`:                                                                                                                       1,
		`SELECT count(*) FROM sessions WHERE account_id = 'acc_1'`:                                                                                                                             1,
		`SELECT count(*) FROM half_logins WHERE account_id = 'acc_1'`:                                                                                                                          1,
		`SELECT count(*) FROM organizations WHERE kind = 'client'`:                                                                                                                             1,
		`SELECT count(*) FROM letters WHERE letterhead = 'client'`:                                                                                                                             1,
	} {
		if n := number(t, d, query); n != want {
			t.Errorf("%d rows are left of %s", n, query)
		}
	}

	// And the new table is held by the old rules: who goes takes along what is theirs.
	const insert = `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, 'Ada@x.example', 'ada@x.example', 'hash', $3, '', 'en', $3)`
	change(t, d, insert, "acc_2", "vendor", at)
	if err := try(t.Context(), d, insert, "acc_3", "vendor", at); !errors.Is(err, db.ErrConflict) || !db.ConflictOn(err, "accounts.kind", "accounts.email_key") {
		t.Errorf("an address twice among the operators: %v", err)
	}
	if err := try(t.Context(), d, insert, "acc_3", "somebody", at); err == nil {
		t.Error("an account of no kind is stored")
	}
	if err := try(t.Context(), d, `DELETE FROM accounts WHERE id = 'acc_1'`); err == nil {
		t.Error("the account of a user is deleted")
	}
	change(t, d, `DELETE FROM users WHERE id = 'usr_1'`)
	change(t, d, `DELETE FROM accounts WHERE id = 'acc_1'`)
	if n := number(t, d, `SELECT (SELECT count(*) FROM second_factors) + (SELECT count(*) FROM recovery_codes) + (SELECT count(*) FROM sessions) + (SELECT count(*) FROM half_logins)`); n != 0 {
		t.Errorf("%d rows stay behind a deleted account", n)
	}
}

func TestThereIsOneVendor(t *testing.T) {
	d := dbtest.New(t)
	const insert = `INSERT INTO organizations (id, kind, name, status, created_at) VALUES ($1, $2, 'IDKit', 'active', $3)`
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	change(t, d, insert, "org_1", "vendor", at)
	change(t, d, insert, "org_2", "client", at)
	change(t, d, insert, "org_3", "client", at)
	if err := try(t.Context(), d, insert, "org_4", "vendor", at); !db.ConflictOn(err, "organizations.kind") {
		t.Errorf("a second vendor: %v", err)
	}
}

func try(ctx context.Context, d *db.DB, query string, args ...any) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

func change(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := try(t.Context(), d, query, args...); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, d *db.DB, query string) (n int) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), query).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}
