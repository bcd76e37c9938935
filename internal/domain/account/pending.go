package account

import (
	"context"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
)

// VoidPending ends whatever a mailbox could still open for an account: the links
// that were handed over, the requests whose letters were not yet, and a change
// of address that waits for its proof. The rows that letters are composed from
// come first: a hand-over under way is waited for, and its link ended with the
// others.
//
// The way back from a change of address stays: it protects its owner against
// whoever changed the credentials next.
func VoidPending(ctx context.Context, tx *db.Tx, accountID string) error {
	if _, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = NULL WHERE id = $1`, accountID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE email_changes SET state = 'stopped' WHERE account_id = $1 AND state = 'pending'`, accountID); err != nil {
		return err
	}
	return credential.EndAllLinksOf(ctx, tx, accountID)
}

// PendingLinks counts what VoidPending would end, as far as it is a matter of
// the organization: the change of address that waits, and the request for a new
// password. What another organization's administrators sent stays theirs.
func PendingLinks(ctx context.Context, tx *db.Tx, organizationID, accountID string) (int, error) {
	var changes int
	var reset bool
	err := tx.QueryRow(ctx, `SELECT
		(SELECT count(*) FROM email_changes WHERE account_id = $1 AND state = 'pending' AND expires_at > $2),
		EXISTS (SELECT 1 FROM links WHERE subject_id = $1 AND purpose = $3 AND ended_at IS NULL AND expires_at > $2 AND organization_id IN ('', $4))
		OR EXISTS (SELECT 1 FROM accounts a JOIN letters l ON l.id = a.reset_letter_id
			WHERE a.id = $1 AND l.state = 'queued' AND l.organization_id IN ('', $4))`,
		accountID, tx.Now, string(credential.LinkPasswordReset), organizationID).Scan(&changes, &reset)
	if reset {
		changes++
	}
	return changes, err
}

// VoidPendingFrom is VoidPending of what one organization's administrators sent.
func VoidPendingFrom(ctx context.Context, tx *db.Tx, organizationID, accountID string) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = NULL
		WHERE id = $1 AND reset_letter_id IN (SELECT id FROM letters WHERE organization_id = $2)`, accountID, organizationID)
	if err != nil {
		return err
	}
	return credential.EndLinksFrom(ctx, tx, organizationID, accountID)
}
