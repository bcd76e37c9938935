package administration

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch ends every reset of a second factor under way, with the codes that
// were mailed for it: it may have been used, or refused, since the backup.
func BeginEpoch(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM second_factor_resets`)
	return err
}
