package session

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

// MaxSessions is how many sessions an account has at most; the oldest one makes
// room (ASVS 7.1.2). How long they live is for their organization to say, see
// organization.Policy.
const MaxSessions = 10

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
	// Continues is a live session of the account that goes on as this one, with
	// its times and what was proven in it; empty at a log-in.
	Continues string
	Origin    access.Origin
}

// Started is a new session. The token goes into the cookie and nowhere else.
type Started struct {
	Token     secret.Token
	ID        string
	ExpiresAt time.Time
}

// Start makes a session of an active user of an active organization. Its two
// guarding updates make it wait for a suspension under way, and the other way
// round. Faults: ErrSuspended, ErrOrganizationSuspended; ErrEnded, of the session
// that it continues.
func Start(ctx context.Context, tx *db.Tx, n New) (Started, error) {
	if err := guard(ctx, tx, n); err != nil {
		return Started{}, err
	}
	from, err := n.standing(ctx, tx)
	if err != nil {
		return Started{}, err
	}
	s := Started{Token: secret.NewToken(), ID: id.New("ses"), ExpiresAt: from.expiresAt}
	origin := n.Origin.Bounded()
	_, err = tx.Exec(ctx, `
		INSERT INTO sessions (token_hash, id, organization_id, user_id, account_id, created_at, last_seen_at, expires_at,
			proven_at, second_factor, address, user_agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.Token.Hash(), s.ID, n.OrganizationID, n.UserID, n.AccountID, from.createdAt, tx.Now, from.expiresAt,
		from.provenAt, from.secondFactor, origin.Address, origin.UserAgent)
	if err != nil {
		return Started{}, err
	}
	return s, makeRoom(ctx, tx, n.AccountID, s.ID)
}

// standing is what a session begins with.
type standing struct {
	createdAt, provenAt, expiresAt time.Time
	secondFactor                   bool
}

// standing is that of a log-in, or of the session that goes on, which ends. A
// session is never older than it says, and nothing in it proven later: whoever
// stole one must not make it young again.
func (n New) standing(ctx context.Context, tx *db.Tx) (s standing, err error) {
	if n.Continues == "" {
		policy, err := organization.PolicyOf(ctx, tx, n.OrganizationID)
		return standing{tx.Now, tx.Now, tx.Now.Add(policy.Session), n.SecondFactor}, err
	}
	err = tx.QueryRow(ctx, `UPDATE sessions SET ended_at = $1, ended_because = $2 WHERE id = $3 AND account_id = $4 AND ended_at IS NULL
		RETURNING created_at, proven_at, expires_at, second_factor`, tx.Now, string(LoggedOut), n.Continues, n.AccountID).
		Scan(&s.createdAt, &s.provenAt, &s.expiresAt, &s.secondFactor)
	if errors.Is(err, db.ErrNoRow) {
		err = ErrEnded
	}
	return s, err
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
	active, err = tx.Exec(ctx, `UPDATE organizations SET last_active_at = $2
		WHERE id = $1 AND status = 'active' AND (trial_ends_at IS NULL OR trial_ends_at > $2)`, n.OrganizationID, tx.Now)
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
	older, err := alive(ctx, tx, `s.account_id = $3 AND s.id <> $4`, accountID, newest)
	if err != nil {
		return err
	}
	for _, o := range older[min(len(older), MaxSessions-1):] {
		if err := End(ctx, tx, o.id, Displaced); err != nil {
			return err
		}
	}
	return nil
}

// Rotate gives a session a new token, after its owner proved again who they are
// or changed what they log in with; the old token is worth nothing from then on
// (ASVS 7.2.4). Fault: ErrEnded.
func Rotate(ctx context.Context, tx *db.Tx, sessionID string) (secret.Token, error) {
	token := secret.NewToken()
	changed, err := tx.Exec(ctx, `UPDATE sessions SET token_hash = $1 WHERE id = $2 AND ended_at IS NULL`, token.Hash(), sessionID)
	if err == nil && changed != 1 {
		err = ErrEnded
	}
	return token, err
}

// NoteProof notes that the owner of a session has just proven again who they
// are. Fault: ErrEnded.
func NoteProof(ctx context.Context, tx *db.Tx, sessionID string) error {
	changed, err := tx.Exec(ctx, `UPDATE sessions SET proven_at = $1 WHERE id = $2 AND ended_at IS NULL`, tx.Now, sessionID)
	if err == nil && changed != 1 {
		err = ErrEnded
	}
	return err
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
