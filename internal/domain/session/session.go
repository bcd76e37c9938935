package session

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

// Limits of a session (NIST SP 800-63B-4, 2.2.3; ASVS 7.1.1, 7.1.2).
const (
	Lifetime     = 12 * time.Hour   // from the log-in, whatever happens
	IdleLifetime = 30 * time.Minute // from the last request
	MaxSessions  = 10               // of one account; the oldest one makes room
)

// retention is how long the row of a session outlives it: the seven days of
// "This was not me", and the days that its letter may take to arrive.
const retention = 11 * 24 * time.Hour

// Ending says why a session ended before its time.
type Ending string

// The endings.
const (
	LoggedOut Ending = "logged_out" // by its owner, in it
	Ended     Ending = "ended"      // by its owner from elsewhere, or because a credential changed
	Displaced Ending = "displaced"  // by a newer one beyond MaxSessions
	Suspended Ending = "suspended"  // with its user or organization
	Disowned  Ending = "disowned"   // by "This was not me"
)

// The refusals.
var (
	// ErrEnded also stands for a session that never was.
	ErrEnded = fault.New(fault.Unauthenticated, "session.ended")
	// ErrSuspended is for the owner of a session only. Params: Organization.
	ErrSuspended = fault.New(fault.Forbidden, "session.suspended")
	// ErrOrganizationSuspended is ErrSuspended for all users at once. Params: Organization.
	ErrOrganizationSuspended = fault.New(fault.Forbidden, "session.organization_suspended")
)

// New says whose session to start.
type New struct {
	OrganizationID string
	UserID         string
	AccountID      string
	SecondFactor   bool // whether one was proven
	Origin         access.Origin
}

// Started is a new session. The token goes into the cookie and nowhere else.
type Started struct {
	Token     secret.Token
	ID        string
	ExpiresAt time.Time
}

// Start makes a session of an active user of an active organization. Its two
// guarding updates make it wait for a suspension under way, and the other way
// round. Faults: ErrSuspended, ErrOrganizationSuspended.
func Start(ctx context.Context, tx *db.Tx, n New) (Started, error) {
	if err := guard(ctx, tx, n); err != nil {
		return Started{}, err
	}
	s := Started{Token: secret.NewToken(), ID: id.New("ses"), ExpiresAt: tx.Now.Add(Lifetime)}
	origin := n.Origin.Bounded()
	_, err := tx.Exec(ctx, `
		INSERT INTO sessions (token_hash, id, organization_id, user_id, account_id, created_at, last_seen_at, expires_at,
			proven_at, second_factor, address, user_agent)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $6, $8, $9, $10)`,
		s.Token.Hash(), s.ID, n.OrganizationID, n.UserID, n.AccountID, tx.Now, s.ExpiresAt, n.SecondFactor, origin.Address, origin.UserAgent)
	if err != nil {
		return Started{}, err
	}
	return s, makeRoom(ctx, tx, n.AccountID, s.ID)
}

func guard(ctx context.Context, tx *db.Tx, n New) error {
	active, err := tx.Exec(ctx, `UPDATE users SET last_active_at = $4
		WHERE organization_id = $1 AND id = $2 AND account_id = $3 AND status = 'active'`, n.OrganizationID, n.UserID, n.AccountID, tx.Now)
	if err != nil {
		return err
	}
	if active != 1 {
		return suspension(ctx, tx, ErrSuspended, n.OrganizationID)
	}
	active, err = tx.Exec(ctx, `UPDATE organizations SET status = 'active' WHERE id = $1 AND status = 'active'`, n.OrganizationID)
	if err == nil && active != 1 {
		return suspension(ctx, tx, ErrOrganizationSuspended, n.OrganizationID)
	}
	return err
}

func suspension(ctx context.Context, tx *db.Tx, refusal *fault.Fault, organizationID string) error {
	var name string
	if err := tx.QueryRow(ctx, `SELECT name FROM organizations WHERE id = $1`, organizationID).Scan(&name); err != nil {
		return err
	}
	return refusal.With("Organization", name)
}

// makeRoom ends the sessions beyond the newest MaxSessions.
func makeRoom(ctx context.Context, tx *db.Tx, accountID, newest string) error {
	older, err := db.Collect(ctx, tx, func(row db.Row) (id string, err error) { return id, row.Scan(&id) }, `
		SELECT id FROM sessions
		WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL AND expires_at > $3 AND last_seen_at > $4
		ORDER BY created_at DESC, id DESC`, accountID, newest, tx.Now, tx.Now.Add(-IdleLifetime))
	if err != nil {
		return err
	}
	for _, id := range older[min(len(older), MaxSessions-1):] {
		if err := End(ctx, tx, id, Displaced); err != nil {
			return err
		}
	}
	return nil
}

// Rotate gives a session a new token after its owner proved again who they are,
// and notes when that was; the old token is worth nothing from then on (ASVS
// 7.2.4). Fault: ErrEnded.
func Rotate(ctx context.Context, tx *db.Tx, sessionID string) (secret.Token, error) {
	token := secret.NewToken()
	changed, err := tx.Exec(ctx, `UPDATE sessions SET token_hash = $1, proven_at = $2 WHERE id = $3 AND ended_at IS NULL`,
		token.Hash(), tx.Now, sessionID)
	if err == nil && changed != 1 {
		err = ErrEnded
	}
	return token, err
}

// MarkSecondFactor notes that a second factor was proven within the session. A
// session without that mark ends once its account has a second factor.
func MarkSecondFactor(ctx context.Context, tx *db.Tx, sessionID string) error {
	changed, err := tx.Exec(ctx, `UPDATE sessions SET second_factor = $1 WHERE id = $2 AND ended_at IS NULL`, true, sessionID)
	if err == nil && changed != 1 {
		err = ErrEnded
	}
	return err
}

// Prune forgets sessions and half log-ins that are long over.
func Prune(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE expires_at < $1`, tx.Now.Add(-retention)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM half_logins WHERE expires_at < $1`, tx.Now)
	return err
}
