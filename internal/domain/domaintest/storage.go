package domaintest

import (
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// Write changes something behind the back of the program.
func (p *Place) Write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// Exec runs one statement.
func (p *Place) Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

// Count reads one number.
func (p *Place) Count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&n) })
	return n
}

// Text reads one text.
func (p *Place) Text(t testing.TB, query string, args ...any) (s string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&s) })
	return s
}

// Events counts the lines of all trails about an action.
func (p *Place) Events(t testing.TB, action string) int {
	t.Helper()
	return p.Count(t, `SELECT count(*) FROM audit_events WHERE action = $1`, action)
}

// schema is every table with its columns, as the migrations make them.
var schema = sync.OnceValue(func() map[string][]string {
	tables := map[string][]string{}
	other := "_postgres.sql" // what the engine of these tests does not run
	if os.Getenv(dbtest.PostgresVariable) != "" {
		other = "_sqlite.sql"
	}
	table := regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	column := regexp.MustCompile(`(?m)^ {4}([a-z_]+) `)
	err := fs.WalkDir(db.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, other) {
			return err
		}
		text, err := fs.ReadFile(db.Migrations(), path)
		for _, t := range table.FindAllStringSubmatch(string(text), -1) {
			for _, c := range column.FindAllStringSubmatch(t[2], -1) {
				tables[t[1]] = append(tables[t[1]], c[1])
			}
		}
		return err
	})
	if err != nil || len(tables) < 18 {
		panic(fmt.Sprint("the migrations cannot be read: ", err, tables))
	}
	return tables
})

// Dump is everything that is stored.
func (p *Place) Dump(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	MustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error {
		for _, table := range slices.Sorted(maps.Keys(schema())) {
			columns := schema()[table]
			rows, err := db.Collect(t.Context(), tx, func(row db.Row) (string, error) { return scanAny(row, len(columns)) },
				`SELECT `+strings.Join(columns, ", ")+` FROM `+table+` ORDER BY 1, 2, 3`)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			fmt.Fprintf(&all, "%s\n%s\n", table, strings.Join(rows, "\n"))
		}
		return nil
	}))
	return all.String()
}

func scanAny(row db.Row, columns int) (string, error) {
	values, targets := make([]any, columns), make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	err := row.Scan(targets...)
	for i, v := range values {
		if raw, ok := v.([]byte); ok {
			values[i] = hex.EncodeToString(raw) + " " + string(raw)
		}
	}
	return fmt.Sprint(values...), err
}

// Verify checks the trail of Northwind.
func (p *Place) Verify(t testing.TB) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := audit.Verify(ctx, tx, p.Northwind)
		return err
	})
}
