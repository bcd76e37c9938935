package profile

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/person"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

// ErrPasswordUnchanged is the answer to a new password that is the old one.
var ErrPasswordUnchanged = fault.New(fault.Invalid, "profile.password_unchanged")

const actionPasswordChanged audit.Action = "password.changed"

// PasswordChange is a change of one's own password, as the form has it.
type PasswordChange struct {
	Current    proof.Password
	Password   string
	KeepOthers bool // leave the other sessions logged in
}

// PasswordChanged is what a change of password led to.
type PasswordChanged struct {
	Token         secret.Token // of the session, which got a new one
	KnownBrowser  string       // for the cookie by which this browser stays known; every other one is a stranger now
	SessionsEnded int
}

// ChangePassword replaces the password of whoever knows the present one. It ends
// the other sessions, unless told to keep them, and in any case every half
// log-in and pending link.
//
// Faults: fields current (as field password of ConfirmItsYou) and password;
// session.ErrEnded; throttle.ErrWait…, attempt.ErrPasswordStopped;
// credential.ErrBusy.
func (s *Service) ChangePassword(ctx context.Context, current session.Current, c PasswordChange) (changed PasswordChanged, err error) {
	if err := s.judgeChange(ctx, current, c); err != nil {
		return PasswordChanged{}, err
	}
	right, err := s.Proofs.Password(ctx, current, c.Current)
	if err != nil {
		return PasswordChanged{}, person.At(err, "current")
	}
	chosen, err := s.Passwords.Choose(ctx, c.Password)
	if err != nil {
		return PasswordChanged{}, err
	}
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if err := right.Hold(ctx, tx); err != nil {
			return err
		}
		if changed, err = s.storePassword(ctx, tx, current, chosen, c.KeepOthers); err != nil {
			return err
		}
		changed.KnownBrowser = s.KnownBrowsers.Remember(c.Current.KnownBrowser, current.Actor.AccountID)
		return nil
	})
	return changed, err
}

// judgeChange looks at everything that can be told without the present password.
func (s *Service) judgeChange(ctx context.Context, current session.Current, c PasswordChange) error {
	var members []account.Membership
	var policy credential.Policy
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if policy, err = account.PasswordPolicy(ctx, tx, current.Actor.AccountID); err != nil {
			return err
		}
		members, err = account.MembersOf(ctx, tx, current.Actor.AccountID)
		return err
	})
	if err != nil {
		return err
	}
	var bad person.Fields
	if c.Current.Typed == "" {
		bad.Add("current", proof.ErrPasswordMissing)
	}
	err = bad.Collect("password", s.Passwords.Check(
		policy, c.Password, account.KnownNames(s.Brand, current.Email, members)))
	if err != nil {
		return err
	}
	if c.Password != "" && norm.NFC.String(c.Password) == norm.NFC.String(c.Current.Typed) {
		bad.Bad = nil // it says more than what else may be wrong with the same password
		bad.Add("password", ErrPasswordUnchanged)
	}
	return bad.Fault()
}

// PasswordMinimum is the least length of a new password of the account, in code points.
func (s *Service) PasswordMinimum(ctx context.Context, current session.Current) (minimum int, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		policy, err := account.PasswordPolicy(ctx, tx, current.Actor.AccountID)
		minimum = policy.Minimum()
		return err
	})
	return minimum, err
}

func (s *Service) storePassword(ctx context.Context, tx *db.Tx, current session.Current, chosen credential.Chosen, keepOthers bool) (changed PasswordChanged, err error) {
	accountID := current.Actor.AccountID
	_, err = tx.Exec(ctx, `UPDATE accounts SET password_hash = $2, password_short = $3, password_changed_at = $4 WHERE id = $1`,
		accountID, chosen.Hash, chosen.Short, tx.Now)
	if err != nil {
		return PasswordChanged{}, err
	}
	kind := mail.KindPasswordChanged
	if keepOthers {
		kind = mail.KindPasswordChangedOnly
		changed.Token, err = account.AfterChangeHere(ctx, tx, current)
	} else {
		changed.Token, changed.SessionsEnded, err = account.AfterChange(ctx, tx, current)
	}
	if err != nil {
		return PasswordChanged{}, err
	}
	if err := attempt.PasswordReplaced(ctx, tx, accountID); err != nil {
		return PasswordChanged{}, err
	}
	if err := s.Notices.Enqueue(ctx, tx, notice.ToOwner(current, kind)); err != nil {
		return PasswordChanged{}, err
	}
	return changed, account.RecordOwn(ctx, tx, current.Actor, actionPasswordChanged)
}
