package db

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrate brings the schema to this program's version. Both engines run the same
// files; where they must differ, a file says at its end whose it is. Nodes that
// start together are safe.
func Migrate(ctx context.Context, d *DB) error { return d.engine.migrate(ctx, upToDate) }

// MigrateTo is Migrate to an older version of the schema, for an empty database
// into which rows of that version are loaded.
func MigrateTo(ctx context.Context, d *DB, version int64) error {
	return d.engine.migrate(ctx, func(ctx context.Context, all *goose.Provider) ([]*goose.MigrationResult, error) {
		return all.UpTo(ctx, version)
	})
}

// migrationSteps takes a database from one version of the schema to another.
type migrationSteps func(context.Context, *goose.Provider) ([]*goose.MigrationResult, error)

func upToDate(ctx context.Context, all *goose.Provider) ([]*goose.MigrationResult, error) {
	return all.Up(ctx)
}

// Schema returns the schema as SQL text, for docs/schema.sql. SQLite only.
func Schema(ctx context.Context, d *DB) (string, error) { return d.engine.schema(ctx) }

// Migrations returns the migration files, from which tests tell schema versions apart.
func Migrations() fs.FS { return migrationFiles }

// migrations are the files of one engine, on a connection to it.
func migrations(dialect goose.Dialect, conn *sql.DB, options ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	foreign := map[goose.Dialect]string{goose.DialectSQLite3: "*_postgres.sql", goose.DialectPostgres: "*_sqlite.sql"}[dialect]
	excluded, err := fs.Glob(files, foreign)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, conn, files, append(options, goose.WithExcludeNames(excluded))...)
}
