package proof

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
	ErrPasswordMissing = fault.New(fault.Invalid, "proof.password_missing")
	ErrPasswordWrong   = fault.New(fault.Invalid, "proof.password_wrong")
	// ErrPasswordReplaced says that the password was changed while it was compared.
	ErrPasswordReplaced = fault.New(fault.Conflict, "proof.password_replaced")
)

const actionConfirmationFailed audit.Action = "user.confirmation_failed"

// Password is the password of somebody logged in, as a form has it.
type Password struct {
	Typed        string
	KnownBrowser string // the known-browser cookie, as it came
}

// Proven is a right password. It is worth nothing before Hold.
type Proven struct {
	login     account.Login
	begun     throttle.Attempt
	sessionID string // of whoever proved it
}

// Password compares the password. It counts with the log-in, so that a stolen
// session is no way to guess it; a wrong one goes into the trail.
//
// Faults: field password (ErrPasswordMissing, ErrPasswordWrong);
// throttle.ErrWait…, attempt.ErrPasswordStopped; credential.ErrBusy.
func (s *Service) Password(ctx context.Context, current session.Current, p Password) (Proven, error) {
	if p.Typed == "" {
		return Proven{}, fault.InvalidFields(ErrPasswordMissing.At("password"))
	}
	actor := current.Actor
	var login account.Login
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		login, err = account.GetLogin(ctx, tx, actor.AccountID)
		return err
	})
	if err != nil {
		return Proven{}, err
	}
	browserID, _ := s.KnownBrowsers.Recognize(p.KnownBrowser, login.AccountID, login.PasswordSince)
	begun, err := attempt.Password{AccountID: login.AccountID, BrowserID: browserID, Address: actor.Origin.Address}.Begin(ctx, s.Throttle)
	if err != nil {
		return Proven{}, err
	}
	right, _, err := s.Passwords.Verify(ctx, login.PasswordHash, p.Typed)
	if errors.Is(err, credential.ErrBusy) {
		return Proven{}, cmp.Or(s.Throttle.Withdraw(ctx, begun), err)
	}
	if err != nil {
		return Proven{}, err
	}
	if right {
		return Proven{login, begun, current.SessionID}, nil
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionConfirmationFailed, Target: audit.Self(actor)})
	})
	return Proven{}, cmp.Or[error](err, fault.InvalidFields(ErrPasswordWrong.At("password")))
}

// Hold makes sure, until the transaction ends, that the password is still the
// one that was compared, notes the proof in the session, and ends the run of
// failures. Faults: ErrPasswordReplaced, session.ErrEnded.
func (p Proven) Hold(ctx context.Context, tx *db.Tx) error {
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
