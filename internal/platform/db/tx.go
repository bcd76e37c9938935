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
	rows, err := tx.query(ctx, query, args)
	return firstRow{rows, err}
}

type firstRow struct {
	rows *rows
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

// rows is the result of a query; close it.
type rows struct{ *sql.Rows }

func (tx *Tx) query(ctx context.Context, query string, args []any) (*rows, error) {
	found, err := tx.runner.QueryContext(ctx, query, normalise(args)...)
	if err != nil {
		return nil, translate(err)
	}
	return &rows{found}, nil
}

func (r *rows) Scan(dest ...any) error { return translate(r.Rows.Scan(dest...)) }

func (r *rows) Err() error { return translate(r.Rows.Err()) }

func (r *rows) Close() error { return translate(r.Rows.Close()) }

// Each runs a query and looks at its rows one after the other, as they come. An
// error of look ends it.
func Each(ctx context.Context, tx *Tx, look func(Row) error, query string, args ...any) error {
	rows, err := tx.query(ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := look(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Collect runs a query and scans every row.
func Collect[T any](ctx context.Context, tx *Tx, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := Each(ctx, tx, func(row Row) error {
		one, err := scan(row)
		all = append(all, one)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
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
