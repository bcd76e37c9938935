package web_test

import (
	"fmt"
	"slices"
	"strings"

	"idkit/internal/platform/db"
)

// bookkeeping are columns and tables that say when something was last used.
var bookkeeping = []string{"sessions.last_seen_at", "users.last_active_at", "throttles."}

// dump is every row of every table, as text.
func (p *portal) dump() map[string][]string {
	p.Helper()
	rows := map[string][]string{}
	err := p.app.DB().Read(p.Context(), func(tx *db.Tx) error {
		for _, table := range p.tables(tx) {
			var columns []string
			for _, column := range p.columns(tx, table) {
				if !slices.ContainsFunc(bookkeeping, func(b string) bool { return strings.HasPrefix(table+"."+column, b) }) {
					columns = append(columns, quoted(tx, column))
				}
			}
			if len(columns) > 0 {
				rows[table] = p.texts(tx, fmt.Sprintf("SELECT %s FROM %q ORDER BY 1", strings.Join(columns, " || ' ' || "), table))
			}
		}
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
	return rows
}

// quoted is a column as a text that is never NULL.
func quoted(tx *db.Tx, column string) string {
	if tx.Engine() == db.PostgreSQL {
		return fmt.Sprintf("quote_nullable(%q::text)", column)
	}
	return fmt.Sprintf("quote(%q)", column)
}

func (p *portal) tables(tx *db.Tx) []string {
	p.Helper()
	if tx.Engine() == db.PostgreSQL {
		return p.texts(tx, `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()`)
	}
	return p.texts(tx, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite_%'`)
}

// columns are those of a table that are written, and not computed.
func (p *portal) columns(tx *db.Tx, table string) []string {
	p.Helper()
	if tx.Engine() == db.PostgreSQL {
		return p.texts(tx, `SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'`, table)
	}
	return p.texts(tx, `SELECT name FROM pragma_table_info($1)`, table)
}

func (p *portal) texts(tx *db.Tx, sql string, args ...any) []string {
	p.Helper()
	all, err := db.Collect(p.Context(), tx, func(row db.Row) (text string, err error) {
		err = row.Scan(&text)
		return text, err
	}, sql, args...)
	if err != nil {
		p.Fatal(err)
	}
	return all
}

// copyRow makes one more row of a table like the one with that id, with other values in some columns.
func (p *portal) copyRow(table, like string, other map[string]any) {
	p.Helper()
	err := p.app.DB().Write(p.Context(), func(tx *db.Tx) error {
		columns := p.columns(tx, table)
		values, args := slices.Clone(columns), []any{like}
		for i, column := range columns {
			if value, given := other[column]; given {
				args = append(args, value)
				values[i] = fmt.Sprintf("$%d", len(args))
			}
		}
		_, err := tx.Exec(p.Context(), fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM %[1]s WHERE id = $1`, table, strings.Join(columns, ", "), strings.Join(values, ", ")), args...)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
}
