package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

// rowsAtOnce is how many rows one statement brings in.
const rowsAtOnce = 50

// Load reads a backup into tables that are empty, or of which nothing is to be
// kept, and returns once the whole file was read and its seal holds. On any
// error the transaction has to be rolled back.
// Faults: those of Check.
func Load(ctx context.Context, tx *db.Tx, keyring *secret.Keyring, path string) (c Contents, err error) {
	r, err := open(path)
	if err != nil {
		return c, err
	}
	defer r.Close()
	if c.Header, err = r.header(); err != nil {
		return c, err
	}
	tables, err := db.Tables(ctx, tx)
	if err != nil {
		return c, err
	}
	err = db.Fill(ctx, tx, func() (err error) {
		l := &loader{tx: tx, tables: tables}
		if err := l.empty(ctx); err != nil {
			return err
		}
		begin := func(s section) error { return l.begin(ctx, s) }
		add := func(row []byte) error { return l.add(ctx, row) }
		if c.Rows, err = r.walk(keyring, begin, add); err != nil {
			return err
		}
		return errors.Join(l.flush(ctx), l.complete(c.Rows))
	})
	return c, err
}

// loader brings rows into the tables, many with one statement.
type loader struct {
	tx      *db.Tx
	tables  []db.Table
	current db.Table
	pending []any
	waiting int // rows in pending
}

// empty takes out what the tables hold, those first that refer to others.
func (l *loader) empty(ctx context.Context) error {
	for _, t := range slices.Backward(l.tables) {
		if _, err := l.tx.Exec(ctx, `DELETE FROM `+t.Name); err != nil {
			return err
		}
	}
	return nil
}

// begin turns to another table, which must have the very columns that this database has.
func (l *loader) begin(ctx context.Context, s section) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	at := slices.IndexFunc(l.tables, func(t db.Table) bool { return t.Name == s.Table })
	if at < 0 || !slices.Equal(s.Columns, l.tables[at].Columns) {
		return fmt.Errorf("%w: the table %s is not as its version of the schema has it", ErrDamaged, s.Table)
	}
	l.current = l.tables[at]
	return nil
}

func (l *loader) add(ctx context.Context, line []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil || len(raw) != len(l.current.Columns) || len(raw) == 0 {
		return ErrDamaged
	}
	for i, c := range l.current.Columns {
		value, err := decode(raw[i], c.Kind)
		if err != nil {
			return fmt.Errorf("%w: %s.%s: %w", ErrDamaged, l.current.Name, c.Name, err)
		}
		l.pending = append(l.pending, value)
	}
	if l.waiting++; l.waiting < rowsAtOnce {
		return nil
	}
	return l.flush(ctx)
}

func (l *loader) flush(ctx context.Context) error {
	if l.waiting == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err // the writes themselves are not interrupted
	}
	places := make([]string, l.waiting)
	for row := range places {
		one := make([]string, len(l.current.Columns))
		for i := range one {
			one[i] = fmt.Sprintf("$%d", row*len(one)+i+1)
		}
		places[row] = "(" + strings.Join(one, ", ") + ")"
	}
	_, err := l.tx.Exec(ctx, `INSERT INTO `+l.current.Name+` (`+names(l.current.Columns)+`) VALUES `+strings.Join(places, ", "), l.pending...)
	l.pending, l.waiting = l.pending[:0], 0
	if err != nil {
		return fmt.Errorf("%s: %w", l.current.Name, err)
	}
	return nil
}

// complete refuses a file that lacks a table.
func (l *loader) complete(rows map[string]int64) error {
	for _, t := range l.tables {
		if _, there := rows[t.Name]; !there {
			return fmt.Errorf("%w: the table %s is missing", ErrDamaged, t.Name)
		}
	}
	return nil
}
