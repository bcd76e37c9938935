package account

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// EmailRevertLifetime is how long the links to an old address can take a change
// of address back, from their hand-over.
const EmailRevertLifetime = 7 * 24 * time.Hour

// addressKept is how long an address that an account gave up stays its own: as
// long as a link to undo the change may work, whose letter may have to wait for
// its hand-over.
const addressKept = EmailRevertLifetime + mail.Budget

// KeeperOf returns the account of a kind that gave an address up and can still take it
// back, or nothing. Nobody makes another account there meanwhile: whoever took
// an account over would block the way back of its owner.
func KeeperOf(ctx context.Context, tx *db.Tx, kind organization.Kind, emailKey string) (accountID string, err error) {
	err = tx.QueryRow(ctx, `SELECT c.account_id FROM email_changes c JOIN accounts a ON a.id = c.account_id
		WHERE c.old_key = $1 AND c.state = 'confirmed' AND c.confirmed_at > $2 AND a.kind = $3
		ORDER BY c.confirmed_at DESC LIMIT 1`, emailKey, tx.Now.Add(-addressKept), string(kind)).Scan(&accountID)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return accountID, err
}

// OwnerOf returns the account of an address among those of one kind, or nothing. An address that an
// account gave up belongs to it as long as it can be taken back, see KeeperOf.
func OwnerOf(ctx context.Context, tx *db.Tx, kind organization.Kind, address string) (string, error) {
	email, err := person.ParseEmail(address)
	if err != nil {
		return "", err
	}
	login, err := FindLogin(ctx, tx, kind, email.Key)
	if errors.Is(err, db.ErrNoRow) {
		return KeeperOf(ctx, tx, kind, email.Key)
	}
	return login.AccountID, err
}
