package invitation

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// ErrNotInvited is the answer to an act on an invitation that is no longer open.
var ErrNotInvited = fault.New(fault.Conflict, "invitation.not_invited")

const (
	actionResent     audit.Action = "invitation.resent"
	actionLinkCopied audit.Action = "invitation.link_copied"
	actionWithdrawn  audit.Action = "invitation.withdrawn"
)

// How often an organization writes to one address. The person is not the key:
// whoever is withdrawn and invited anew is another user with the same mailbox.
var (
	resends               = throttle.Rule{Short: throttle.Window{Max: 1, Length: 5 * time.Minute}}
	invitationsPerMailbox = throttle.Rule{Long: throttle.Window{Max: 5, Length: 24 * time.Hour}}
)

// mailboxClaim counts an invitation, or one sent again, to an address.
func mailboxClaim(organizationID, emailKey string) throttle.Claim {
	return throttle.Claim{Key: "invite:mailbox:" + organizationID + ":" + emailKey, Rule: invitationsPerMailbox}
}

// countResend counts an invitation that is sent again. Faults: throttle.ErrWait….
func countResend(ctx context.Context, tx *db.Tx, u user.User) error {
	email, err := person.ParseEmail(u.Email)
	if err != nil {
		return err
	}
	_, err = throttle.Count(ctx, tx,
		throttle.Claim{Key: "resend:" + u.OrganizationID + ":" + email.Key, Rule: resends},
		mailboxClaim(u.OrganizationID, email.Key),
	)
	return err
}

// Resend sends a new invitation; the links of all earlier ones stop working.
// Faults: access.ErrForbidden, also for a role beyond the actor's own rights;
// user.ErrNotFound, ErrNotInvited; throttled; those of session.Recheck.
func (s *Service) Resend(ctx context.Context, actor access.Actor, userID string) (user.User, error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return user.User{}, err
	}
	var invitee user.User
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := session.Authorize(ctx, tx, actor, access.UsersInvite)
		if err != nil {
			return err
		}
		if invitee, err = findInvited(ctx, tx, actor.OrganizationID, userID); err != nil {
			return err
		}
		if err := countResend(ctx, tx, invitee); err != nil {
			return err
		}
		if err := s.replaceInvitation(ctx, tx, invitee); err != nil {
			return err
		}
		if err := takeOver(ctx, tx, actor, invitee); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionResent, Target: user.Target(invitee)})
	})
	return invitee, err
}

// Link is a link to hand over by other means than mail.
type Link struct {
	URL       string
	ExpiresAt time.Time
}

// CopyLink makes a new link for the administrator to hand over; the links of
// all earlier invitations stop working. The link is not kept.
// Faults: access.ErrForbidden, user.ErrNotFound, ErrNotInvited; those of
// session.Recheck.
func (s *Service) CopyLink(ctx context.Context, actor access.Actor, userID string) (link Link, invitee user.User, err error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return Link{}, user.User{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := session.Authorize(ctx, tx, actor, access.UsersInvite)
		if err != nil {
			return err
		}
		if invitee, err = findInvited(ctx, tx, actor.OrganizationID, userID); err != nil {
			return err
		}
		if err := s.replaceLinks(ctx, tx, invitee); err != nil {
			return err
		}
		if err := takeOver(ctx, tx, actor, invitee); err != nil {
			return err
		}
		if link, err = s.handOver(ctx, tx, invitee, ""); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionLinkCopied, Target: user.Target(invitee)})
	})
	return link, invitee, err
}

// Withdraw ends an invitation: its links stop working and the person leaves
// the list. They can be invited again.
// Faults: access.ErrForbidden, also for a role beyond the actor's own rights;
// user.ErrNotFound, ErrNotInvited; those of session.Recheck.
func (s *Service) Withdraw(ctx context.Context, actor access.Actor, userID string) (invitee user.User, err error) {
	if err := actor.Require(access.UsersInvite); err != nil {
		return user.User{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := session.Authorize(ctx, tx, actor, access.UsersInvite)
		if err != nil {
			return err
		}
		if invitee, err = findInvited(ctx, tx, actor.OrganizationID, userID); err != nil {
			return err
		}
		if err := requireCover(actor, invitee); err != nil {
			return err
		}
		if err := s.WithdrawWithin(ctx, tx, invitee); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, Withdrawal(invitee))
	})
	return invitee, err
}

// WithdrawWithin ends the links of a person's invitation, takes its letter back
// and removes them from the list. Fault: ErrNotInvited.
func (s *Service) WithdrawWithin(ctx context.Context, tx *db.Tx, u user.User) error {
	if err := s.hold(ctx, tx, u.OrganizationID, u.ID); err != nil {
		return err
	}
	if err := credential.EndLinks(ctx, tx, credential.LinkInvitation, u.ID, credential.LinkWithdrawn); err != nil {
		return err
	}
	// The condition makes a person who joins at this moment win or lose as a whole.
	gone, err := tx.Exec(ctx, `DELETE FROM users WHERE organization_id = $1 AND id = $2 AND status = 'invited'`, u.OrganizationID, u.ID)
	if err == nil && gone != 1 {
		err = ErrNotInvited
	}
	return err
}

// Withdrawal is the line of the trail about a withdrawn invitation.
func Withdrawal(u user.User) audit.Event {
	return audit.Event{
		OrganizationID: u.OrganizationID, Action: actionWithdrawn, Target: user.Target(u), Details: map[string]string{"email": u.Email},
	}
}

