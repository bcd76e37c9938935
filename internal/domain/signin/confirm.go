package signin

import (
	"context"

	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

// ConfirmItsYou asks somebody who is logged in for the password once more,
// before something sensitive, and gives the session a new token. It counts with
// the log-in, so that a stolen session is no way to guess the password.
//
// Faults: fields password if empty or wrong (ErrPasswordMissing,
// ErrPasswordWrong); session.ErrEnded; throttle.ErrWait…,
// attempt.ErrPasswordStopped; credential.ErrBusy.
func (s *Service) ConfirmItsYou(ctx context.Context, current session.Current, password, knownBrowser string) (token secret.Token, err error) {
	if password == "" {
		return secret.Token{}, fault.InvalidFields(ErrPasswordMissing.At("password"))
	}
	actor := current.Actor
	var login account.Login
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		login, err = account.GetLogin(ctx, tx, actor.AccountID)
		return err
	})
	if err != nil {
		return secret.Token{}, err
	}
	browserID, _ := s.KnownBrowsers.Recognize(knownBrowser, login.AccountID, login.PasswordSince)
	begun, err := attempt.Password{AccountID: login.AccountID, BrowserID: browserID, Address: actor.Origin.Address}.Begin(ctx, s.Throttle)
	if err != nil {
		return secret.Token{}, err
	}
	right, _, err := s.verify(ctx, begun, login, password)
	if err != nil {
		return secret.Token{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if !right {
			return audit.Record(ctx, tx, actor, audit.Event{Action: actionConfirmationFails, Target: self(actor)})
		}
		if err := stillHolds(ctx, tx, login); err != nil {
			return err
		}
		if err := attempt.PasswordProven(ctx, tx, begun, login.AccountID); err != nil {
			return err
		}
		if token, err = session.Rotate(ctx, tx, current.SessionID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionConfirmed, Target: self(actor)})
	})
	if err == nil && !right {
		err = fault.InvalidFields(ErrPasswordWrong.At("password"))
	}
	return token, err
}
