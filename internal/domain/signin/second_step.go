package signin

import (
	"context"
	"errors"
	"strings"

	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// SecondStep is a code, or a recovery code, as the form has it.
type SecondStep struct {
	HalfToken string
	Code      string
	Browser   Browser
}

// factor is one way to prove the second step.
type factor struct {
	missing *fault.Fault
	count   func(ctx context.Context, tx *db.Tx, accountID, address string) (throttle.Attempt, error)
	check   func(ctx context.Context, tx *db.Tx, accountID, typed string) (codesLeft *int, err error)
	refused audit.Action
}

// Code checks a code from the authenticator.
//
// Faults: credential.ErrCodeMissing, ErrCodeWrong, ErrCodeUsed; ErrHalfEnded,
// also with the last wrong code; ErrSuspended, ErrOrganizationSuspended;
// throttle.ErrWait…, attempt.ErrCodeStopped.
func (s *Service) Code(ctx context.Context, step SecondStep) (Outcome, error) {
	return s.secondStep(ctx, step, s.authenticator())
}

// RecoveryCode checks one of the codes that stand in for a lost authenticator,
// and uses it up.
//
// Faults: as Code, with credential.ErrRecoveryCodeMissing and
// ErrRecoveryCodeWrong, and attempt.ErrRecoveryCodeStopped.
func (s *Service) RecoveryCode(ctx context.Context, step SecondStep) (Outcome, error) {
	return s.secondStep(ctx, step, factor{
		missing: credential.ErrRecoveryCodeMissing,
		count:   attempt.CountRecoveryCode,
		refused: actionRecoveryRefused,
		check: func(ctx context.Context, tx *db.Tx, accountID, typed string) (*int, error) {
			left, err := s.RecoveryCodes.Use(ctx, tx, accountID, typed)
			return &left, err
		},
	})
}

func (s *Service) authenticator() factor {
	return factor{
		missing: credential.ErrCodeMissing,
		count:   attempt.CountCode,
		refused: actionCodeRefused,
		check: func(ctx context.Context, tx *db.Tx, accountID, typed string) (*int, error) {
			return nil, s.SecondFactors.Check(ctx, tx, accountID, typed)
		},
	}
}

// secondStep counts the try for the half log-in, the account and the address,
// and only then looks at the code.
func (s *Service) secondStep(ctx context.Context, step SecondStep, f factor) (Outcome, error) {
	if strings.TrimSpace(step.Code) == "" {
		return Outcome{}, f.missing
	}
	half, begun, err := s.countStep(ctx, step, f)
	if err != nil {
		return Outcome{}, err
	}
	var outcome Outcome
	var refusal error
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		outcome, refusal = Outcome{}, nil
		if err := account.HoldTrails(ctx, tx, half.AccountID); err != nil {
			return err
		}
		codesLeft, err := f.check(ctx, tx, half.AccountID, step.Code)
		if fault.IsKind(err, fault.Invalid) {
			refusal, err = s.codeRefused(ctx, tx, half, step, f, err)
			return err
		}
		if err != nil {
			return err
		}
		if err := session.UseHalf(ctx, tx, step.HalfToken, session.StepCode); err != nil {
			return err
		}
		if err := begun.Succeed(ctx, tx); err != nil {
			return err
		}
		outcome, refusal, err = s.secondFactorProven(ctx, tx, half.AccountID, step.Browser, codesLeft)
		return err
	})
	if errors.Is(err, credential.ErrNoSecondFactor) { // taken away meanwhile
		return Outcome{}, ErrHalfEnded
	}
	if err != nil {
		return Outcome{}, err
	}
	return outcome, refusal
}

// countStep commits the try; a try that one of the counters refuses counts for none.
func (s *Service) countStep(ctx context.Context, step SecondStep, f factor) (half session.Half, begun throttle.Attempt, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if half, err = session.CountTry(ctx, tx, step.HalfToken); err != nil {
			return err
		}
		begun, err = f.count(ctx, tx, half.AccountID, step.Browser.Origin.Address)
		return err
	})
	return half, begun, err
}

// codeRefused records a wrong code. With the last try the half log-in is over.
func (s *Service) codeRefused(ctx context.Context, tx *db.Tx, half session.Half, step SecondStep, f factor, cause error) (refusal, err error) {
	if half.Tries >= session.HalfTries {
		cause = ErrHalfEnded
		if err := session.CancelHalf(ctx, tx, step.HalfToken); err != nil {
			return nil, err
		}
	}
	members, err := account.MembersOf(ctx, tx, half.AccountID)
	if err != nil {
		return nil, err
	}
	return cause, recordEverywhere(ctx, tx, members, f.refused, step.Browser.Origin)
}

func (s *Service) secondFactorProven(ctx context.Context, tx *db.Tx, accountID string, browser Browser, codesLeft *int) (outcome Outcome, refusal, err error) {
	login, err := account.GetLogin(ctx, tx, accountID)
	if err != nil {
		return Outcome{}, nil, err
	}
	if codesLeft != nil {
		if err := s.tellRecoveryCodeUsed(ctx, tx, login, browser, *codesLeft); err != nil {
			return Outcome{}, nil, err
		}
	}
	outcome, refusal, err = s.enter(ctx, tx, entrance{login: login, secondFactor: true, browser: browser})
	if err != nil || codesLeft == nil {
		return outcome, refusal, err
	}
	members, err := account.MembersOf(ctx, tx, accountID)
	if err != nil {
		return Outcome{}, nil, err
	}
	return outcome, refusal, recordEverywhere(ctx, tx, members, actionRecoveryUsed, browser.Origin)
}
