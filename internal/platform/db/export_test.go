package db

import (
	"context"

	"github.com/pressly/goose/v3"
)

// MigrateDown takes the schema back to an earlier version.
func MigrateDown(ctx context.Context, d *DB, version int64) error {
	return d.engine.migrate(ctx, func(ctx context.Context, all *goose.Provider) ([]*goose.MigrationResult, error) {
		return all.DownTo(ctx, version)
	})
}
