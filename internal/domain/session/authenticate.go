package session

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

// How often the last use is written: that of a session with its user, and among
// these writes that of an organization, which all of its sessions share.
const (
	touchEvery             = time.Minute
	touchOrganizationEvery = time.Hour
)

// Sessions authenticates requests. It is safe for concurrent use.
type Sessions struct {
	db   *db.DB
	kind organization.Kind
}

// NewSessions accepts the sessions of organizations of one kind, and no others.
func NewSessions(d *db.DB, kind organization.Kind) *Sessions { return &Sessions{db: d, kind: kind} }

// Current is who makes a request, and in which session.
type Current struct {
	Actor              access.Actor
	SessionID          string
	Email              string
	FirstName          string
	LastName           string
	OrganizationName   string
	RoleID             string
	RoleName           string
	RoleKind           access.RoleKind
	SetupStep          string
	Language           string
	SecondFactorOn     bool // the account has a second factor
	SecondFactorProven bool // and this session proved it
	// SecondFactorDue says that the organization requires one and the account has
	// none: the session holds no permission, and leads to nothing but the set-up.
	SecondFactorDue bool
	// SecondFactorFrom is when that begins for somebody without one; zero where it does not.
	SecondFactorFrom time.Time
	// PasswordDue says that the password is too short without the second factor that
	// the account has not: the session leads to the choice of another one.
	PasswordDue bool
	Brand       organization.Brand
	Policy      organization.Policy
	ProvenAt    time.Time
	CreatedAt   time.Time
	ExpiresAt   time.Time
	IdleEndsAt  time.Time
}

// found is the row that a token leads to, with everything that decides on it.
type found struct {
	Current
	lastSeenAt               time.Time
	endedBecause             *string
	passwordShort            bool
	userStatus               string
	organization             organization.Organization // as far as it decides
	organizationLastActiveAt *time.Time
	permissions              string
	policy                   organization.PolicyRow
}

// Authenticate says who holds the token. It is the one place where a session is
// accepted, and reads every condition anew, in one query.
//
// Faults: ErrEnded; ErrSuspended and ErrOrganizationSuspended for the owner of
// a session that is within its time.
func (s *Sessions) Authenticate(ctx context.Context, token string, origin access.Origin) (Current, error) {
	parsed, err := secret.ParseToken(token)
	if err != nil {
		return Current{}, ErrEnded
	}
	var f found
	hash := parsed.Hash()
	var now time.Time
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		now = tx.Now
		return f.read(ctx, tx, `s.token_hash = $1`, hash)
	})
	// The kind is compared here: with it in the condition, SQLite would look whether
	// the index of the one vendor is of use, and prepare the statement anew each time.
	if errors.Is(err, db.ErrNoRow) || err == nil && f.policy.Kind() != s.kind {
		return Current{}, ErrEnded
	}
	if err != nil {
		return Current{}, err
	}
	if err := f.refusal(now); err != nil {
		return Current{}, err
	}
	if now.Sub(f.lastSeenAt) >= touchEvery {
		// Where nothing can be stored, people can still read, as long as their last use that is stored lets them.
		if err := s.touch(ctx, &f, now); err != nil && !errors.Is(err, db.ErrNotStored) {
			return Current{}, err
		}
	}
	return f.current(now, s.kind.Actors(), origin), nil
}

func (f *found) read(ctx context.Context, tx *db.Tx, where string, arguments ...any) error {
	return tx.QueryRow(ctx, `
		SELECT s.id, s.organization_id, s.user_id, s.account_id, s.created_at, s.last_seen_at, s.expires_at, s.proven_at,
			s.second_factor, s.ended_because, u.first_name, u.last_name, u.status, o.name, o.status, o.trial_ends_at, o.last_active_at,
			r.id, r.name, r.kind, r.permissions, a.email, a.password_short, a.setup_step, a.language, f.account_id IS NOT NULL,
			`+organization.BrandColumns+`, `+organization.PolicyColumns+`
		FROM sessions s
		JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id
		JOIN organizations o ON o.id = s.organization_id
		JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
		JOIN accounts a ON a.id = s.account_id
		LEFT JOIN second_factors f ON f.account_id = s.account_id
		WHERE `+where, arguments...).
		Scan(append(append([]any{
			&f.SessionID, &f.Actor.OrganizationID, &f.Actor.UserID, &f.Actor.AccountID, &f.CreatedAt, &f.lastSeenAt, &f.ExpiresAt, &f.ProvenAt,
			&f.SecondFactorProven, &f.endedBecause, &f.FirstName, &f.LastName, &f.userStatus, &f.OrganizationName,
			&f.organization.Status, &f.organization.TrialEndsAt, &f.organizationLastActiveAt,
			&f.RoleID, &f.RoleName, &f.RoleKind, &f.permissions, &f.Email, &f.passwordShort, &f.SetupStep, &f.Language, &f.SecondFactorOn,
		}, f.Brand.Into()...), f.policy.Into()...)...)
}

