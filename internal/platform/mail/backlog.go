package mail

import (
	"context"
	"errors"
	"time"

	"idkit/internal/platform/db"
)

// Backlog is what the outbox of all organizations holds.
type Backlog struct {
	Queued        int
	Oldest        time.Time // when the oldest of them was written; zero without any
	Undeliverable int       // given up within the last 30 days
	Held          bool      // no letter leaves; see BeginEpoch
}

// BacklogOf looks at the whole outbox.
func BacklogOf(ctx context.Context, tx *db.Tx) (b Backlog, err error) {
	err = tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM letters WHERE state = 'queued'), (SELECT count(*) FROM letters WHERE state = 'undeliverable'),
		NOT (`+notHeld+`)`).Scan(&b.Queued, &b.Undeliverable, &b.Held)
	if err != nil || b.Queued == 0 {
		return b, err
	}
	err = tx.QueryRow(ctx, `SELECT created_at FROM letters WHERE state = 'queued' ORDER BY created_at LIMIT 1`).Scan(&b.Oldest)
	if errors.Is(err, db.ErrNoRow) { // the last one left meanwhile
		return b, nil
	}
	return b, err
}
