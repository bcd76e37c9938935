package session

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch ends every session and half log-in of the installation, because a
// restore would bring back those that had ended since the backup.
func BeginEpoch(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `DELETE FROM half_logins`); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1, ended_because = $2 WHERE ended_at IS NULL`, tx.Now, string(Ended))
	return err
}
