package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// ColumnKind is what a column holds, whatever the engine calls it.
type ColumnKind string

// The kinds, with the Go type that a row of them is scanned into.
const (
	Text    ColumnKind = "text"    // string
	Integer ColumnKind = "integer" // int64
	Boolean ColumnKind = "boolean" // bool
	Instant ColumnKind = "instant" // time.Time
	Bytes   ColumnKind = "bytes"   // []byte
)

// columnKinds are the types that migrations declare, as the engines report them.
var columnKinds = map[string]ColumnKind{
	"text": Text, "bigint": Integer, "integer": Integer, "boolean": Boolean,
	"timestamp": Instant, "timestamp without time zone": Instant, "bytea": Bytes,
}

// Column is one column of a table.
type Column struct {
	Name string     `json:"name"`
	Kind ColumnKind `json:"kind"`
}

// Table is a table with the columns that are stored for their own sake.
type Table struct {
	Name    string
	Columns []Column
}

// derived are tables that triggers fill from others, in each engine's own way.
var derived = []string{"user_counts", "user_search"}

// Tables returns every table that holds something of its own, with the columns
// that are not computed, by name: the engines keep them in different orders. A table stands behind those that it refers to.
func Tables(ctx context.Context, tx *Tx) ([]Table, error) {
	columns, references := liteColumns, liteReferences
	if tx.engine == PostgreSQL {
		columns, references = postgresColumns, postgresReferences
	}
	tables := map[string]*Table{}
	var names []string
	_, err := Collect(ctx, tx, func(row Row) (_ struct{}, err error) {
		var table, name, declared string
		if err := row.Scan(&table, &name, &declared); err != nil || slices.Contains(derived, table) {
			return struct{}{}, err
		}
		kind, known := columnKinds[strings.ToLower(declared)]
		if !known {
			return struct{}{}, fmt.Errorf("the column %s of %s has the type %q, which no copy can carry", name, table, declared)
		}
		if tables[table] == nil {
			tables[table], names = &Table{Name: table}, append(names, table)
		}
		tables[table].Columns = append(tables[table].Columns, Column{name, kind})
		return struct{}{}, nil
	}, columns)
	if err != nil {
		return nil, err
	}
	needs := map[string][]string{}
	_, err = Collect(ctx, tx, func(row Row) (_ struct{}, err error) {
		var from, to string
		err = row.Scan(&from, &to)
		if from != to {
			needs[from] = append(needs[from], to)
		}
		return struct{}{}, err
	}, references)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var ordered []Table
	for _, name := range inOrder(names, needs) {
		ordered = append(ordered, *tables[name])
	}
	return ordered, nil
}

// inOrder puts names behind those that they need.
func inOrder(names []string, needs map[string][]string) (ordered []string) {
	var place func(name string)
	placed := map[string]bool{}
	place = func(name string) {
		if placed[name] {
			return
		}
		placed[name] = true
		for _, needed := range needs[name] {
			place(needed)
		}
		ordered = append(ordered, name)
	}
	for _, name := range names {
		place(name)
	}
	return ordered
}

const (
	liteColumns = `SELECT t.name, c.name, c.type FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c
		WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'goose%' AND c.hidden = 0
		ORDER BY t.name, c.name`
	liteReferences = `SELECT DISTINCT t.name, f."table" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f
		WHERE t.schema = 'main' AND t.type = 'table' ORDER BY 1, 2`

	postgresColumns = `SELECT c.table_name::text, c.column_name::text, c.data_type::text FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
		WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE 'goose%' AND c.is_generated = 'NEVER'
		ORDER BY c.table_name COLLATE "C", c.column_name COLLATE "C"`
	postgresReferences = `SELECT DISTINCT child.relname::text, parent.relname::text FROM pg_constraint k
		JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
		WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace ORDER BY 1, 2`
)
