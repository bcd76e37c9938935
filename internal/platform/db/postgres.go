package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

const (
	postgresPool = 25
	// writeAttempts bounds how often a write starts again after losing a race.
	writeAttempts = 6
)

// postgres is the engine for many nodes.
type postgres struct{ pool *sql.DB }

func openPostgres(ctx context.Context, url string) (engine, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read: %w", err)
	}
	settings := config.RuntimeParams
	settings["application_name"] = "idkit"
	settings["timezone"] = "UTC"
	settings["jit"] = "off" // compiling a statement takes longer than any of ours may run
	if settings["statement_timeout"] == "" {
		settings["statement_timeout"] = "5000"
	}
	config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(postgresPool)
	pool.SetMaxIdleConns(postgresPool)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &postgres{pool}, nil
}

func (p *postgres) name() Engine { return PostgreSQL }

func (p *postgres) reader() runner { return p.pool }

func (p *postgres) ping(ctx context.Context) error { return p.pool.PingContext(ctx) }

func (p *postgres) snapshot(ctx context.Context, read func(runner) error) error {
	tx, err := p.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to keep
	return read(tx)
}

func (p *postgres) pressure() Pressure {
	stats := p.pool.Stats()
	return Pressure{Open: stats.OpenConnections, InUse: stats.InUse, Waits: stats.WaitCount}
}

func (p *postgres) unbounded() string { return "SET LOCAL statement_timeout = 0" }

func (p *postgres) close() error { return p.pool.Close() }

func (p *postgres) write(ctx context.Context, attempt func(runner) error) error {
	for n := 1; ; n++ {
		err := p.writeOnce(ctx, attempt)
		if n == writeAttempts || !lostRace(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(rand.Int64N(int64(n) * int64(10*time.Millisecond)))):
		}
	}
}

func (p *postgres) writeOnce(ctx context.Context, attempt func(runner) error) error {
	tx, err := p.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if err := attempt(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// lostRace tells the failures that PostgreSQL asks to try again:
// serialization_failure and deadlock_detected.
func lostRace(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// migrate takes a session lock, so that of many starting nodes one migrates and
// the others wait.
func (p *postgres) migrate(ctx context.Context, steps migrationSteps) error {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	all, err := migrations(goose.DialectPostgres, p.pool, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	_, err = steps(ctx, all)
	return err
}

func (p *postgres) schema(context.Context) (string, error) {
	return "", errors.New("the schema is dumped from SQLite; both engines run the same migrations")
}
