package session

import (
	"context"
	"time"

	"idkit/internal/platform/db"
)

// PermitFactorReset lets this one session replace the second factor of its
// account until the moment given. Only it: what the person is shown for the new
// second factor is worth as much as the second factor itself. Fault: ErrEnded.
func PermitFactorReset(ctx context.Context, tx *db.Tx, sessionID string, until time.Time) error {
	changed, err := tx.Exec(ctx, `UPDATE sessions SET factor_reset_until = $1 WHERE id = $2 AND ended_at IS NULL`, until, sessionID)
	if err == nil && changed != 1 {
		err = ErrEnded
	}
	return err
}

// MayResetFactor reports whether PermitFactorReset still holds.
func MayResetFactor(ctx context.Context, tx *db.Tx, sessionID string) (may bool, err error) {
	return may, tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM sessions WHERE id = $1 AND ended_at IS NULL AND factor_reset_until > $2)`,
		sessionID, tx.Now).Scan(&may)
}

// EndFactorReset takes the permit back, once it was used.
func EndFactorReset(ctx context.Context, tx *db.Tx, sessionID string) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET factor_reset_until = NULL WHERE id = $1`, sessionID)
	return err
}
