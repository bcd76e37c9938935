package address

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
)

// The links about a change of address. The proof is a link of the account and
// ends with every change of its credentials. The way back is a link of the
// change: it outlives what is done to the account next.
const (
	linkConfirmEmail credential.LinkPurpose = "confirm_email"
	linkRevertEmail  credential.LinkPurpose = "revert_email"
)

// emailChangeState is where a change of address has got to.
type emailChangeState string

// The states; see the chart in doc.go.
const (
	emailPending   emailChangeState = "pending"
	emailStopped   emailChangeState = "stopped"
	emailConfirmed emailChangeState = "confirmed"
	emailUndone    emailChangeState = "undone"
)

// emailChange is a row of email_changes.
type emailChange struct {
	ID          string
	AccountID   string
	Old, New    person.Email
	State       emailChangeState
	LetterID    string
	ExpiresAt   time.Time
	ConfirmedAt *time.Time
}

const emailChangeColumns = `id, account_id, old_address, old_key, new_address, new_key, state, letter_id, expires_at, confirmed_at`

func scanEmailChange(row db.Row) (emailChange, error) {
	var c emailChange
	err := row.Scan(&c.ID, &c.AccountID, &c.Old.Address, &c.Old.Key, &c.New.Address, &c.New.Key, &c.State, &c.LetterID, &c.ExpiresAt, &c.ConfirmedAt)
	return c, err
}

// Pending is a change of address that waits for its proof.
type Pending struct {
	Address string
	Until   time.Time
}

// PendingOf returns the change of an account that waits for its proof, or nil.
func PendingOf(ctx context.Context, tx *db.Tx, accountID string) (*Pending, error) {
	c, err := pendingEmailChange(ctx, tx, accountID)
	if errors.Is(err, ErrNoEmailChange) {
		return nil, nil
	}
	return &Pending{c.New.Address, c.ExpiresAt}, err
}

// pendingEmailChange returns the change that waits for its proof. Fault: ErrNoEmailChange.
func pendingEmailChange(ctx context.Context, tx *db.Tx, accountID string) (emailChange, error) {
	c, err := scanEmailChange(tx.QueryRow(ctx, `SELECT `+emailChangeColumns+` FROM email_changes
		WHERE account_id = $1 AND state = 'pending' AND expires_at > $2`, accountID, tx.Now))
	if errors.Is(err, db.ErrNoRow) {
		return emailChange{}, ErrNoEmailChange
	}
	return c, err
}

func findEmailChange(ctx context.Context, tx *db.Tx, changeID string) (emailChange, error) {
	return scanEmailChange(tx.QueryRow(ctx, `SELECT `+emailChangeColumns+` FROM email_changes WHERE id = $1`, changeID))
}

// moveAddress gives an account, and the person in each of its organizations,
// another address, if the present one is the expected one. What stands in the
// way is a fault of kind Conflict, see addressTaken.
func moveAddress(ctx context.Context, tx *db.Tx, accountID, expectedKey string, next person.Email) (moved bool, err error) {
	changed, err := tx.Exec(ctx, `UPDATE accounts SET email = $3, email_key = $4 WHERE id = $1 AND email_key = $2`,
		accountID, expectedKey, next.Address, next.Key)
	if err != nil || changed != 1 {
		return false, err
	}
	members, err := account.MembersOf(ctx, tx, accountID)
	if err != nil {
		return false, err
	}
	for _, m := range members {
		_, err := tx.Exec(ctx, `UPDATE users SET email = $3, email_key = $4, search_text = $5 WHERE organization_id = $1 AND id = $2`,
			m.OrganizationID, m.UserID, next.Address, next.Key, person.SearchText(m.FullName, next))
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// addressTaken reports whether moveAddress failed because the address belongs
// to another account, or to somebody invited to one of the organizations.
func addressTaken(err error) bool {
	return db.ConflictOn(err, "accounts.kind", "accounts.email_key") || db.ConflictOn(err, "users.organization_id", "users.email_key")
}
