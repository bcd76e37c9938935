package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver, for making databases

	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// PostgresVariable names the environment variable that moves the tests to PostgreSQL.
const PostgresVariable = "TEST_POSTGRES_URL"

// New returns a migrated database on the real clock, closed when the test ends.
func New(t testing.TB) *db.DB { return NewAt(t, time.Now) }

// NewAt is New with a clock of the test's own.
func NewAt(t testing.TB, now func() time.Time) *db.DB {
	t.Helper()
	return Open(t, URL(t), now)
}

// Open opens a database once more, as another node would.
func Open(t testing.TB, address string, now func() time.Time) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{URL: address, Now: now, Unsynced: true})
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// URL makes a migrated database and returns its address.
func URL(t testing.TB) string {
	t.Helper()
	if server := os.Getenv(PostgresVariable); server != "" {
		return copyPostgres(t, server)
	}
	return copySQLite(t)
}

// EmptyURL returns the address of a database without tables, on the engine of the tests.
func EmptyURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresVariable)
	if server == "" {
		return EmptySQLite(t)
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	return makePostgres(t, admin, server, "template0")
}

// EmptySQLite is EmptyURL on SQLite, whatever the engine of the tests.
func EmptySQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "empty.db")
}

// template is a migrated SQLite file, made once per test program.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "idkit-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func copySQLite(t testing.TB) string {
	t.Helper()
	content, err := template()
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// copyPostgres copies a migrated template database, shared by all test programs
// of one schema; a lock on the server lets only one of them make it.
func copyPostgres(t testing.TB, server string) string {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	source := "idkit_template_" + schemaVersion(t)
	ensurePostgresTemplate(t, admin, server, source)
	return makePostgres(t, admin, server, source)
}

// makePostgres makes a database from a template, dropped when the test ends.
func makePostgres(t testing.TB, admin *sql.DB, server, source string) string {
	t.Helper()
	name := "idkit_" + id.New("test")
	if _, err := admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + source); err != nil {
		t.Fatalf("copy the template database: %v", err)
	}
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", server)
		if err == nil {
			_, err = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
			admin.Close()
		}
		if err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	return withDatabase(t, server, name)
}

func ensurePostgresTemplate(t testing.TB, admin *sql.DB, server, name string) {
	t.Helper()
	ctx := context.Background()
	conn, err := admin.Conn(ctx)
	if err != nil {
		t.Fatalf("reach the PostgreSQL server: %v", err)
	}
	defer conn.Close()
	const lock = 4_711_001
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", lock) }()
	var exists bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil {
		t.Fatal(err)
	}
	if exists {
		return
	}
	draft := name + "_draft"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + draft, "CREATE DATABASE " + draft} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate(withDatabase(t, server, draft)); err != nil {
		t.Fatalf("migrate the template database: %v", err)
	}
	if _, err := conn.ExecContext(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name); err != nil {
		t.Fatal(err)
	}
}

func migrate(address string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: address, Now: time.Now, Unsynced: true})
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx, d); err != nil {
		_ = d.Close()
		return err
	}
	return d.Close()
}

func withDatabase(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s: %v", PostgresVariable, err)
	}
	u.Path = "/" + name
	return u.String()
}

// schemaVersion is a hash of the migrations, so that a change of one makes a new template.
func schemaVersion(t testing.TB) string {
	t.Helper()
	sum := sha256.New()
	err := fs.WalkDir(db.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(db.Migrations(), path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
