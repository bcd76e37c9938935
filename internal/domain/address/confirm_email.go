package address

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

// Refusals of a proof.
var (
	// ErrNotYourEmailChange refuses the proof in the session of another account.
	ErrNotYourEmailChange = fault.New(fault.Forbidden, "address.not_your_change")
	// ErrAddressTaken says, to whom has proven the address, that it became
	// somebody's log-in, or stands in one of the organizations, meanwhile.
	ErrAddressTaken = fault.New(fault.Conflict, "address.taken")
)

const (
	actionEmailChanged audit.Action = "email.changed"
	actionEmailRefused audit.Action = "email.change_refused"
)

// OpenedProof is the link to a new address as its page shows it.
type OpenedProof struct {
	State     credential.LinkState
	AccountID string
	Old       string // the address that is the log-in now
	New       string // that the link proves
}

// OpenEmailProof reads what the link to a new address is about. Looking changes
// nothing. A dead link is told by its State; a link that never was is the fault
// credential.ErrLinkUnknown.
func (s *Service) OpenEmailProof(ctx context.Context, token string) (opened OpenedProof, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, linkConfirmEmail, token)
		if err != nil {
			return err
		}
		login, err := account.GetLogin(ctx, tx, link.SubjectID)
		opened = OpenedProof{State: link.State(), AccountID: link.SubjectID, Old: login.Email, New: link.Address}
		return err
	})
	return opened, err
}

// ConfirmEmail makes the proven address the log-in, in every organization of the
// account. It needs a session of the account beside the link: pressing a button
// in a mailbox proves the mailbox, and not that its owner wants an account of
// somebody else, or a mail scanner that presses buttons, to have the address.
// The other sessions and links end, both addresses are told, and the session
// gets a new token.
//
// Faults: credential.ErrLink…, ErrNotYourEmailChange, ErrAddressTaken,
// session.ErrEnded.
func (s *Service) ConfirmEmail(ctx context.Context, current session.Current, token string) (renewed secret.Token, err error) {
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		link, err := credential.UseLink(ctx, tx, s.Kind, linkConfirmEmail, token)
		if err != nil {
			return err
		}
		if link.SubjectID != current.Actor.AccountID {
			return ErrNotYourEmailChange
		}
		change, err := confirmChange(ctx, tx, link)
		if err != nil {
			return err
		}
		if renewed, _, err = account.AfterChange(ctx, tx, current); err != nil {
			return err
		}
		if err := s.tellOfNewAddress(ctx, tx, current, change); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionEmailChanged)
	})
	if addressTaken(err) {
		return secret.Token{}, ErrAddressTaken
	}
	return renewed, err
}

// confirmChange finds the change that this very address proves: a link to one
// address never confirms another.
func confirmChange(ctx context.Context, tx *db.Tx, link credential.Link) (emailChange, error) {
	change, err := scanEmailChange(tx.QueryRow(ctx, `UPDATE email_changes SET state = 'confirmed', confirmed_at = $3
		WHERE account_id = $1 AND new_address = $2 AND state = 'pending'
		RETURNING `+emailChangeColumns,
		link.SubjectID, link.Address, tx.Now))
	if errors.Is(err, db.ErrNoRow) {
		return emailChange{}, credential.ErrLinkVoided
	}
	if err != nil {
		return emailChange{}, err
	}
	moved, err := moveAddress(ctx, tx, change.AccountID, change.Old.Key, change.New)
	if err == nil && !moved {
		err = credential.ErrLinkVoided
	}
	return change, err
}

func (s *Service) tellOfNewAddress(ctx context.Context, tx *db.Tx, current session.Current, change emailChange) error {
	told := notice.Notice{
		SubjectID: change.ID, NewAddress: change.New.Address, Language: current.Language, Organization: current.OrganizationName,
		FirstName: current.FirstName, Origin: current.Actor.Origin,
	}
	told.Kind, told.Address = mail.KindEmailChanged, change.New.Address
	if err := s.Notices.Enqueue(ctx, tx, told); err != nil {
		return err
	}
	told.Kind, told.Address = mail.KindEmailChangedOld, change.Old.Address
	return s.Notices.Enqueue(ctx, tx, told)
}

// RefuseEmail is "This was not me" of whoever reads the new mailbox. It needs no
// log-in and stops the change. Faults: credential.ErrLink….
func (s *Service) RefuseEmail(ctx context.Context, token string, origin access.Origin) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, linkConfirmEmail, token)
		if err != nil {
			return err
		}
		if err := account.HoldTrails(ctx, tx, link.SubjectID); err != nil {
			return err
		}
		if _, err := credential.UseLink(ctx, tx, s.Kind, linkConfirmEmail, token); err != nil {
			return err
		}
		if err := s.stopEmailChange(ctx, tx, link.SubjectID, credential.LinkWithdrawn); err != nil {
			return err
		}
		members, err := account.MembersOf(ctx, tx, link.SubjectID)
		if err != nil {
			return err
		}
		return account.RecordEverywhere(ctx, tx, members, access.Visitor(origin), audit.Event{Action: actionEmailRefused})
	})
}
