package recovery

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch ends the recoveries that a restored backup carried as waiting: what
// was said about them since, an objection above all, may be lost with it.
func BeginEpoch(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, endNow+`WHERE state = 'waiting'`, string(Void), "", tx.Now)
	if err != nil {
		return err
	}
	// Whoever was not told of an earlier end yet hears nothing of it any more.
	_, err = tx.Exec(ctx, `UPDATE recoveries SET letters_over = $1 WHERE ended_at < $2`, true, tx.Now)
	return err
}
