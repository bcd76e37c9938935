package address

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch stops every change of address that waits for its proof, because its
// links end with the restore.
func BeginEpoch(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE email_changes SET state = $1 WHERE state = $2`, string(emailStopped), string(emailPending))
	return err
}