// refusal says why the session is not accepted. A suspension ends sessions as
// well; its owner hears of it instead of being asked for a log-in in vain.
func (f *found) refusal(now time.Time) error {
	bySuspension := f.endedBecause != nil && Ending(*f.endedBecause) == Suspended
	switch {
	case !f.times().live(now, f.policy.Policy()), f.endedBecause != nil && !bySuspension:
		return ErrEnded
	case f.SecondFactorOn && !f.SecondFactorProven:
		return ErrEnded
	case !f.organization.Open(now):
		return ErrOrganizationSuspended.With("Organization", f.OrganizationName)
	case f.userStatus != "active":
		return ErrSuspended.With("Organization", f.OrganizationName)
	case bySuspension:
		return ErrEnded
	}
	return nil
}

func (f *found) times() times { return times{f.CreatedAt, f.lastSeenAt, f.ExpiresAt} }

// holds is what the role opens. Whoever owes their organization a second factor, or
// has a password that is too short without one, holds nothing before that is mended.
func (f *found) holds(now time.Time) access.Permissions {
	if f.owes(now) || f.passwordAlone() {
		return access.Permissions{}
	}
	return access.OfRole(f.RoleKind, f.permissions)
}

func (f *found) owes(now time.Time) bool {
	return !f.SecondFactorOn && f.policy.Policy().Requires(f.RoleKind, now)
}

// passwordAlone reports a password that is too short to be the only factor, and is.
func (f *found) passwordAlone() bool { return f.passwordShort && !f.SecondFactorOn }

func (f *found) current(now time.Time, kind access.ActorKind, origin access.Origin) Current {
	c := f.Current
	c.Actor.Kind = kind
	c.Actor.SessionID = c.SessionID
	c.Actor.Name = fullName(c.FirstName, c.LastName)
	c.Actor.Permissions = f.holds(now)
	c.Actor.Origin = origin
	policy := f.policy.Policy()
	c.Policy = policy
	if c.SecondFactorDue = f.owes(now); !c.SecondFactorOn && !c.SecondFactorDue && policy.Obliges(c.RoleKind) {
		c.SecondFactorFrom = policy.From
	}
	c.PasswordDue = f.passwordAlone() && !c.SecondFactorDue
	c.ExpiresAt = f.times().end(policy)
	c.IdleEndsAt = earlier(f.lastSeenAt.Add(policy.Idle), c.ExpiresAt)
	return c
}

// fullName joins the names of a person; the last one may be empty.
func fullName(first, last string) string {
	if last == "" {
		return first
	}
	return first + " " + last
}

// touch notes that the session and its user are in use. It takes the rows in
// the order in which a suspension does.
func (s *Sessions) touch(ctx context.Context, f *found, now time.Time) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE users SET last_active_at = $1 WHERE organization_id = $2 AND id = $3`,
			now, f.Actor.OrganizationID, f.Actor.UserID)
		if err != nil {
			return err
		}
		if last := f.organizationLastActiveAt; last == nil || now.Sub(*last) >= touchOrganizationEvery {
			if _, err := tx.Exec(ctx, `UPDATE organizations SET last_active_at = $1 WHERE id = $2 AND (last_active_at IS NULL OR last_active_at <= $3)`,
				now, f.Actor.OrganizationID, now.Add(-touchOrganizationEvery)); err != nil {
				return err
			}
		}
		alive, err := tx.Exec(ctx, `UPDATE sessions SET last_seen_at = $1 WHERE id = $2 AND ended_at IS NULL`, now, f.SessionID)
		if err == nil && alive != 1 {
			err = ErrEnded
		}
		return err
	})
	if err != nil {
		return err
	}
	f.lastSeenAt = now
	return nil
}
