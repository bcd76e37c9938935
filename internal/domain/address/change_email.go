package address

import (
	"context"
	"errors"
	"strings"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/person"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
	"idkit/internal/platform/throttle"
)

// EmailProofLifetime is how long the link to a new address works, from its hand-over.
const EmailProofLifetime = 24 * time.Hour

// Refusals of a change of address.
var (
	ErrEmailMissing   = fault.New(fault.Invalid, "address.missing")
	ErrEmailUnchanged = fault.New(fault.Invalid, "address.unchanged")
	// ErrNoEmailChange says that no change waits for its proof any more.
	ErrNoEmailChange = fault.New(fault.Conflict, "address.no_change")
)

const (
	actionEmailChangeAsked   audit.Action = "email.change_asked"
	actionEmailChangeResent  audit.Action = "email.change_resent"
	actionEmailChangeStopped audit.Action = "email.change_stopped"
)

// emailChanges bounds how many letters one account may send to addresses that
// nobody has proven.
var emailChanges = throttle.Rule{
	Short: throttle.Window{Max: 5, Length: time.Hour},
	Long:  throttle.Window{Max: 10, Length: 24 * time.Hour},
}

// EmailChange is the wish for another address, as the form has it.
type EmailChange struct {
	Email   string
	Current proof.Password
}

// ChangeEmail begins a change of address: the new one gets a link to prove it,
// the old one is told at once and can stop it. The old address stays the log-in
// until then. An address that somebody else has gives the same answer, and its
// owner is told. The session gets a new token.
//
// Faults: fields email (ErrEmailMissing, ErrEmailInvalid, ErrEmailUnchanged) and
// password (as ConfirmItsYou); throttle.ErrWait…, attempt.ErrPasswordStopped;
// session.ErrEnded; credential.ErrBusy.
func (s *Service) ChangeEmail(ctx context.Context, current session.Current, c EmailChange) (token secret.Token, err error) {
	var bad person.Fields
	next := newAddress(&bad, current, c.Email)
	if c.Current.Typed == "" {
		bad.Add("password", proof.ErrPasswordMissing)
	}
	if err := bad.Fault(); err != nil {
		return secret.Token{}, err
	}
	right, err := s.Proofs.Password(ctx, current, c.Current)
	if err != nil {
		return secret.Token{}, err
	}
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if err := right.Hold(ctx, tx); err != nil {
			return err
		}
		if err := countEmailChange(ctx, tx, current); err != nil {
			return err
		}
		if err := s.stopEmailChange(ctx, tx, current.Actor.AccountID, credential.LinkReplaced); err != nil {
			return err
		}
		if err := s.askForProof(ctx, tx, current, next); err != nil {
			return err
		}
		if token, err = session.Rotate(ctx, tx, current.SessionID); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionEmailChangeAsked)
	})
	return token, err
}

func newAddress(bad *person.Fields, current session.Current, typed string) person.Email {
	if strings.TrimSpace(typed) == "" {
		bad.Add("email", ErrEmailMissing)
		return person.Email{}
	}
	next := bad.Email("email", typed)
	if next.Key == strings.ToLower(current.Email) {
		bad.Add("email", ErrEmailUnchanged)
	}
	return next
}

func countEmailChange(ctx context.Context, tx *db.Tx, current session.Current) error {
	_, err := throttle.Count(ctx, tx, throttle.Claim{Key: "email change:" + current.Actor.AccountID, Rule: emailChanges})
	return err
}

// askForProof writes the change and the letters to both addresses.
func (s *Service) askForProof(ctx context.Context, tx *db.Tx, current session.Current, next person.Email) error {
	login, err := account.GetLogin(ctx, tx, current.Actor.AccountID)
	if err != nil {
		return err
	}
	old, err := person.ParseEmail(login.Email)
	if err != nil {
		return err
	}
	change := emailChange{ID: id.New("emc"), AccountID: login.AccountID, Old: old, New: next}
	if change.LetterID, err = s.writeToNewAddress(ctx, tx, current, change); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO email_changes (id, account_id, old_address, old_key, new_address, new_key, state, letter_id, asked_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9)`,
		change.ID, change.AccountID, old.Address, old.Key, next.Address, next.Key, change.LetterID, tx.Now, tx.Now.Add(EmailProofLifetime))
	if err != nil {
		return err
	}
	return s.Notices.Enqueue(ctx, tx, notice.Notice{
		Kind: mail.KindEmailChangeAsked, SubjectID: change.ID, Address: old.Address, NewAddress: next.Address, Language: login.Language,
		Organization: current.OrganizationName, FirstName: current.FirstName, Who: current.Actor.Name, Origin: current.Actor.Origin,
	})
}

// writeToNewAddress sends the link that proves the address or, if the address is
// somebody's log-in already, a word to its owner.
func (s *Service) writeToNewAddress(ctx context.Context, tx *db.Tx, current session.Current, change emailChange) (letterID string, err error) {
	owner, err := account.FindLogin(ctx, tx, s.Kind, change.New.Key)
	switch {
	case errors.Is(err, db.ErrNoRow):
		return s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
			Kind: mail.KindConfirmEmail, SubjectID: change.ID, Address: change.New.Address, Language: current.Language,
		})
	case err != nil:
		return "", err
	}
	return s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: mail.KindEmailInUse, SubjectID: change.ID, Address: owner.Email, Language: owner.Language,
	})
}

// ResendEmailProof sends the link to the new address again; the earlier one
// stops working. Faults: ErrNoEmailChange, throttle.ErrWait….
func (s *Service) ResendEmailProof(ctx context.Context, current session.Current) error {
	return s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if err := countEmailChange(ctx, tx, current); err != nil {
			return err
		}
		change, err := pendingEmailChange(ctx, tx, current.Actor.AccountID)
		if err != nil {
			return err
		}
		if err := s.Outbox.Withdraw(ctx, tx, change.LetterID); err != nil {
			return err
		}
		letterID, err := s.writeToNewAddress(ctx, tx, current, change)
		if err != nil {
			return err
		}
		won, err := tx.Exec(ctx, `UPDATE email_changes SET letter_id = $2, expires_at = $3 WHERE id = $1 AND state = 'pending'`,
			change.ID, letterID, tx.Now.Add(EmailProofLifetime))
		if err != nil {
			return err
		}
		if won != 1 {
			return ErrNoEmailChange
		}
		if err := credential.EndLinks(ctx, tx, linkConfirmEmail, change.AccountID, credential.LinkReplaced); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionEmailChangeResent)
	})
}

// StopEmailChange takes the wish back. Without one it does nothing.
func (s *Service) StopEmailChange(ctx context.Context, current session.Current) error {
	return s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if _, err := pendingEmailChange(ctx, tx, current.Actor.AccountID); errors.Is(err, ErrNoEmailChange) {
			return nil
		} else if err != nil {
			return err
		}
		if err := s.stopEmailChange(ctx, tx, current.Actor.AccountID, credential.LinkWithdrawn); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionEmailChangeStopped)
	})
}

// stopEmailChange ends a change that waits for its proof, if there is one. The
// row comes before the links, see account.VoidPending.
func (s *Service) stopEmailChange(ctx context.Context, tx *db.Tx, accountID string, because credential.LinkState) error {
	if _, err := tx.Exec(ctx, `UPDATE email_changes SET state = 'stopped' WHERE account_id = $1 AND state = 'pending'`, accountID); err != nil {
		return err
	}
	return credential.EndLinks(ctx, tx, linkConfirmEmail, accountID, because)
}
