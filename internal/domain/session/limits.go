package session

import (
	"context"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
)

// times are what the life of a session is measured by.
type times struct{ createdAt, lastSeenAt, expiresAt time.Time }

// live is the one rule about time: none of the limits is reached, neither those
// of the organization as it is now nor the one that the session began with.
func (t times) live(now time.Time, p organization.Policy) bool {
	return now.Before(t.end(p)) && now.Before(t.lastSeenAt.Add(p.Idle))
}

// end is when the session is over, however much it is used.
func (t times) end(p organization.Policy) time.Time {
	return earlier(t.expiresAt, t.createdAt.Add(p.Session))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// open is a live session.
type open struct{ id, userID string }

// alive returns the live sessions for which a condition on sessions s holds, the
// newest first. Its arguments begin with $3.
func alive(ctx context.Context, tx *db.Tx, where string, args ...any) (live []open, err error) {
	type aged struct {
		open
		times
		policy organization.PolicyRow
	}
	all, err := db.Collect(ctx, tx, func(row db.Row) (a aged, err error) {
		err = row.Scan(append([]any{&a.id, &a.userID, &a.createdAt, &a.lastSeenAt, &a.expiresAt}, a.policy.Into()...)...)
		return a, err
	}, `SELECT s.id, s.user_id, s.created_at, s.last_seen_at, s.expires_at, `+organization.PolicyColumns+`
		FROM sessions s JOIN organizations o ON o.id = s.organization_id
		WHERE s.ended_at IS NULL AND s.expires_at > $1 AND s.last_seen_at > $2 AND `+where+`
		ORDER BY s.created_at DESC, s.id DESC`, append([]any{tx.Now, tx.Now.Add(-organization.MaxIdle)}, args...)...)
	for _, a := range all {
		if a.live(tx.Now, a.policy.Policy()) {
			live = append(live, a.open)
		}
	}
	return live, err
}

// CountOver returns how many live sessions of an organization are beyond shorter limits.
func CountOver(ctx context.Context, tx *db.Tx, organizationID string, limits organization.Policy) (int, error) {
	live, err := alive(ctx, tx, `s.organization_id = $3`, organizationID)
	if err != nil {
		return 0, err
	}
	within, err := alive(ctx, tx, `s.organization_id = $3 AND s.last_seen_at > $4 AND s.created_at > $5`,
		organizationID, tx.Now.Add(-limits.Idle), tx.Now.Add(-limits.Session))
	return len(live) - len(within), err
}

// EndOver ends the sessions of an organization that are beyond the limits, so that
// none of them comes back when the limits are raised.
func EndOver(ctx context.Context, tx *db.Tx, organizationID string, limits organization.Policy) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1, ended_because = $2
		WHERE organization_id = $3 AND ended_at IS NULL AND (last_seen_at <= $4 OR created_at <= $5)`,
		tx.Now, string(Ended), organizationID, tx.Now.Add(-limits.Idle), tx.Now.Add(-limits.Session))
	return err
}
