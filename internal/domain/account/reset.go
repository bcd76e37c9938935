package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// ErrPasswordsDiffer is the answer to a repetition that is none.
var ErrPasswordsDiffer = fault.New(fault.Invalid, "account.passwords_differ")

const actionPasswordReset audit.Action = "password.reset"

// OpenedReset is a reset link as its page shows it.
type OpenedReset struct {
	State     credential.LinkState
	EndedAt   time.Time // of an expired one; when a live one ends
	AccountID string
	Email     string
	MinLength int // of the password to choose, in code points
	// Administrator sent the link; empty where the owner asked for it.
	Administrator string
	login         Login
	members       []Membership
}

// OpenReset reads what a reset link is about. Looking changes nothing. A dead
// link is told by its State, and somebody suspended meanwhile finds it expired;
// a link that never was is the fault credential.ErrLinkUnknown.
func (s *Service) OpenReset(ctx context.Context, token string) (opened OpenedReset, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		link, err := credential.FindLink(ctx, tx, s.Kind, credential.LinkPasswordReset, token)
		if err != nil {
			return err
		}
		opened, err = openReset(ctx, tx, link)
		return err
	})
	return opened, err
}

func openReset(ctx context.Context, tx *db.Tx, link credential.Link) (o OpenedReset, err error) {
	o = OpenedReset{
		State: link.State(), EndedAt: link.ExpiresAt, AccountID: link.SubjectID, Email: link.Address,
	}
	policy, err := PasswordPolicy(ctx, tx, link.SubjectID)
	if err != nil {
		return OpenedReset{}, err
	}
	o.MinLength = policy.Minimum()
	letter, err := mail.Find(ctx, tx, link.LetterID)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return OpenedReset{}, err
	}
	o.Administrator = letter.Data[resetAdministrator]
	if o.login, err = GetLogin(ctx, tx, link.SubjectID); err != nil {
		return OpenedReset{}, err
	}
	if o.members, err = MembersOf(ctx, tx, link.SubjectID); err != nil {
		return OpenedReset{}, err
	}
	if o.State == credential.LinkLive && !slices.ContainsFunc(o.members, Membership.Open) {
		o.State, o.EndedAt = credential.LinkExpired, tx.Now
	}
	return o, nil
}

// NewPassword is what the page behind a reset link takes.
type NewPassword struct {
	Password string
	Repeated string
	Origin   access.Origin
}

// ResetPassword uses the link up and stores the password. It logs nobody in,
// ends every session, half log-in and pending link of the account, and leaves
// the second factor as it is.
//
// Faults: credential.ErrLink…; fields password, confirm; credential.ErrBusy.
func (s *Service) ResetPassword(ctx context.Context, token string, n NewPassword) error {
	opened, err := s.OpenReset(ctx, token)
	if err != nil {
		return err
	}
	if err := opened.State.Err(); err != nil {
		return err
	}
	var bad person.Fields
	if n.Password != n.Repeated {
		bad.Add("confirm", ErrPasswordsDiffer)
	}
	if err := bad.Collect("password", s.Passwords.Check(
		credential.Policy{MinLength: opened.MinLength}, n.Password, KnownNames(s.Brand, opened.login.Email, opened.members))); err != nil {
		return err
	}
	if err := bad.Fault(); err != nil {
		return err
	}
	chosen, err := s.Passwords.Choose(ctx, n.Password)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := HoldTrails(ctx, tx, opened.AccountID); err != nil {
			return err
		}
		link, err := credential.UseLink(ctx, tx, s.Kind, credential.LinkPasswordReset, token)
		if err != nil {
			return err
		}
		o, err := openReset(ctx, tx, link)
		if err != nil {
			return err
		}
		if o.State == credential.LinkExpired { // suspended since the page was opened
			return credential.ErrLinkExpired
		}
		return s.replacePassword(ctx, tx, o, chosen, n.Origin)
	})
}

func (s *Service) replacePassword(ctx context.Context, tx *db.Tx, o OpenedReset, chosen credential.Chosen, origin access.Origin) error {
	// The address is part of the condition: it proves who owns the account.
	changed, err := tx.Exec(ctx, `UPDATE accounts SET password_hash = $2, password_changed_at = $3, password_short = $5 WHERE id = $1 AND email = $4`,
		o.AccountID, chosen.Hash, tx.Now, o.Email, chosen.Short)
	if err != nil {
		return err
	}
	if changed != 1 {
		return credential.ErrLinkVoided
	}
	if err := session.EndAllOfAccount(ctx, tx, o.AccountID); err != nil {
		return err
	}
	if err := VoidPending(ctx, tx, o.AccountID); err != nil {
		return err
	}
	if err := attempt.PasswordReplaced(ctx, tx, o.AccountID); err != nil {
		return err
	}
	if err := s.Notices.Enqueue(ctx, tx, notice.Notice{
		Kind: mail.KindPasswordChanged, SubjectID: o.AccountID, Address: o.Email, Language: o.login.Language, Origin: origin,
	}); err != nil {
		return err
	}
	return RecordEverywhere(ctx, tx, o.members, access.Visitor(origin), audit.Event{Action: actionPasswordReset})
}
