package db

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"idkit/internal/platform/fault"
)

// ErrNoRow is the answer of a query without a row.
var ErrNoRow = fault.New(fault.NotFound, "db.no_row")

// ErrConflict is the answer to a statement that would break a uniqueness rule.
var ErrConflict = fault.New(fault.Conflict, "db.conflict")

// ErrNotStored says that the database takes no writes, because its disk is full,
// broken or read-only. Nothing of the transaction is there.
var ErrNotStored = errors.New("the disk takes no writes")

// conflict keeps the name of the broken rule beside the fault.
type conflict struct {
	rule  string
	cause error
}

func (c conflict) Error() string   { return fmt.Sprintf("conflict on %s: %v", c.rule, c.cause) }
func (c conflict) Unwrap() []error { return []error{ErrConflict, c.cause} }

// ConflictOn reports whether an error comes from the uniqueness rule of these
// columns, written "table.column" in the order of the rule. Both engines can
// tell columns; only PostgreSQL can tell constraint names.
func ConflictOn(err error, columns ...string) bool {
	var c conflict
	return errors.As(err, &c) && c.rule == strings.Join(columns, ", ")
}

// translate turns what the drivers say into the words of this package.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoRow
	}
	if errors.Is(err, ErrNotStored) {
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return conflict{liteRule(lite.Error()), err}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return conflict{pgRule(pg), err}
	}
	if lite != nil && liteRefusesWrites(lite) || pg != nil && pgRefusesWrites(pg) {
		return notStored{err}
	}
	return err
}

// notStored keeps what the driver says beside ErrNotStored.
type notStored struct{ cause error }

func (n notStored) Error() string   { return fmt.Sprintf("%v: %v", ErrNotStored, n.cause) }
func (n notStored) Unwrap() []error { return []error{ErrNotStored, n.cause} }

func liteRefusesWrites(lite *sqlite.Error) bool {
	switch lite.Code() & 0xff { // the rest of an extended code tells which call failed
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

// pgRefusesWrites knows disk_full, io_error and read_only_sql_transaction, to
// which those who run a server switch it before its disk is full.
func pgRefusesWrites(pg *pgconn.PgError) bool {
	return pg.Code == "53100" || pg.Code == "58030" || pg.Code == "25006"
}

// liteRule finds the columns in "constraint failed: UNIQUE constraint failed: users.organization_id, users.email_key (2067)".
func liteRule(message string) string {
	_, rule, _ := strings.Cut(message, "UNIQUE constraint failed: ")
	rule, _, _ = strings.Cut(rule, " (")
	return rule
}

// pgRule finds the columns in the detail "Key (organization_id, email_key)=(…) already exists."
func pgRule(pg *pgconn.PgError) string {
	_, columns, _ := strings.Cut(pg.Detail, "Key (")
	columns, _, _ = strings.Cut(columns, ")=")
	names := strings.Split(columns, ", ")
	for i, name := range names {
		names[i] = pg.TableName + "." + name
	}
	return strings.Join(names, ", ")
}
