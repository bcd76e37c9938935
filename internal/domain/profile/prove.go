package profile

import (
	"cmp"
	"context"
	"errors"

	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// Refusals of the password of somebody who is logged in.
var (
	ErrPasswordMissing = fault.New(fault.Invalid, "profile.password_missing")
	ErrPasswordWrong   = fault.New(fault.Invalid, "profile.password_wrong")
	// ErrPasswordReplaced says that the password was changed while it was compared.
	ErrPasswordReplaced = fault.New(fault.Conflict, "profile.password_replaced")
)

const (
	actionConfirmed          audit.Action = "user.confirmed"
	actionConfirmationFailed audit.Action = "user.confirmation_failed"
)

// Proof is the password of somebody logged in, as a form has it.
type Proof struct {
	Password     string
	KnownBrowser string // the known-browser cookie, as it came
}

// proven is a right password. It is worth nothing before hold.
type proven struct {
	login     account.Login
	begun     throttle.Attempt
	sessionID string // of whoever proved it
}

// prove compares the password. It counts with the log-in, so that a stolen
// session is no way to guess it; a wrong one goes into the trail.
//
// Faults: field password (ErrPasswordMissing, ErrPasswordWrong);
// throttle.ErrWait…, attempt.ErrPasswordStopped; credential.ErrBusy.
func (s *Service) prove(ctx context.Context, current session.Current, p Proof) (proven, error) {
	if p.Password == "" {
		return proven{}, fault.InvalidFields(ErrPasswordMissing.At("password"))
	}
	actor := current.Actor
	var login account.Login
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		login, err = account.GetLogin(ctx, tx, actor.AccountID)
		return err
	})
	if err != nil {
		return proven{}, err
	}
	browserID, _ := s.KnownBrowsers.Recognize(p.KnownBrowser, login.AccountID, login.PasswordSince)
	begun, err := attempt.Password{AccountID: login.AccountID, BrowserID: browserID, Address: actor.Origin.Address}.Begin(ctx, s.Throttle)
	if err != nil {
		return proven{}, err
	}
	right, _, err := s.Passwords.Verify(ctx, login.PasswordHash, p.Password)
	if errors.Is(err, credential.ErrBusy) {
		return proven{}, cmp.Or(s.Throttle.Withdraw(ctx, begun), err)
	}
	if err != nil {
		return proven{}, err
	}
	if right {
		return proven{login, begun, current.SessionID}, nil
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionConfirmationFailed, Target: audit.Self(actor)})
	})
	return proven{}, cmp.Or[error](err, fault.InvalidFields(ErrPasswordWrong.At("password")))
}

// hold makes sure, until the transaction ends, that the password is still the
// one that was compared, notes the proof in the session, and ends the run of
// failures. Faults: ErrPasswordReplaced, session.ErrEnded.
func (p proven) hold(ctx context.Context, tx *db.Tx) error {
	holds, err := account.PasswordHolds(ctx, tx, p.login)
	if err != nil {
		return err
	}
	if !holds {
		return ErrPasswordReplaced
	}
	if err := session.NoteProof(ctx, tx, p.sessionID); err != nil {
		return err
	}
	return attempt.PasswordProven(ctx, tx, p.begun, p.login.AccountID)
}
