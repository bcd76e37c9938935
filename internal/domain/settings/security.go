package settings

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

var (
	// ErrChanged says that somebody else changed the policy since it was read.
	ErrChanged = fault.New(fault.Conflict, "settings.changed")
	// ErrUnchanged is the answer to a change that is none.
	ErrUnchanged = fault.New(fault.Invalid, "settings.unchanged")
)

// Security is the policy of an organization as its page shows it.
type Security struct {
	Policy   organization.Policy
	Revision string // changes with everything that can be changed
	Without  int    // active users without a second factor
	Active   int    // active users
}

// SecurityChange is what a draft of a policy would do.
type SecurityChange struct {
	Before, After organization.Policy
	Revision      string // of Before
	Without       int    // active users who must have a second factor then, and have none
	Self          bool   // the actor is one of them
	Letters       int    // how many of them are written to
	Reminded      bool   // and again, 3 days before it begins
	SessionsOver  int    // live sessions that are beyond the new limits
	PasswordBack  bool   // the minimum goes back to what a password alone needs
}

// Security returns the policy of the actor's organization, and how many of its
// people have no second factor. Fault: access.ErrForbidden.
func (s *Service) Security(ctx context.Context, actor access.Actor) (shown Security, err error) {
	if err := actor.Require(access.SettingsView); err != nil {
		return Security{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if shown.Policy, err = organization.PolicyOf(ctx, tx, actor.OrganizationID); err != nil {
			return err
		}
		shown.Revision = revision(shown.Policy)
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM users WHERE organization_id = $1 AND status = 'active'`, actor.OrganizationID).Scan(&shown.Active); err != nil {
			return err
		}
		shown.Without, err = without(ctx, tx, actor.OrganizationID, organization.Policy{SecondFactor: organization.RequiredForAll})
		return err
	})
	return shown, err
}

// revision is the policy as one word.
func revision(p organization.Policy) string {
	sum := sha256.Sum256(fmt.Append(nil, p.SecondFactor, p.From.Unix(), p.Password, p.Idle, p.Session, p.Invitation))
	return hex.EncodeToString(sum[:16])
}

// ReviewSecurity says what a policy would do, and changes nothing.
//
// Faults: access.ErrForbidden; fields second_factor, from, password, idle,
// session, invitation; ErrUnchanged.
func (s *Service) ReviewSecurity(ctx context.Context, actor access.Actor, draft organization.Policy) (c SecurityChange, err error) {
	if err := actor.Require(access.SettingsEdit); err != nil {
		return SecurityChange{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		c, err = changeOf(ctx, tx, actor, draft)
		return err
	})
	return c, err
}

// changeOf judges a draft and counts whom it is about.
func changeOf(ctx context.Context, tx *db.Tx, actor access.Actor, draft organization.Policy) (c SecurityChange, err error) {
	if c.Before, err = organization.PolicyOf(ctx, tx, actor.OrganizationID); err != nil {
		return SecurityChange{}, err
	}
	c.Revision = revision(c.Before)
	if c.After, err = judge(tx.Now, c.Before, draft); err != nil {
		return SecurityChange{}, err
	}
	c.PasswordBack = c.After.Password != draft.Password
	if revision(c.After) == c.Revision {
		return SecurityChange{}, ErrUnchanged
	}
	if c.Without, err = without(ctx, tx, actor.OrganizationID, c.After); err != nil {
		return SecurityChange{}, err
	}
	if c.tells() {
		c.Letters = c.Without
		c.Reminded = c.After.From.Add(-reminderLead).After(tx.Now)
	}
	if c.Self, err = c.aboutSelf(ctx, tx, actor); err != nil {
		return SecurityChange{}, err
	}
	c.SessionsOver, err = session.CountOver(ctx, tx, actor.OrganizationID, c.After)
	return c, err
}

// tells reports whether those without a second factor learn something new: that
// one is required of them, or from another day on.
func (c SecurityChange) tells() bool {
	if c.After.SecondFactor == organization.Recommended {
		return false
	}
	narrower := c.Before.SecondFactor == organization.RequiredForAll && c.After.SecondFactor == organization.RequiredForAdministrators
	return !c.After.From.Equal(c.Before.From) || c.After.SecondFactor != c.Before.SecondFactor && !narrower
}

// aboutSelf reports whether the actor must act, too.
func (c SecurityChange) aboutSelf(ctx context.Context, tx *db.Tx, actor access.Actor) (bool, error) {
	var role access.RoleKind
	var protected bool
	err := tx.QueryRow(ctx, `SELECT r.kind, EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = u.account_id)
		FROM users u JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
		WHERE u.organization_id = $1 AND u.id = $2`, actor.OrganizationID, actor.UserID).Scan(&role, &protected)
	return !protected && c.After.Obliges(role), err
}

// obliged are the active users u that a policy obliges and that have no second
// factor; $2 is whether it obliges all, or Administrators only.
const obliged = `FROM users u
	JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
	JOIN accounts a ON a.id = u.account_id
	WHERE u.organization_id = $1 AND u.status = 'active' AND ($2 OR r.kind = 'administrator')
		AND NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.account_id = u.account_id)`

func without(ctx context.Context, tx *db.Tx, organizationID string, p organization.Policy) (n int, err error) {
	if p.SecondFactor == organization.Recommended {
		return 0, nil
	}
	err = tx.QueryRow(ctx, `SELECT count(*) `+obliged, organizationID, p.SecondFactor == organization.RequiredForAll).Scan(&n)
	return n, err
}

// details are the old and the new value of what a change is about.
func (c SecurityChange) details() map[string]string {
	details := map[string]string{}
	day := func(t time.Time) string {
		if t.IsZero() {
			return "–"
		}
		return t.UTC().Format(time.DateOnly)
	}
	noteChange(details, "second_factor", string(c.Before.SecondFactor), string(c.After.SecondFactor))
	noteChange(details, "required_since", day(c.Before.From), day(c.After.From))
	noteChange(details, "password_minimum", strconv.Itoa(c.Before.Password), strconv.Itoa(c.After.Password))
	noteChange(details, "idle_limit", minutes(c.Before.Idle), minutes(c.After.Idle))
	noteChange(details, "session_limit", minutes(c.Before.Session), minutes(c.After.Session))
	noteChange(details, "invitation_lifetime", hours(c.Before.Invitation), hours(c.After.Invitation))
	return details
}

func minutes(d time.Duration) string { return strconv.Itoa(int(d/time.Minute)) + " min" }

func hours(d time.Duration) string { return strconv.Itoa(int(d/time.Hour)) + " h" }
