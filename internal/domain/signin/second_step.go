package signin

import (
	"context"
	"errors"
	"strings"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// SecondStep is a code, or a recovery code, as the form has it.
type SecondStep struct {
	HalfToken string
	Code      string
	Browser   Browser
}

// Code checks a code from the authenticator.
//
// Faults: credential.ErrCodeMissing, ErrCodeWrong, ErrCodeUsed; ErrHalfEnded,
// also with the last wrong code; ErrSuspended, ErrOrganizationSuspended;
// throttle.ErrWait…, attempt.ErrCodeStopped.
func (s *Service) Code(ctx context.Context, step SecondStep) (Outcome, error) {
	return s.secondStep(ctx, step, s.Proofs.Code())
}

// RecoveryCode checks one of the codes that stand in for a lost authenticator,
// and uses it up.
//
// Faults: as Code, with credential.ErrRecoveryCodeMissing and
// ErrRecoveryCodeWrong, and attempt.ErrRecoveryCodeStopped.
func (s *Service) RecoveryCode(ctx context.Context, step SecondStep) (Outcome, error) {
	return s.secondStep(ctx, step, s.Proofs.RecoveryCode())
}

// secondStep counts the try for the half log-in, the account and the address,
// and only then looks at the code.
func (s *Service) secondStep(ctx context.Context, step SecondStep, way proof.Step) (Outcome, error) {
	if strings.TrimSpace(step.Code) == "" {
		return Outcome{}, way.Missing
	}
	half, tried, err := s.countStep(ctx, step, way)
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
		codesLeft, err := tried.Check(ctx, tx)
		if fault.IsKind(err, fault.Invalid) {
			refusal, err = s.codeRefused(ctx, tx, half, step, way, err)
			return err
		}
		if err != nil {
			return err
		}
		if err := session.UseHalf(ctx, tx, s.Kind, step.HalfToken, session.StepCode); err != nil {
			return err
		}
		if err := tried.Succeed(ctx, tx); err != nil {
			return err
		}
		outcome, refusal, err = s.secondFactorProven(ctx, tx, half.AccountID, step.Browser, way, codesLeft)
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
func (s *Service) countStep(ctx context.Context, step SecondStep, way proof.Step) (half session.Half, tried proof.Tried, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if half, err = session.CountTry(ctx, tx, s.Kind, step.HalfToken); err != nil {
			return err
		}
		tried, err = way.Count(ctx, tx, half.AccountID, step.Browser.Origin.Address, step.Code)
		return err
	})
	return half, tried, err
}

// codeRefused records a wrong code. With the last try the half log-in is over.
func (s *Service) codeRefused(ctx context.Context, tx *db.Tx, half session.Half, step SecondStep, way proof.Step, cause error) (refusal, err error) {
	if half.Tries >= session.HalfTries {
		cause = ErrHalfEnded
		if err := session.CancelHalf(ctx, tx, s.Kind, step.HalfToken); err != nil {
			return nil, err
		}
	}
	members, err := account.MembersOf(ctx, tx, half.AccountID)
	if err != nil {
		return nil, err
	}
	return cause, recordEverywhere(ctx, tx, members, way.Refused, step.Browser.Origin)
}

func (s *Service) secondFactorProven(ctx context.Context, tx *db.Tx, accountID string, browser Browser, way proof.Step, codesLeft int) (outcome Outcome, refusal, err error) {
	login, err := account.GetLogin(ctx, tx, accountID)
	if err != nil {
		return Outcome{}, nil, err
	}
	if way.Used != "" {
		if err := s.tellRecoveryCodeUsed(ctx, tx, login, browser, codesLeft); err != nil {
			return Outcome{}, nil, err
		}
	}
	outcome, refusal, err = s.enter(ctx, tx, entrance{login: login, secondFactor: true, browser: browser})
	if err != nil || way.Used == "" {
		return outcome, refusal, err
	}
	members, err := account.MembersOf(ctx, tx, accountID)
	if err != nil {
		return Outcome{}, nil, err
	}
	return outcome, refusal, recordEverywhere(ctx, tx, members, way.Used, browser.Origin)
}
