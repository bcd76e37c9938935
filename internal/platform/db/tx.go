package db

import (
	"context"
	"database/sql"
	"time"
)

// Tx runs statements, inside one transaction under Write or outside any under Read.
type Tx struct {
	Now         time.Time // one instant for the whole transaction: UTC, whole microseconds
	engine      Engine
	runner      runner
	afterCommit []func()
}

// Engine is for the few statements that exist in twins, because each engine
// does the same thing in a way of its own.
func (tx *Tx) Engine() Engine { return tx.engine }

// AfterCommit registers what is to happen once the transaction has committed,
// such as waking whoever waits for its rows. It never runs after a rollback.
func (tx *Tx) AfterCommit(done func()) { tx.afterCommit = append(tx.afterCommit, done) }

// Exec runs a statement and returns how many rows it changed. A broken
// uniqueness rule is a fault of kind Conflict; ConflictOn names the rule.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := tx.runner.ExecContext(ctx, query, normalise(args)...)
	if err != nil {
		return 0, translate(err)
	}
	rows, err := result.RowsAffected()
	return rows, translate(err)
}

// Row is one row to scan, or the error that kept it away.
type Row interface {
	// Scan copies the columns. Without a row it returns ErrNoRow.
	Scan(dest ...any) error
}

// QueryRow runs a query for its first row.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	rows, err := tx.Query(ctx, query, args...)
	return firstRow{rows, err}
}

type firstRow struct {
	rows *Rows
	err  error
}

func (r firstRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNoRow
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// Rows is the result of a query; close it.
type Rows struct{ rows *sql.Rows }

// Query runs a query for all its rows.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	rows, err := tx.runner.QueryContext(ctx, query, normalise(args)...)
	if err != nil {
		return nil, translate(err)
	}
	return &Rows{rows}, nil
}

// Next moves to the next row.
func (r *Rows) Next() bool { return r.rows.Next() }

// Scan copies the columns of the present row.
func (r *Rows) Scan(dest ...any) error { return translate(r.rows.Scan(dest...)) }

// Err returns what ended the iteration early.
func (r *Rows) Err() error { return translate(r.rows.Err()) }

// Close ends the query.
func (r *Rows) Close() error { return translate(r.rows.Close()) }

// Collect runs a query and scans every row.
func Collect[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// Values runs a query for one column and returns its value in every row.
func Values[T any](ctx context.Context, tx *Tx, query string, args ...any) ([]T, error) {
	return Collect(ctx, tx, func(row Row) (value T, err error) {
		err = row.Scan(&value)
		return value, err
	}, query, args...)
}

// normalise drops zones and nanoseconds, which the engines would each treat in
// their own way: PostgreSQL forgets a foreign zone silently.
func normalise(args []any) []any {
	for i, arg := range args {
		switch t := arg.(type) {
		case time.Time:
			args[i] = t.UTC().Truncate(time.Microsecond)
		case *time.Time:
			if t == nil {
				args[i] = nil
			} else {
				args[i] = t.UTC().Truncate(time.Microsecond)
			}
		}
	}
	return args
}