func findInvited(ctx context.Context, tx *db.Tx, organizationID, userID string) (user.User, error) {
	u, err := user.Find(ctx, tx, organizationID, userID)
	if err == nil && u.Status != user.Invited {
		return user.User{}, ErrNotInvited
	}
	return u, err
}

// requireCover refuses an act on an invitation to a role beyond the actor's own
// rights, which nobody acts on who holds less. Fault: access.ErrForbidden.
func requireCover(actor access.Actor, u user.User) error {
	if !actor.Permissions.Covers(u.Permissions) {
		return access.ErrForbidden
	}
	return nil
}

// takeOver makes the actor answer for the invitation that they send again: it
// depends on their right from now on, so a role beyond it is refused. The link
// would open that role to them too. Fault: access.ErrForbidden.
func takeOver(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User) error {
	if err := requireCover(actor, u); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE invitations SET inviter_id = $3, inviter_name = $4 WHERE organization_id = $1 AND user_id = $2`,
		u.OrganizationID, u.ID, actor.UserID, actor.Name)
	return err
}

// replaceInvitation sends a new invitation in place of the earlier ones.
func (s *Service) replaceInvitation(ctx context.Context, tx *db.Tx, u user.User) error {
	if err := s.replaceLinks(ctx, tx, u); err != nil {
		return err
	}
	letterID, err := s.enqueueInvitation(ctx, tx, u, u.Invitation.Language, time.Time{})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET letter_id = $3, expires_at = NULL, remind_at = NULL, asked_again_at = NULL
		WHERE organization_id = $1 AND user_id = $2`, u.OrganizationID, u.ID, letterID)
	return err
}

// replaceLinks ends what was handed over so far, the letter in the outbox included.
func (s *Service) replaceLinks(ctx context.Context, tx *db.Tx, u user.User) error {
	if err := s.hold(ctx, tx, u.OrganizationID, u.ID); err != nil {
		return err
	}
	return credential.EndLinks(ctx, tx, credential.LinkInvitation, u.ID, credential.LinkReplaced)
}

// hold takes an invitation for the rest of the transaction and takes back its
// letter; whoever else accepts, replaces or withdraws it waits. Everybody takes
// the letter first, as the dispatcher does, then the invitation, then its links:
// two who met in another order would each wait for the other. A reminder that
// is just being written is waited for, too, and its link ended with the others.
func (s *Service) hold(ctx context.Context, tx *db.Tx, organizationID, userID string) error {
	var letterID *string
	err := tx.QueryRow(ctx, `SELECT letter_id FROM invitations WHERE organization_id = $1 AND user_id = $2`, organizationID, userID).Scan(&letterID)
	if errors.Is(err, db.ErrNoRow) {
		return nil // accepted or withdrawn meanwhile
	}
	if err != nil {
		return err
	}
	if letterID != nil {
		if err := s.Outbox.Withdraw(ctx, tx, *letterID); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET remind_at = NULL WHERE organization_id = $1 AND user_id = $2`, organizationID, userID)
	return err
}

// handOver makes a link of an invitation and starts its lifetime. Here and in
// handOverAgain alone the secret exists in clear.
func (s *Service) handOver(ctx context.Context, tx *db.Tx, u user.User, letterID string) (Link, error) {
	policy, err := organization.PolicyOf(ctx, tx, u.OrganizationID)
	if err != nil {
		return Link{}, err
	}
	token, expiresAt, err := credential.MintLink(ctx, tx, credential.NewLink{
		Kind: s.Kind, Purpose: credential.LinkInvitation, OrganizationID: u.OrganizationID, SubjectID: u.ID,
		Address: u.Email, LetterID: letterID, Lifetime: policy.Invitation,
	})
	if err != nil {
		return Link{}, err
	}
	var letter *string
	if letterID != "" {
		letter = &letterID
	}
	var remindAt *time.Time
	if at := expiresAt.Add(-reminderLead); policy.Invitation >= 2*reminderLead {
		remindAt = &at
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET letter_id = $3, expires_at = $4, remind_at = $5, asked_again_at = NULL
		WHERE organization_id = $1 AND user_id = $2`, u.OrganizationID, u.ID, letter, expiresAt, remindAt)
	return Link{URL: credential.LinkURL(s.BaseURL, "join", token), ExpiresAt: expiresAt}, err
}

// handOverAgain makes a further link of an invitation, with the same end.
func (s *Service) handOverAgain(ctx context.Context, tx *db.Tx, u user.User, letterID string) (Link, error) {
	token, expiresAt, err := credential.MintLink(ctx, tx, credential.NewLink{
		Kind: s.Kind, Purpose: credential.LinkInvitation, OrganizationID: u.OrganizationID, SubjectID: u.ID,
		Address: u.Email, LetterID: letterID, Lifetime: u.Invitation.ExpiresAt.Sub(tx.Now),
	})
	return Link{URL: credential.LinkURL(s.BaseURL, "join", token), ExpiresAt: expiresAt}, err
}

// NeedsLetter says, as a condition on the table letters, that an open invitation
// still shows how far its letter got: one that nobody could deliver, for as long
// as it is neither repaired nor withdrawn.
const NeedsLetter = `EXISTS (SELECT 1 FROM invitations
	WHERE invitations.organization_id = letters.organization_id AND invitations.user_id = letters.subject_id AND invitations.letter_id = letters.id)`
