package domaintest

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
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

// columnsOf asks an engine for every column of every table, but those of the
// migrations themselves and of the search index, which holds nothing of its own.
var columnsOf = map[db.Engine]string{
	db.SQLite: `SELECT t.name, c.name FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c
		WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'goose%' ORDER BY t.name, c.cid`,
	db.PostgreSQL: `SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%' ORDER BY table_name, ordinal_position`,
}

// schema is every table with its columns.
func schema(ctx context.Context, tx *db.Tx) (map[string][]string, error) {
	type column struct{ table, name string }
	all, err := db.Collect(ctx, tx, func(row db.Row) (c column, err error) {
		err = row.Scan(&c.table, &c.name)
		return c, err
	}, columnsOf[tx.Engine()])
	tables := map[string][]string{}
	for _, c := range all {
		tables[c.table] = append(tables[c.table], c.name)
	}
	if err == nil && len(tables) < 18 {
		err = fmt.Errorf("the schema cannot be read: %v", tables)
	}
	return tables, err
}

// Dump is everything that is stored.
func (p *Place) Dump(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	MustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error {
		tables, err := schema(t.Context(), tx)
		if err != nil {
			return err
		}
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			columns := tables[table]
			rows, err := db.Collect(t.Context(), tx, func(row db.Row) (string, error) { return scanAny(row, len(columns)) },
				`SELECT `+strings.Join(columns, ", ")+` FROM `+table)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			slices.Sort(rows)
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
