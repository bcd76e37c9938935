package db

import (
	"context"
	"io/fs"
	"strconv"
	"strings"
)

// NewestVersion is the version of the schema that this program works with.
func NewestVersion() (newest int64) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic("db: " + err.Error()) // the pattern is a constant
	}
	for _, name := range names {
		digits, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
		if version, err := strconv.ParseInt(digits, 10, 64); err == nil {
			newest = max(newest, version)
		}
	}
	return newest
}

// Version is the version of the schema that a database has; 0 without any.
func Version(ctx context.Context, tx *Tx) (version int64, err error) {
	find := `SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name = 'goose_db_version'`
	if tx.engine == PostgreSQL {
		find = `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'goose_db_version'`
	}
	var found int64
	if err := tx.QueryRow(ctx, find).Scan(&found); err != nil || found == 0 {
		return 0, err
	}
	err = tx.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&version)
	return version, err
}
