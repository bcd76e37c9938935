package account

import (
	"context"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// Login is what signin has to know of an account.
type Login struct {
	AccountID      string
	Email          string
	PasswordHash   string
	PasswordSince  time.Time // when the password was chosen
	PasswordShort  bool      // as far as is known, see NotePasswordShort
	SetupStep      SetupStep
	Language       string
	SecondFactorOn bool
	resetLetterID  string // of the last request, while it waits or its link works
}

const loginColumns = `SELECT a.id, a.email, a.password_hash, a.password_changed_at, a.password_short, a.setup_step, a.language,
	EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = a.id), COALESCE(a.reset_letter_id, '') FROM accounts a `

func scanLogin(row db.Row) (Login, error) {
	var l Login
	err := row.Scan(&l.AccountID, &l.Email, &l.PasswordHash, &l.PasswordSince, &l.PasswordShort, &l.SetupStep, &l.Language, &l.SecondFactorOn, &l.resetLetterID)
	return l, err
}

// FindLogin returns the account of an address key among those of one kind. Fault: db.ErrNoRow.
func FindLogin(ctx context.Context, tx *db.Tx, kind organization.Kind, emailKey string) (Login, error) {
	return scanLogin(tx.QueryRow(ctx, loginColumns+`WHERE a.kind = $1 AND a.email_key = $2`, string(kind), emailKey))
}

// GetLogin returns an account by its id. Fault: db.ErrNoRow.
func GetLogin(ctx context.Context, tx *db.Tx, accountID string) (Login, error) {
	return scanLogin(tx.QueryRow(ctx, loginColumns+`WHERE a.id = $1`, accountID))
}

// Membership is one organization that an account belongs to.
type Membership struct {
	OrganizationID        string
	OrganizationName      string
	OrganizationSuspended bool // also because its trial is over
	UserID                string
	FullName              string
	RoleName              string
	Status                user.Status
}

// Open reports whether somebody gets in there: neither the user nor the
// organization is suspended.
func (m Membership) Open() bool { return m.Status == user.Active && !m.OrganizationSuspended }

// MembersOf returns the organizations of an account, the last used one first.
func MembersOf(ctx context.Context, tx *db.Tx, accountID string) ([]Membership, error) {
	return db.Collect(ctx, tx, func(row db.Row) (Membership, error) {
		var m Membership
		var first, last string
		err := row.Scan(&m.OrganizationID, &m.OrganizationName, &m.OrganizationSuspended, &m.UserID, &first, &last, &m.RoleName, &m.Status)
		m.FullName = person.FullName(first, last)
		return m, err
	}, `SELECT u.organization_id, o.name, `+organization.Closed("$2")+`, u.id, u.first_name, u.last_name, r.name, u.status
		FROM users u
		JOIN organizations o ON o.id = u.organization_id
		JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
		WHERE u.account_id = $1
		ORDER BY u.last_active_at DESC NULLS LAST, u.id`, accountID, tx.Now)
}

// PasswordHolds reports whether the password is still the one that was compared,
// and keeps it so until the transaction ends: a change under way is waited for,
// and one that comes later finds what this transaction has made.
func PasswordHolds(ctx context.Context, tx *db.Tx, login Login) (bool, error) {
	same, err := tx.Exec(ctx, `UPDATE accounts SET password_hash = $2 WHERE id = $1 AND password_hash = $2`, login.AccountID, login.PasswordHash)
	return same == 1, err
}

// StoreRehash replaces a password hash by one with newer costs of the same
// password. It changes nothing where the password was changed meanwhile.
func StoreRehash(ctx context.Context, tx *db.Tx, accountID, oldHash, newHash string) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2`, accountID, oldHash, newHash)
	return err
}

// NotePasswordShort keeps what a log-in tells about the length of the password.
// While it is the only factor and short, its owner is led to choose another one.
func NotePasswordShort(ctx context.Context, tx *db.Tx, accountID string, short bool) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET password_short = $2 WHERE id = $1`, accountID, short)
	return err
}

// NewAccount is an account to be made.
type NewAccount struct {
	Kind     organization.Kind // of the organizations that it may belong to
	Email    person.Email
	Password credential.Chosen
	Language string // empty takes the default
}

// Insert writes a new account at the first step of its set-up and returns its id.
func Insert(ctx context.Context, tx *db.Tx, n NewAccount) (string, error) {
	accountID := id.New("acc")
	_, err := tx.Exec(ctx, `
		INSERT INTO accounts (id, kind, email, email_key, password_hash, password_short, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7)`,
		accountID, string(n.Kind), n.Email.Address, n.Email.Key, n.Password.Hash, n.Password.Short, tx.Now, string(StepSecondFactor), n.Language)
	return accountID, err
}
