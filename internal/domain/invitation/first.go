package invitation

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// ErrLiving refuses an invitation from outside into an organization that somebody
// has joined: from then on its own Administrators invite.
var ErrLiving = fault.New(fault.Conflict, "invitation.organization_living")

// correctionsPerOrganization bounds how many mailboxes an address that is
// corrected again and again can reach.
var correctionsPerOrganization = throttle.Rule{Long: throttle.Window{Max: 10, Length: 24 * time.Hour}}

// Found makes an organization of that name and invites its first Administrator in
// the name of the inviter, as a part of a larger act, which records Founding.
// Whether the inviter may is for that act to say.
// Faults: fields organization, first_name, last_name, email.
func (s *Service) Found(ctx context.Context, tx *db.Tx, inviter, name string, a FirstAdministrator) (organization.Organization, user.User, error) {
	planned, bad := plan(name, a)
	if err := bad.Fault(); err != nil {
		return organization.Organization{}, user.User{}, err
	}
	planned.first.Status = user.Invited
	o, first, err := planned.store(ctx, tx)
	if err != nil {
		return organization.Organization{}, user.User{}, err
	}
	invitation, err := s.openInvitation(ctx, tx, access.Actor{Name: inviter}, first, Draft{})
	first.Invitation = &invitation
	return o, first, err
}

// HandOverFirst makes the link of a first Administrator who was just invited, for
// whoever sits at the host; the letter goes out all the same.
func (s *Service) HandOverFirst(ctx context.Context, tx *db.Tx, first user.User) (Link, error) {
	return s.handOver(ctx, tx, first, first.Invitation.LetterID)
}

// FindFirst returns the first Administrator of an organization that nobody has
// joined yet. Fault: ErrLiving.
func FindFirst(ctx context.Context, tx *db.Tx, organizationID string) (user.User, error) {
	users, err := db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE u.organization_id = $1 LIMIT 2`, organizationID)
	if err != nil {
		return user.User{}, err
	}
	if len(users) != 1 || users[0].Invitation == nil || users[0].Invitation.InviterID != "" {
		return user.User{}, ErrLiving
	}
	return users[0], nil
}

// ResendFirst sends the first Administrator a new invitation, as a part of a larger
// act that holds the trail and records it; earlier links stop working.
// Faults: ErrLiving; throttled.
func (s *Service) ResendFirst(ctx context.Context, tx *db.Tx, inviter, organizationID string) (user.User, error) {
	first, err := FindFirst(ctx, tx, organizationID)
	if err != nil {
		return user.User{}, err
	}
	if err := countResend(ctx, tx, first); err != nil {
		return user.User{}, err
	}
	if err := s.replaceInvitation(ctx, tx, first); err != nil {
		return user.User{}, err
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET inviter_name = $3 WHERE organization_id = $1 AND user_id = $2`, organizationID, first.ID, inviter)
	return first, err
}

// CorrectFirst invites somebody else, or the same person at another address, in
// place of the first Administrator, as a part of a larger act that holds the trail
// and records it. The links that went out so far lead nowhere any more.
// Faults: ErrLiving; fields first_name, last_name, email; throttled.
func (s *Service) CorrectFirst(ctx context.Context, tx *db.Tx, inviter, organizationID string, a FirstAdministrator) (before, after user.User, err error) {
	if before, err = FindFirst(ctx, tx, organizationID); err != nil {
		return user.User{}, user.User{}, err
	}
	var bad person.Fields
	after, email := a.user(&bad)
	if err := bad.Fault(); err != nil {
		return user.User{}, user.User{}, err
	}
	if _, err := throttle.Count(ctx, tx,
		throttle.Claim{Key: "invite:first:" + organizationID, Rule: correctionsPerOrganization}, mailboxClaim(organizationID, email.Key),
	); err != nil {
		return user.User{}, user.User{}, err
	}
	if err := s.WithdrawWithin(ctx, tx, before); err != nil {
		return user.User{}, user.User{}, err
	}
	after.OrganizationID, after.RoleID, after.RoleKind, after.Status = organizationID, before.RoleID, before.RoleKind, user.Invited
	if err := user.Insert(ctx, tx, after, email); err != nil {
		return user.User{}, user.User{}, err
	}
	invitation, err := s.openInvitation(ctx, tx, access.Actor{Name: inviter}, after, Draft{})
	after.Invitation = &invitation
	return before, after, err
}
