package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the "sqlite" driver
)

// readers bounds the read-only connections; each keeps a page cache of its own.
const readers = 4

// writerCache lets the writing connection keep 32 MiB of pages: a new user is
// written to a dozen places of the file, far from each other.
const writerCache = "cache_size(-32768)"

// lite is the embedded engine: one connection writes, a few read.
type lite struct {
	path    string
	readDB  *sql.DB
	writeDB *sql.DB
	reads   *statements
	writer  *writer
}

func openSQLite(ctx context.Context, path string, unsynced bool) (engine, error) {
	if path == "" || strings.Contains(path, ":memory:") {
		return nil, errors.New("sqlite needs the path of a file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	sync := "synchronous(FULL)"
	if unsynced {
		sync = "synchronous(OFF)"
	}
	writeDB, err := sql.Open("sqlite", liteURL(path, "foreign_keys(1)", sync, writerCache))
	if err != nil {
		return nil, err
	}
	writeDB.SetMaxOpenConns(1)
	conn, err := writeDB.Conn(ctx)
	if err != nil {
		writeDB.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	readDB, err := sql.Open("sqlite", liteURL(path, "query_only(1)"))
	if err != nil {
		writeDB.Close()
		return nil, err
	}
	readDB.SetMaxOpenConns(readers)
	readDB.SetMaxIdleConns(readers)
	return &lite{
		path:    path,
		readDB:  readDB,
		writeDB: writeDB,
		reads:   newStatements(readDB.PrepareContext),
		writer:  startWriter(conn),
	}, nil
}

// liteURL keeps instants as whole microseconds in integer columns, which sort
// and compare as numbers; columns declared "timestamp" come back as time.Time.
func liteURL(path string, pragmas ...string) string {
	q := url.Values{
		"_pragma":              append([]string{"journal_mode(WAL)", "busy_timeout(5000)", "trusted_schema(0)"}, pragmas...),
		"_inttotime":           {"1"},
		"_time_integer_format": {"unix_micro"},
		"_dqs":                 {"0"},
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func (l *lite) name() Engine { return SQLite }

func (l *lite) reader() runner { return l.reads }

func (l *lite) write(ctx context.Context, attempt func(runner) error) error {
	return l.writer.do(ctx, attempt)
}

// snapshot has a connection of its own, so that a long one takes none from the portal.
func (l *lite) snapshot(ctx context.Context, read func(runner) error) error {
	snapshotDB, err := sql.Open("sqlite", liteURL(l.path, "query_only(1)"))
	if err != nil {
		return err
	}
	defer snapshotDB.Close()
	tx, err := snapshotDB.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to keep
	return read(tx)
}

func (l *lite) pressure() Pressure {
	read, write := l.readDB.Stats(), l.writeDB.Stats()
	return Pressure{
		Open: read.OpenConnections + write.OpenConnections, InUse: read.InUse + write.InUse,
		Waits: read.WaitCount, Queued: int(l.writer.queued.Load()),
	}
}

func (l *lite) unbounded() string { return "" }

func (l *lite) ping(ctx context.Context) error {
	var one int
	return l.readDB.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

func (l *lite) close() error {
	l.writer.stop()
	return errors.Join(l.readDB.Close(), l.writeDB.Close())
}

// migrate runs without foreign keys, as SQLite wants it where a table is made
// anew: to drop the old one would else delete what refers to it. What the files
// leave behind is looked at instead.
func (l *lite) migrate(ctx context.Context, steps migrationSteps) error {
	migrationDB, err := sql.Open("sqlite", liteURL(l.path, "synchronous(FULL)")+"&_txlock=immediate")
	if err != nil {
		return err
	}
	defer migrationDB.Close()
	migrationDB.SetMaxOpenConns(1)
	all, err := migrations(goose.DialectSQLite3, migrationDB)
	if err != nil {
		return err
	}
	if done, err := steps(ctx, all); err != nil || len(done) == 0 {
		return err
	}
	return unbroken(ctx, migrationDB)
}

// unbroken refuses a database in which a row refers to one that is not there.
func unbroken(ctx context.Context, conn *sql.DB) error {
	var table, parent string
	err := conn.QueryRowContext(ctx, `SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1`).Scan(&table, &parent)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("a row of %s refers to one that is not in %s", table, parent)
}

func (l *lite) schema(ctx context.Context) (string, error) {
	rows, err := l.readDB.QueryContext(ctx, `SELECT sql FROM sqlite_schema
		WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'goose%' AND tbl_name NOT LIKE 'sqlite%'
			AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') -- what a search index makes for itself
		ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return "", err
		}
		b.WriteString(text + ";\n\n")
	}
	return strings.TrimSuffix(b.String(), "\n"), rows.Err()
}
