package user

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// Status of a user in their organization.
type Status string

// A user is invited, then active or suspended.
const (
	Invited   Status = "invited"
	Active    Status = "active"
	Suspended Status = "suspended"
)

// ErrNotFound is also the answer for another organization's user.
var ErrNotFound = fault.New(fault.NotFound, "user.not_found")

// User is a person in an organization.
type User struct {
	OrganizationID string
	ID             string
	AccountID      string // empty while invited
	FirstName      string
	LastName       string // may be empty
	Email          string
	RoleID         string
	RoleName       string
	RoleKind       access.RoleKind
	Permissions    access.Permissions // what the role holds
	Status         Status
	SecondFactorOn bool
	CreatedAt      time.Time
	LastActiveAt   *time.Time
	Invitation     *Invitation // of an invited user
}

// Name is the full name.
func (u User) Name() string { return person.FullName(u.FirstName, u.LastName) }

// Invitation is the open invitation of a user.
type Invitation struct {
	InviterID   string // empty for the first administrator
	InviterName string
	Language    string // of its mail
	CreatedAt   time.Time
	LetterID    string     // empty when the link was only copied
	ExpiresAt   *time.Time // nil until a link was handed over
	AskedAgain  bool       // the person asked for a new one after the end
}

// Expired reports whether the invitation has ended by itself.
func (i Invitation) Expired(now time.Time) bool {
	return i.ExpiresAt != nil && !now.Before(*i.ExpiresAt)
}

const Columns = `SELECT u.organization_id, u.id, u.account_id, u.first_name, u.last_name, u.email, u.role_id, r.name, r.kind, r.permissions,
	u.status, EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = u.account_id), u.created_at, u.last_active_at,
	i.inviter_id, i.inviter_name, i.language, i.created_at, i.letter_id, i.expires_at, i.asked_again_at
	FROM users u
	JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
	LEFT JOIN invitations i ON i.organization_id = u.organization_id AND i.user_id = u.id `

func Scan(row db.Row) (User, error) {
	var u User
	var permissions string
	var accountID, inviterID, inviterName, language, letterID *string
	var invitedAt, askedAt, expiresAt *time.Time
	err := row.Scan(&u.OrganizationID, &u.ID, &accountID, &u.FirstName, &u.LastName, &u.Email, &u.RoleID, &u.RoleName, &u.RoleKind, &permissions,
		&u.Status, &u.SecondFactorOn, &u.CreatedAt, &u.LastActiveAt,
		&inviterID, &inviterName, &language, &invitedAt, &letterID, &expiresAt, &askedAt)
	if err != nil {
		return User{}, err
	}
	u.AccountID = OrEmpty(accountID)
	u.Permissions = access.OfRole(u.RoleKind, permissions)
	if inviterName != nil {
		u.Invitation = &Invitation{
			InviterID: OrEmpty(inviterID), InviterName: *inviterName, Language: *language, CreatedAt: *invitedAt,
			LetterID: OrEmpty(letterID), ExpiresAt: expiresAt, AskedAgain: askedAt != nil,
		}
	}
	return u, nil
}

func OrEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// Find returns a user of the organization. Fault: ErrNotFound.
func Find(ctx context.Context, tx *db.Tx, organizationID, userID string) (User, error) {
	u, err := Scan(tx.QueryRow(ctx, Columns+`WHERE u.organization_id = $1 AND u.id = $2`, organizationID, userID))
	if errors.Is(err, db.ErrNoRow) {
		return User{}, ErrNotFound
	}
	return u, err
}

// Insert writes a new user row.
func Insert(ctx context.Context, tx *db.Tx, u User, email person.Email) error {
	var activatedAt *time.Time
	var accountID *string
	if u.Status == Active {
		activatedAt, accountID = &tx.Now, &u.AccountID
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at, activated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		u.OrganizationID, u.ID, accountID, u.FirstName, u.LastName, email.Address, email.Key,
		person.SearchText(u.Name(), email), u.RoleID, string(u.Status), tx.Now, activatedAt)
	return err
}

// Target is the target of what is done to a user of the actor's organization.
func Target(u User) audit.Target { return audit.Target{Kind: "user", ID: u.ID, Name: u.Name()} }
