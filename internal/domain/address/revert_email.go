package address

import (
	"cmp"
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

const actionEmailUndone audit.Action = "email.change_undone"

// OpenedRevert is a link of the old mailbox as its page shows it.
type OpenedRevert struct {
	Confirmed bool      // the change is made and can be undone; else it waits and can be stopped
	Old       string    // the address that stays, or comes back
	New       string    // masked
	Until     time.Time // when the link ends
}

// OpenEmailRevert reads what the link in the old mailbox is about. Looking
// changes nothing. Faults: credential.ErrLink….
func (s *Service) OpenEmailRevert(ctx context.Context, token string) (opened OpenedRevert, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, linkRevertEmail, token)
		if err != nil {
			return err
		}
		if err := link.Err(); err != nil {
			return err
		}
		change, err := findEmailChange(ctx, tx, link.SubjectID)
		if err != nil {
			return err
		}
		opened = OpenedRevert{
			Confirmed: change.State == emailConfirmed, Old: change.Old.Address, New: person.Masked(change.New.Address), Until: link.ExpiresAt,
		}
		return change.revertible()
	})
	return opened, err
}

func (c emailChange) revertible() error {
	if c.State != emailPending && c.State != emailConfirmed {
		return credential.ErrLinkUsed
	}
	return nil
}

// RevertEmail is "Stop this change" and "Undo" of the old mailbox, whichever the
// change has come to meanwhile: both of its letters lead here. It needs no
// log-in, because whoever took the account over may have left its owner none.
//
// A change that waits is stopped. One that was made is undone, with all that
// came after it: the old address is the log-in again, and every session and
// link of the account ends. Its password opens nothing any more, because whoever
// took the account over knew it; a link to choose one goes to the old address.
//
// Faults: credential.ErrLink…, ErrAddressTaken.
func (s *Service) RevertEmail(ctx context.Context, token string, origin access.Origin) (undone bool, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, linkRevertEmail, token)
		if err := cmp.Or(err, link.Err()); err != nil {
			return err
		}
		change, err := findEmailChange(ctx, tx, link.SubjectID)
		if err != nil {
			return err
		}
		if err := account.HoldTrails(ctx, tx, change.AccountID); err != nil {
			return err
		}
		if _, err := credential.UseLink(ctx, tx, s.Kind, linkRevertEmail, token); err != nil {
			return err
		}
		// The update decides between a proof at this very moment and this act.
		stopped, err := tx.Exec(ctx, `UPDATE email_changes SET state = 'stopped' WHERE id = $1 AND state = 'pending'`, link.SubjectID)
		if err != nil {
			return err
		}
		if change, err = findEmailChange(ctx, tx, link.SubjectID); err != nil {
			return err
		}
		action := actionEmailChangeStopped
		var withdrawn []user.User
		switch undone = change.State == emailConfirmed; {
		case stopped == 1:
			err = credential.EndLinks(ctx, tx, linkConfirmEmail, change.AccountID, credential.LinkWithdrawn)
		case undone:
			action = actionEmailUndone
			withdrawn, err = s.undoEmail(ctx, tx, change, origin)
		default:
			err = credential.ErrLinkUsed
		}
		if err != nil {
			return err
		}
		members, err := account.MembersOf(ctx, tx, change.AccountID)
		if err != nil {
			return err
		}
		if err := account.RecordEverywhere(ctx, tx, members, access.Visitor(origin), audit.Event{Action: action}); err != nil {
			return err
		}
		for _, u := range withdrawn { // of the same organizations, whose trails are held by now
			if err := audit.Record(ctx, tx, access.Visitor(origin), invitation.Withdrawal(u)); err != nil {
				return err
			}
		}
		return nil
	})
	if addressTaken(err) {
		return false, ErrAddressTaken
	}
	return undone, err
}

// undoEmail gives the old address back and returns whose invitations stood in
// its way.
func (s *Service) undoEmail(ctx context.Context, tx *db.Tx, change emailChange, origin access.Origin) (withdrawn []user.User, err error) {
	login, err := account.GetLogin(ctx, tx, change.AccountID)
	if err != nil {
		return nil, err
	}
	present := login.Email
	if withdrawn, err = s.clearWayBack(ctx, tx, change); err != nil {
		return nil, err
	}
	if err := moveBack(ctx, tx, change, present); err != nil {
		return nil, err
	}
	if err := session.EndAllOfAccount(ctx, tx, change.AccountID); err != nil {
		return nil, err
	}
	if err := account.VoidPending(ctx, tx, change.AccountID); err != nil {
		return nil, err
	}
	if err := s.voidPassword(ctx, tx, change.AccountID); err != nil {
		return nil, err
	}
	for _, address := range []string{change.Old.Address, present} {
		if err := s.Notices.Enqueue(ctx, tx, notice.Notice{
			Kind: mail.KindEmailUndone, SubjectID: change.ID, Address: address, NewAddress: change.Old.Address,
			Language: login.Language, Origin: origin,
		}); err != nil {
			return nil, err
		}
	}
	return withdrawn, nil
}

// clearWayBack withdraws the invitations of the old address in the account's
// organizations: whoever took the account over may have sent them, to be there first.
func (s *Service) clearWayBack(ctx context.Context, tx *db.Tx, change emailChange) ([]user.User, error) {
	invited, err := db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE u.email_key = $1 AND u.status = 'invited'
		AND u.organization_id IN (SELECT m.organization_id FROM users m WHERE m.account_id = $2)
		ORDER BY u.organization_id`, change.Old.Key, change.AccountID)
	if err != nil {
		return nil, err
	}
	for _, u := range invited {
		if err := s.Invitations.WithdrawWithin(ctx, tx, u); err != nil {
			return nil, err
		}
	}
	return invited, nil
}

// moveBack makes the old address the log-in again. Later changes go with this
// one, and their ways back: they may lead to the mailbox of whoever took the account.
func moveBack(ctx context.Context, tx *db.Tx, change emailChange, present string) error {
	expected, err := person.ParseEmail(present)
	if err != nil {
		return err
	}
	moved, err := moveAddress(ctx, tx, change.AccountID, expected.Key, change.Old)
	if err != nil {
		return err
	}
	if !moved {
		return credential.ErrLinkVoided
	}
	later, err := db.Values[string](ctx, tx, `UPDATE email_changes SET state = 'undone' WHERE account_id = $1 AND state = 'confirmed' AND confirmed_at >= $2 RETURNING id`,
		change.AccountID, *change.ConfirmedAt)
	if err != nil {
		return err
	}
	for _, changeID := range later {
		if err := credential.EndLinks(ctx, tx, linkRevertEmail, changeID, credential.LinkVoided); err != nil {
			return err
		}
	}
	return nil
}

// voidPassword lets no password open the account until another is chosen, and
// sends the link to choose one to its present address.
func (s *Service) voidPassword(ctx context.Context, tx *db.Tx, accountID string) error {
	if err := s.Accounts.BlockPassword(ctx, tx, accountID); err != nil {
		return err
	}
	login, err := account.GetLogin(ctx, tx, accountID)
	if err != nil {
		return err
	}
	return s.Accounts.SendReset(ctx, tx, login)
}
