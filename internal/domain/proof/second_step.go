package proof

import (
	"context"
	"unicode"

	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// What a second step leaves in the trail.
const (
	actionCodeRefused         audit.Action = "second_factor.code_refused"
	actionRecoveryCodeRefused audit.Action = "recovery_code.refused"
	actionRecoveryCodeUsed    audit.Action = "recovery_code.used"
)

// Step is one way to prove the second step.
type Step struct {
	Missing *fault.Fault // where nothing was typed
	Refused audit.Action // for the trail, when it was wrong
	Used    audit.Action // for the trail, when it was right; empty for what is told with the log-in itself
	count   func(ctx context.Context, tx *db.Tx, accountID, address string) (throttle.Attempt, error)
	use     func(ctx context.Context, tx *db.Tx, accountID, typed string) (codesLeft int, err error)
}

// Code is a code from the authenticator.
func (s *Service) Code() Step {
	return Step{
		Missing: credential.ErrCodeMissing, Refused: actionCodeRefused, count: attempt.CountCode,
		use: func(ctx context.Context, tx *db.Tx, accountID, typed string) (int, error) {
			return 0, s.SecondFactors.Check(ctx, tx, accountID, typed)
		},
	}
}

// RecoveryCode is one of the codes that stand in for a lost authenticator.
func (s *Service) RecoveryCode() Step {
	return Step{
		Missing: credential.ErrRecoveryCodeMissing, Refused: actionRecoveryCodeRefused, Used: actionRecoveryCodeUsed,
		count: attempt.CountRecoveryCode, use: s.RecoveryCodes.Use,
	}
}

// StepFor tells the long recovery codes from the six digits, where one field
// takes both.
func (s *Service) StepFor(typed string) Step {
	const digitsOfCode = 6
	signs := 0
	for _, r := range typed {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			signs++
		}
	}
	if signs > digitsOfCode {
		return s.RecoveryCode()
	}
	return s.Code()
}

// Tried is a second step whose try is counted.
type Tried struct {
	Step
	accountID, typed string
	begun            throttle.Attempt
}

// Count counts one try from a network address, in a transaction that commits
// before Check. Faults: throttle.ErrWait…, attempt.ErrCodeStopped,
// ErrRecoveryCodeStopped.
func (st Step) Count(ctx context.Context, tx *db.Tx, accountID, address, typed string) (Tried, error) {
	begun, err := st.count(ctx, tx, accountID, address)
	return Tried{st, accountID, typed, begun}, err
}

// Check uses the code up, and returns how many recovery codes are left, of a
// recovery code only. A wrong one is a fault of kind Invalid: the caller records
// Refused, and tells it after the commit. After a right one Succeed follows.
//
// Faults: credential.ErrCodeWrong, ErrCodeUsed, ErrRecoveryCodeWrong,
// ErrNoSecondFactor.
func (t Tried) Check(ctx context.Context, tx *db.Tx) (codesLeft int, err error) {
	return t.use(ctx, tx, t.accountID, t.typed)
}

// Succeed ends the run of failures. A half log-in is used before: Count takes it
// before the counters, and two orders would wait for each other.
func (t Tried) Succeed(ctx context.Context, tx *db.Tx) error { return t.begun.Succeed(ctx, tx) }
