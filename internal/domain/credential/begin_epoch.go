package credential

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch voids what may have been used since the backup that was restored:
// every link, every set-up of a second factor under way, every time step up to
// the last one that is accepted now, and all recovery codes unless they are kept.
func BeginEpoch(ctx context.Context, tx *db.Tx, keepRecoveryCodes bool) error {
	_, err := tx.Exec(ctx, `UPDATE links SET ended_at = $1, ended_because = $2 WHERE ended_at IS NULL`, tx.Now, string(LinkVoided))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM second_factor_enrolments`); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE second_factors SET last_step = $1 WHERE last_step < $1`, stepAt(tx.Now)+stepSkew); err != nil {
		return err
	}
	if keepRecoveryCodes {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM recovery_code_sheets`); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM recovery_codes`)
	return err
}
