package invitation

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

const actionAskedAgain audit.Action = "invitation.asked_again"

// askedAgainPause is how often a person may ask for a new invitation.
const askedAgainPause = 24 * time.Hour

// AskAgain tells the inviter that a person wants a new invitation. It answers
// the same whatever the link is, so that nothing is learnt from it.
func (s *Service) AskAgain(ctx context.Context, token string, origin access.Origin) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, credential.LinkInvitation, token)
		if errors.Is(err, credential.ErrLinkUnknown) {
			return nil
		}
		if err != nil || link.State() != credential.LinkExpired {
			return err
		}
		return s.askAgain(ctx, tx, link, origin)
	})
}

func (s *Service) askAgain(ctx context.Context, tx *db.Tx, link credential.Link, origin access.Origin) error {
	if err := audit.Hold(ctx, tx, link.OrganizationID); err != nil {
		return err
	}
	won, err := tx.Exec(ctx, `UPDATE invitations SET asked_again_at = $3
		WHERE organization_id = $1 AND user_id = $2 AND expires_at <= $3 AND (asked_again_at IS NULL OR asked_again_at <= $4)`,
		link.OrganizationID, link.SubjectID, tx.Now, tx.Now.Add(-askedAgainPause))
	if err != nil || won == 0 {
		return err
	}
	u, err := findInvited(ctx, tx, link.OrganizationID, link.SubjectID)
	if err != nil {
		return err
	}
	inviter, err := user.Find(ctx, tx, u.OrganizationID, u.Invitation.InviterID)
	if err != nil && !errors.Is(err, user.ErrNotFound) {
		return err
	}
	if inviter.Status == user.Active {
		if _, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
			Kind: mail.KindInviteAsked, OrganizationID: u.OrganizationID, SubjectID: u.ID, Address: inviter.Email,
		}); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, access.Visitor(origin), audit.Event{OrganizationID: u.OrganizationID, Action: actionAskedAgain, Target: user.Target(u)})
}
