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

// retention is how long a letter outlives its end: longer than any link that it
// carried works.
const retention = 30 * 24 * time.Hour

// PruneEnded removes letters 30 days after they left, were given up or withdrawn,
// but not those of which the condition, in SQL, says that somebody still asks
// how far they got.
func PruneEnded(ctx context.Context, d *db.DB, needed string) error {
	return d.Prune(ctx, db.Aged{Table: "letters", Since: "ended_at", Needed: needed}, retention)
}
