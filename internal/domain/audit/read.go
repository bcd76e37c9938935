package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
)

const columns = `organization_id, sequence, at, action, actor_kind, actor_id, actor_name,
	target_kind, target_id, target_name, details, address, user_agent, request_id, previous_hash, hash`

func scan(row db.Row) (Entry, error) {
	var e Entry
	var action, kind string
	err := row.Scan(&e.OrganizationID, &e.Sequence, &e.At, &action, &kind, &e.ActorID, &e.ActorName,
		&e.Target.Kind, &e.Target.ID, &e.Target.Name, &e.Details, &e.Origin.Address, &e.Origin.UserAgent, &e.Origin.RequestID,
		&e.PreviousHash, &e.Hash)
	e.Action, e.ActorKind = Action(action), access.ActorKind(kind)
	return e, err
}

// OfTarget returns the newest entries about one target, newest first.
func OfTarget(ctx context.Context, tx *db.Tx, organizationID, targetID string, limit int) ([]Entry, error) {
	return db.Collect(ctx, tx, scan, `SELECT `+columns+` FROM audit_events
		WHERE organization_id = $1 AND target_id = $2 ORDER BY sequence DESC LIMIT $3`, organizationID, targetID, limit)
}

// Trails returns the organizations that have a trail, the installation's included.
func Trails(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Collect(ctx, tx, func(row db.Row) (id string, err error) { return id, row.Scan(&id) },
		`SELECT organization_id FROM audit_heads UNION SELECT organization_id FROM audit_events ORDER BY organization_id`)
}

// Broken is the verdict on a trail that does not hold.
type Broken struct {
	OrganizationID string
	Sequence       int64 // the first line at which the trail does not hold
	Reason         string
}

func (b Broken) Error() string {
	return fmt.Sprintf("trail %s is broken at line %d: %s", b.OrganizationID, b.Sequence, b.Reason)
}

// verifyPage is how many entries Verify holds in memory at once.
const verifyPage = 1000

// Verify walks a trail from its first line to its head and returns how many
// lines it has. Lines written meanwhile do not disturb it: the head decides
// where the trail ends, and the last line is read before the head, which only
// moves on. The error is a Broken where the trail does not hold. What Verify
// cannot see stands in the package's doc.
func Verify(ctx context.Context, tx *db.Tx, organizationID string) (int64, error) {
	last, err := lastLine(ctx, tx, organizationID)
	if err != nil {
		return 0, err
	}
	end, headHash, err := head(ctx, tx, organizationID)
	if err != nil {
		return 0, err
	}
	if last > end {
		return 0, Broken{organizationID, end + 1, fmt.Sprintf("the trail goes on to line %d, its head says %d", last, end)}
	}
	previous, sequence := genesis(organizationID), int64(0)
	after := int64(math.MinInt64) // there must be no line before the first either
	for sequence < end {
		page, err := db.Collect(ctx, tx, scan, `SELECT `+columns+` FROM audit_events
			WHERE organization_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4`,
			organizationID, after, end, verifyPage)
		if err != nil {
			return 0, err
		}
		if len(page) == 0 {
			return 0, Broken{organizationID, sequence + 1, fmt.Sprintf("the trail ends at line %d, its head says %d", sequence, end)}
		}
		for _, e := range page {
			if reason := e.breach(sequence, previous); reason != "" {
				return 0, Broken{organizationID, sequence + 1, reason}
			}
			previous, sequence = e.Hash, e.Sequence
		}
		after = sequence
	}
	if end > 0 && !bytes.Equal(previous, headHash) {
		return 0, Broken{organizationID, end, "it is not the line that the head refers to"}
	}
	return sequence, nil
}

// lastLine is the number of the last line, 0 where there is none.
func lastLine(ctx context.Context, tx *db.Tx, organizationID string) (sequence int64, err error) {
	err = tx.QueryRow(ctx, `SELECT sequence FROM audit_events WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1`, organizationID).Scan(&sequence)
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil
	}
	return sequence, err
}

// head is the end of a trail; a trail without one has no lines.
func head(ctx context.Context, tx *db.Tx, organizationID string) (sequence int64, hash []byte, err error) {
	err = tx.QueryRow(ctx, `SELECT sequence, hash FROM audit_heads WHERE organization_id = $1`, organizationID).Scan(&sequence, &hash)
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil, nil
	}
	return sequence, hash, err
}

// breach says why the entry cannot follow the line before it, or nothing.
func (e Entry) breach(sequence int64, previous []byte) string {
	switch {
	case e.Sequence <= sequence:
		return fmt.Sprintf("line %d stands before the first", e.Sequence)
	case e.Sequence != sequence+1:
		return fmt.Sprintf("line %d is missing", sequence+1)
	case !bytes.Equal(e.PreviousHash, previous):
		return "it does not refer to the line before it"
	case !bytes.Equal(e.Hash, e.digest()):
		return "it was changed"
	}
	return ""
}
