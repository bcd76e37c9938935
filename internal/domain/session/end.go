package session

import (
	"context"

	"idkit/internal/platform/db"
)

// End ends one session; one that has ended already stays as it is.
func End(ctx context.Context, tx *db.Tx, sessionID string, because Ending) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1, ended_because = $2 WHERE id = $3 AND ended_at IS NULL`,
		tx.Now, string(because), sessionID)
	return err
}

// EndOthers ends every other session of an account, and its half log-ins, and
// returns how many sessions that ended.
func EndOthers(ctx context.Context, tx *db.Tx, accountID, keepSessionID string) (int, error) {
	if err := EndHalves(ctx, tx, accountID); err != nil {
		return 0, err
	}
	live, err := alive(ctx, tx, `s.account_id = $3 AND s.id <> $4`, accountID, keepSessionID)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `UPDATE sessions SET ended_at = $1, ended_because = $2 WHERE account_id = $3 AND id <> $4 AND ended_at IS NULL`,
		tx.Now, string(Ended), accountID, keepSessionID)
	return len(live), err
}

// EndAllOfAccount ends every session and half log-in of an account.
func EndAllOfAccount(ctx context.Context, tx *db.Tx, accountID string) error {
	_, err := EndOthers(ctx, tx, accountID, "")
	return err
}

// EndAllOfUser ends the sessions of a person in one organization: Suspended
// with their suspension, Ended for "Log out everywhere".
func EndAllOfUser(ctx context.Context, tx *db.Tx, organizationID, userID string, because Ending) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1, ended_because = $2
		WHERE organization_id = $3 AND user_id = $4 AND ended_at IS NULL`, tx.Now, string(because), organizationID, userID)
	return err
}

// EndAllOfOrganization ends the sessions of a whole organization with its
// suspension, so that none of them comes back with it.
func EndAllOfOrganization(ctx context.Context, tx *db.Tx, organizationID string) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1, ended_because = $2 WHERE organization_id = $3 AND ended_at IS NULL`,
		tx.Now, string(Suspended), organizationID)
	return err
}
