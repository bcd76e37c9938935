package mail

import (
	"context"
	"errors"
	"time"

	"idkit/internal/platform/db"
)

// BeginEpoch takes back every letter that a restored backup has queued, because
// it may have left long ago, and holds the outbox: new letters wait until Release.
func BeginEpoch(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE letters SET state = 'withdrawn', ended_at = $1, lease = '' WHERE state = 'queued'`, tx.Now)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO mail_holds (since, reason) VALUES ($1, 'restored')`, tx.Now)
	return err
}

// HeldSince tells since when no letter leaves the outbox; zero while they do.
func HeldSince(ctx context.Context, tx *db.Tx) (since time.Time, err error) {
	err = tx.QueryRow(ctx, `SELECT since FROM mail_holds ORDER BY since LIMIT 1`).Scan(&since)
	if errors.Is(err, db.ErrNoRow) {
		return time.Time{}, nil
	}
	return since, err
}

// Release ends every hold and returns how many letters may leave now.
func Release(ctx context.Context, tx *db.Tx) (waiting int, err error) {
	if _, err := tx.Exec(ctx, `DELETE FROM mail_holds`); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM letters WHERE state = 'queued'`).Scan(&waiting)
	return waiting, err
}
