package account

import (
	"context"

	"idkit/internal/platform/db"
)

// BeginEpoch ends what the accounts of a restored installation wait for: letters
// with reset links, and, unless recovery codes are kept, codes that were shown to
// be saved. Whoever had none of them saved makes new ones on the profile page.
func BeginEpoch(ctx context.Context, tx *db.Tx, keepRecoveryCodes bool) error {
	if _, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = NULL WHERE reset_letter_id IS NOT NULL`); err != nil || keepRecoveryCodes {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE accounts SET setup_step = $1 WHERE setup_step = $2`, string(StepDone), string(StepRecoveryCodes))
	return err
}
