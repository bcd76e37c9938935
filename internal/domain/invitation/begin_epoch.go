package invitation

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch lets every open invitation end at the restore, whose links are
// void: the list of users then offers to send a new one.
func BeginEpoch(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE invitations SET expires_at = $1, remind_at = NULL WHERE expires_at IS NULL OR expires_at > $1`, tx.Now)
	return err
}
