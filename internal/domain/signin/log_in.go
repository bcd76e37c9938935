package signin

import (
	"context"
	"errors"
	"strings"

	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// LogIn is the first step, as the form has it.
type LogIn struct {
	Email    string
	Password string
	Browser  Browser
}

// candidate is whom an address leads to: an account, or nobody.
type candidate struct {
	account.Login
	emailKey  string
	browserID string // where the browser is known to the account
	short     bool   // the password that was typed, see credential.Short
}

// LogIn checks email and password.
//
// Faults: fields email and password if empty; ErrIncorrect; ErrSuspended and
// ErrOrganizationSuspended where no second factor is asked; throttle.ErrWait…,
// attempt.ErrPasswordStopped; credential.ErrBusy.
func (s *Service) LogIn(ctx context.Context, l LogIn) (Outcome, error) {
	if err := l.incomplete(); err != nil {
		return Outcome{}, err
	}
	who, err := s.find(ctx, l)
	if err != nil {
		return Outcome{}, err
	}
	begun, err := attempt.Password{
		AccountID: who.AccountID, Kind: s.Kind, EmailKey: who.emailKey, BrowserID: who.browserID, Address: l.Browser.Origin.Address,
	}.Begin(ctx, s.Throttle)
	if err != nil {
		return Outcome{}, err
	}
	right, needsRehash, err := s.verify(ctx, begun, who.Login, l.Password)
	if err != nil {
		return Outcome{}, err
	}
	if !right {
		return Outcome{}, s.incorrect(ctx, who, l.Browser.Origin)
	}
	var newHash string
	if needsRehash {
		// When too busy to hash again now, the next log-in does it.
		if newHash, err = s.Passwords.Hash(ctx, l.Password); err != nil && !errors.Is(err, credential.ErrBusy) {
			return Outcome{}, err
		}
	}
	return s.passwordProven(ctx, begun, who, newHash, l.Browser)
}

func (l LogIn) incomplete() error {
	var missing []fault.Field
	if strings.TrimSpace(l.Email) == "" {
		missing = append(missing, ErrEmailMissing.At("email"))
	}
	if l.Password == "" {
		missing = append(missing, ErrPasswordMissing.At("password"))
	}
	if len(missing) > 0 {
		return fault.InvalidFields(missing...)
	}
	return nil
}

// find looks the account up. What is no address leads to nobody, like an
// address that nobody has, and is counted as it was typed.
func (s *Service) find(ctx context.Context, l LogIn) (candidate, error) {
	who := candidate{emailKey: strings.ToLower(strings.TrimSpace(l.Email)), short: credential.Short(l.Password)}
	var sought string // nobody has the empty address
	if email, err := person.ParseEmail(l.Email); err == nil {
		who.emailKey, sought = email.Key, email.Key
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		who.Login, err = account.FindLogin(ctx, tx, s.Kind, sought)
		return err
	})
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return candidate{}, err
	}
	who.browserID, _ = s.KnownBrowsers.Recognize(l.Browser.Known, who.AccountID, who.PasswordSince)
	return who, nil
}

// verify compares the password, with equal work where there is no account. A
// try that found the program too busy was none, and is given back.
func (s *Service) verify(ctx context.Context, begun throttle.Attempt, login account.Login, password string) (right, needsRehash bool, err error) {
	if login.AccountID == "" {
		err = s.Passwords.VerifyNobody(ctx, password)
	} else {
		right, needsRehash, err = s.Passwords.Verify(ctx, login.PasswordHash, password)
	}
	if errors.Is(err, credential.ErrBusy) {
		if failed := s.Throttle.Withdraw(ctx, begun); failed != nil {
			return false, false, failed
		}
	}
	return right, needsRehash, err
}

// passwordProven goes on to the next step.
func (s *Service) passwordProven(ctx context.Context, begun throttle.Attempt, who candidate, newHash string, browser Browser) (Outcome, error) {
	var outcome Outcome
	var refusal error
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := account.HoldTrails(ctx, tx, who.AccountID); err != nil {
			return err
		}
		if err := stillHolds(ctx, tx, who.Login); err != nil {
			return err
		}
		if err := attempt.PasswordProven(ctx, tx, begun, who.AccountID); err != nil {
			return err
		}
		if newHash != "" {
			if err := account.StoreRehash(ctx, tx, who.AccountID, who.PasswordHash, newHash); err != nil {
				return err
			}
		}
		if who.short != who.PasswordShort {
			if err := account.NotePasswordShort(ctx, tx, who.AccountID, who.short); err != nil {
				return err
			}
		}
		login, err := account.GetLogin(ctx, tx, who.AccountID)
		if err != nil {
			return err
		}
		if login.SecondFactorOn {
			half, err := session.StartHalf(ctx, tx, session.NewHalf{AccountID: login.AccountID, Step: session.StepCode})
			outcome, refusal = Outcome{Half: &half}, nil
			return err
		}
		outcome, refusal, err = s.enter(ctx, tx, entrance{login: login, browser: browser})
		return err
	})
	if err != nil {
		return Outcome{}, err
	}
	return outcome, refusal
}

// stillHolds refuses a log-in whose password was changed since it was compared.
func stillHolds(ctx context.Context, tx *db.Tx, login account.Login) error {
	holds, err := account.PasswordHolds(ctx, tx, login)
	if err == nil && !holds {
		err = ErrIncorrect
	}
	return err
}
