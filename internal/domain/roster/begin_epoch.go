package roster

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch pauses every import under way: whom it invited since the backup,
// the restored database does not know, so somebody decides whether it goes on.
func BeginEpoch(ctx context.Context, tx *db.Tx, by string) error {
	_, err := tx.Exec(ctx, `UPDATE imports SET state = $1, paused_by = $2, paused_by_id = '', lease = '', rests_until = NULL WHERE state = $3`,
		string(Paused), by, string(Sending))
	return err
}
