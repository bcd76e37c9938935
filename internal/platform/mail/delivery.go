package mail

import (
	"context"
	"slices"
	"time"

	"idkit/internal/platform/db"
)

// State of a letter.
type State string

// The states. Only a queued letter changes.
const (
	Queued        State = "queued"        // waits for its next attempt
	Sent          State = "sent"          // the mail server has taken it over
	Undeliverable State = "undeliverable" // refused for good, or given up after Budget
	Withdrawn     State = "withdrawn"     // taken back, or its reason was gone
)

// Delivery is what has become of a letter.
type Delivery struct {
	State       State
	Attempts    int
	Reply       string    // the mail server's own words at the last attempt, at most 300 characters of plain text
	NextAttempt time.Time // when the next attempt starts at the earliest, while queued
	EndedAt     time.Time // when it was sent, given up or withdrawn; zero while queued
	Waiting     bool      // queued, and mail is not set up
}

// stateChunk is how many letters one query asks for. The number is fixed so
// that the text of the query is, too.
const stateChunk = 10

// StateOf tells what has become of letters, by id. Unknown ids are left out.
func (o *Outbox) StateOf(ctx context.Context, tx *db.Tx, letterIDs ...string) (map[string]Delivery, error) {
	deliveries := make(map[string]Delivery, len(letterIDs))
	for chunk := range slices.Chunk(letterIDs, stateChunk) {
		args := make([]any, stateChunk)
		for i := range args {
			args[i] = chunk[min(i, len(chunk)-1)] // the last one again fills the rest
		}
		rows, err := db.Collect(ctx, tx, o.scanDelivery,
			`SELECT id, state, attempts, reply, due_at, ended_at FROM letters WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, args...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			deliveries[row.id] = row.Delivery
		}
	}
	return deliveries, nil
}

// Latest returns the newest letter of a kind about a subject, such as the last
// test mail that a user asked for. Fault: db.ErrNoRow.
func (o *Outbox) Latest(ctx context.Context, tx *db.Tx, kind Kind, subjectID string) (Delivery, error) {
	row, err := o.scanDelivery(tx.QueryRow(ctx, `SELECT id, state, attempts, reply, due_at, ended_at FROM letters
		WHERE subject_id = $1 AND kind = $2 ORDER BY created_at DESC, id DESC LIMIT 1`, subjectID, string(kind)))
	return row.Delivery, err
}

// Count returns how many letters of an organization wait, and how many were
// given up since a moment.
func (o *Outbox) Count(ctx context.Context, tx *db.Tx, organizationID string, since time.Time) (waiting, undeliverable int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM letters WHERE organization_id = $1 AND state = 'queued'`, organizationID).Scan(&waiting)
	if err != nil {
		return 0, 0, err
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM letters WHERE organization_id = $1 AND state = 'undeliverable' AND ended_at >= $2`,
		organizationID, since).Scan(&undeliverable)
	return waiting, undeliverable, err
}

type identifiedDelivery struct {
	id string
	Delivery
}

func (o *Outbox) scanDelivery(row db.Row) (identifiedDelivery, error) {
	var d identifiedDelivery
	var state string
	var due time.Time
	var ended *time.Time
	if err := row.Scan(&d.id, &state, &d.Attempts, &d.Reply, &due, &ended); err != nil {
		return d, err
	}
	d.State = State(state)
	if d.State == Queued {
		d.NextAttempt, d.Waiting = due, !o.Ready()
	}
	if ended != nil {
		d.EndedAt = *ended
	}
	return d, nil
}

// Progress is how far letters of one kind about one subject have come.
type Progress struct {
	All     int
	Untried int // still wait for their first attempt
	Queued  int // wait for their first attempt or a further one
	Sent    int
}

// Told reports whether the letters have done what they can: each was tried, and
// mail works, or all are over.
func (p Progress) Told() bool { return p.Untried == 0 && (p.Sent > 0 || p.Queued == 0) }

// ProgressOf counts the letters of a kind about a subject that were written since a moment.
func ProgressOf(ctx context.Context, tx *db.Tx, kind Kind, subjectID string, since time.Time) (p Progress, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*), count(CASE WHEN state = 'queued' AND attempts = 0 THEN 1 END),
			count(CASE WHEN state = 'queued' THEN 1 END), count(CASE WHEN state = 'sent' THEN 1 END)
		FROM letters WHERE subject_id = $1 AND kind = $2 AND created_at >= $3`, subjectID, string(kind), since).
		Scan(&p.All, &p.Untried, &p.Queued, &p.Sent)
	return p, err
}
