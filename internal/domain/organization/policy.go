package organization

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
)

// SecondFactor is whom an organization obliges to have a second factor.
type SecondFactor string

// The requirements, the weakest first.
const (
	Recommended               SecondFactor = "recommended"
	RequiredForAdministrators SecondFactor = "administrators"
	RequiredForAll            SecondFactor = "all"
)

// Bounds of what an organization may choose (security.md, section e). Lengths of
// passwords are code points.
const (
	MinPassword                 = 15 // while the password may be the only factor
	MinPasswordWithSecondFactor = 12 // while a second factor is required for all
	MaxPasswordMinimum          = 64

	MaxIdle       = 30 * time.Minute
	MinIdle       = 5 * time.Minute
	MaxSession    = 12 * time.Hour
	MinSession    = time.Hour
	MinInvitation = time.Hour
	MaxInvitation = 30 * 24 * time.Hour
)

// Policy is what an organization lays down for its own people. All of it holds
// from the next request on, on every node.
type Policy struct {
	SecondFactor SecondFactor
	From         time.Time     // since when a second factor is required; zero while it is recommended
	Password     int           // the minimum that was chosen; what applies is PasswordMinimum
	Idle         time.Duration // how long a session lives from its last request
	Session      time.Duration // how long a session lives from its log-in
	Invitation   time.Duration // how long an invitation works, from its hand-over
}

// DefaultPolicy is that of an organization that has chosen nothing.
var DefaultPolicy = Policy{
	SecondFactor: Recommended, Password: MinPassword, Idle: MaxIdle, Session: MaxSession, Invitation: 7 * 24 * time.Hour,
}

// VendorPolicy is that of the vendor, whose operators reach every client.
var VendorPolicy = Policy{
	SecondFactor: RequiredForAll, Password: MinPassword, Idle: 15 * time.Minute, Session: 8 * time.Hour, Invitation: 7 * 24 * time.Hour,
}

// Obliges reports whether the requirement is for people of that role, now or later.
func (p Policy) Obliges(role access.RoleKind) bool {
	return p.SecondFactor == RequiredForAll || p.SecondFactor == RequiredForAdministrators && role == access.RoleAdministrator
}

// Requires reports whether people of that role must have a second factor now.
func (p Policy) Requires(role access.RoleKind, now time.Time) bool {
	return p.Obliges(role) && !now.Before(p.From)
}

// PasswordMinimum is the least length of a new password now. Less than
// MinPassword counts only while a second factor is required for all.
func (p Policy) PasswordMinimum(now time.Time) int {
	if p.SecondFactor == RequiredForAll && !now.Before(p.From) {
		return max(p.Password, MinPasswordWithSecondFactor)
	}
	return max(p.Password, MinPassword)
}

// PolicyColumns are the columns of organizations o that a PolicyRow reads.
const PolicyColumns = `o.kind, o.second_factor, o.second_factor_from, o.password_minimum, o.idle_minutes, o.session_minutes, o.invitation_hours`

// PolicyRow takes PolicyColumns.
type PolicyRow struct {
	kind                            Kind
	secondFactor                    string
	from                            *time.Time
	password, idle, session, invite int
}

// Into are the places for the columns, to be scanned into.
func (r *PolicyRow) Into() []any {
	return []any{&r.kind, &r.secondFactor, &r.from, &r.password, &r.idle, &r.session, &r.invite}
}

// Kind is that of the organization.
func (r *PolicyRow) Kind() Kind { return r.kind }

// Policy is what was scanned.
func (r *PolicyRow) Policy() Policy {
	if r.kind == Vendor {
		return VendorPolicy
	}
	p := Policy{
		SecondFactor: SecondFactor(r.secondFactor), Password: r.password,
		Idle: time.Duration(r.idle) * time.Minute, Session: time.Duration(r.session) * time.Minute, Invitation: time.Duration(r.invite) * time.Hour,
	}
	if r.from != nil {
		p.From = *r.from
	}
	return p
}

// PolicyOf returns the policy of an organization. Fault: db.ErrNoRow.
func PolicyOf(ctx context.Context, tx *db.Tx, organizationID string) (Policy, error) {
	var row PolicyRow
	err := tx.QueryRow(ctx, `SELECT `+PolicyColumns+` FROM organizations o WHERE o.id = $1`, organizationID).Scan(row.Into()...)
	return row.Policy(), err
}

// SetPolicy stores what an organization lays down, which the caller has judged.
func SetPolicy(ctx context.Context, tx *db.Tx, organizationID string, p Policy) error {
	var from *time.Time
	if !p.From.IsZero() {
		from = &p.From
	}
	_, err := tx.Exec(ctx, `UPDATE organizations SET second_factor = $2, second_factor_from = $3, password_minimum = $4,
		idle_minutes = $5, session_minutes = $6, invitation_hours = $7 WHERE id = $1`,
		organizationID, string(p.SecondFactor), from, p.Password, int(p.Idle/time.Minute), int(p.Session/time.Minute), int(p.Invitation/time.Hour))
	return err
}
