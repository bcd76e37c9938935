package client

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

const (
	actionFirstInvitedAgain audit.Action = "organization.first_administrator_invited_again"
	actionFirstCorrected    audit.Action = "organization.first_administrator_corrected"
)

// ResendInvitation sends the first Administrator a new invitation; earlier links
// stop working. That is possible until they have joined, and never again: a living
// organization is nobody's to invite into but its own.
//
// Faults: access.ErrForbidden; those of session.Recheck; db.ErrNoRow;
// invitation.ErrLiving; throttled.
func (s *Service) ResendInvitation(ctx context.Context, actor access.Actor, clientID string) (first user.User, err error) {
	if err := require(actor, access.ClientsEdit); err != nil {
		return user.User{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		c, actor, err := subject(ctx, tx, actor, clientID)
		if err != nil {
			return err
		}
		if first, err = s.Invitations.ResendFirst(ctx, tx, actor.Name, clientID); err != nil {
			return err
		}
		return record(ctx, tx, actor, c, actionFirstInvitedAgain, map[string]string{"administrator": first.Name(), "email": first.Email})
	})
	return first, err
}

// CorrectInvitation invites the first Administrator at another address, or somebody
// else; the links that went out so far lead nowhere any more. It is possible as long
// as ResendInvitation is.
//
// Faults: those of ResendInvitation; fields first_name, last_name, email.
func (s *Service) CorrectInvitation(ctx context.Context, actor access.Actor, clientID string, a invitation.FirstAdministrator) (first user.User, err error) {
	if err := require(actor, access.ClientsEdit); err != nil {
		return user.User{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		c, actor, err := subject(ctx, tx, actor, clientID)
		if err != nil {
			return err
		}
		before, after, err := s.Invitations.CorrectFirst(ctx, tx, actor.Name, clientID, a)
		if err != nil {
			return err
		}
		first = after
		return record(ctx, tx, actor, c, actionFirstCorrected, map[string]string{
			"administrator_from": before.Name(), "administrator_to": after.Name(), "email_from": before.Email, "email_to": after.Email,
		})
	})
	return first, err
}
