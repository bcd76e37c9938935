package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Options say which database to open.
type Options struct {
	URL string           // "sqlite:path/to/file.db" or "postgres://…"
	Now func() time.Time // the clock that Tx.Now is read from
	// Unsynced lets SQLite acknowledge commits before the disk has them: for what
	// need not outlive a power cut, such as a test. PostgreSQL has its own setting.
	Unsynced bool
}

// Engine names a database engine.
type Engine string

// The engines.
const (
	SQLite     Engine = "SQLite"
	PostgreSQL Engine = "PostgreSQL"
)

// DB is an open database, safe for concurrent use.
type DB struct {
	engine engine
	now    func() time.Time
}

// engine is what SQLite and PostgreSQL do each in their own way.
type engine interface {
	name() Engine
	reader() runner
	snapshot(ctx context.Context, read func(runner) error) error
	write(ctx context.Context, attempt func(runner) error) error
	pressure() Pressure
	unbounded() string // the statement that lifts the limit of time for the rest of a transaction
	ping(ctx context.Context) error
	migrate(ctx context.Context, steps migrationSteps) error
	schema(ctx context.Context) (string, error)
	close() error
}

// runner is what *sql.DB, *sql.Tx and the statement cache have in common.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Open opens the database without touching its schema; see Migrate.
func Open(ctx context.Context, o Options) (*DB, error) {
	e, err := openEngine(ctx, o)
	if err != nil {
		return nil, err
	}
	return &DB{engine: e, now: o.Now}, nil
}

func openEngine(ctx context.Context, o Options) (engine, error) {
	switch {
	case strings.HasPrefix(o.URL, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(o.URL, "sqlite:"), o.Unsynced)
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		return openPostgres(ctx, o.URL)
	}
	return nil, fmt.Errorf("the database must be sqlite:PATH or postgres://…")
}

// Close waits for writes under way and closes the database.
func (d *DB) Close() error { return d.engine.close() }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return translate(d.engine.ping(ctx)) }

// Read runs queries outside a transaction: each sees what is committed when it
// starts, so two of them may see different commits.
func (d *DB) Read(ctx context.Context, read func(tx *Tx) error) error {
	return read(&Tx{Now: d.instant(), engine: d.engine.name(), runner: d.engine.reader()})
}

// Snapshot runs queries that all see the database as it was at the first of
// them, however long they take; writers go on meanwhile.
func (d *DB) Snapshot(ctx context.Context, read func(tx *Tx) error) error {
	return translate(d.engine.snapshot(ctx, func(r runner) error {
		tx := &Tx{Now: d.instant(), engine: d.engine.name(), runner: r}
		if err := tx.unbind(ctx, d.engine); err != nil {
			return err
		}
		return read(tx)
	}))
}

// Load is Write for a mass of rows: no statement of it, nor its commit, has a
// limit of time.
func (d *DB) Load(ctx context.Context, load func(tx *Tx) error) error {
	return d.Write(ctx, func(tx *Tx) error {
		if err := tx.unbind(ctx, d.engine); err != nil {
			return err
		}
		return load(tx)
	})
}

func (tx *Tx) unbind(ctx context.Context, e engine) error {
	if e.unbounded() == "" {
		return nil
	}
	_, err := tx.Exec(ctx, e.unbounded())
	return err
}

// Write runs a function in one transaction: committed when it returns nil,
// rolled back on an error or a panic. After a serialization failure the
// function runs again from the start, so it must only change the database and
// its own results.
func (d *DB) Write(ctx context.Context, write func(tx *Tx) error) error {
	var committed *Tx
	err := d.engine.write(ctx, func(r runner) error {
		tx := &Tx{Now: d.instant(), engine: d.engine.name(), runner: r}
		committed = tx
		return write(tx)
	})
	if err != nil {
		return translate(err)
	}
	for _, done := range committed.afterCommit {
		done()
	}
	return nil
}

// Pressure is how busy the way to the database is.
type Pressure struct {
	Open, InUse int   // connections
	Waits       int64 // for a connection, since the start
	Queued      int   // writes that wait for their turn; SQLite only
}

// Pressure tells how busy the way to the database is at this moment.
func (d *DB) Pressure() Pressure { return d.engine.pressure() }

// instant is the clock in the precision that both engines keep.
func (d *DB) instant() time.Time { return d.now().UTC().Truncate(time.Microsecond) }
