package mail

import (
	"context"
	"time"

	"idkit/internal/platform/db"
)

// farewells is how far back Prune looks.
const farewells = 30 * 24 * time.Hour

// Prune removes the last letters to people who were deleted, once they have left
// or were given up: nothing else keeps their address any more.
func Prune(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM letters WHERE state IN ('sent', 'undeliverable') AND due_at > $1 AND kind = $2`,
		tx.Now.Add(-farewells), string(KindUserDeleted))
	return err
}
