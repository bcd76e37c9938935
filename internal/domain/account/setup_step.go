package account

import (
	"context"

	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// SetupStep is the open step of an account's set-up.
type SetupStep string

// The steps after the password; see the chart in doc.go.
const (
	StepSecondFactor SetupStep = "second_factor"
	// StepSecondFactorAgain is StepSecondFactor after an administrator took the
	// second factor away: it cannot be put off.
	StepSecondFactorAgain SetupStep = "second_factor_again"
	StepRecoveryCodes     SetupStep = "recovery_codes"
	// StepNewPassword asks for a longer password where the present one is short and
	// alone. It is never stored: a second factor closes it as well.
	StepNewPassword SetupStep = "new_password"
	StepDone        SetupStep = ""
)

// OpenStep is the step of the set-up that is open for somebody logged in. That
// the organization requires a second factor opens it anew, and so does a password
// that is too short without one.
func OpenStep(current session.Current) SetupStep {
	step := SetupStep(current.SetupStep)
	switch {
	case step != StepDone:
		return step
	case current.SecondFactorDue:
		return StepSecondFactorAgain
	case current.PasswordDue:
		return StepNewPassword
	}
	return StepDone
}

// RequireSecondFactor makes the account's next log-in begin with the set-up of a
// new second factor, before anything else.
func RequireSecondFactor(ctx context.Context, tx *db.Tx, accountID string) error {
	return SetStep(ctx, tx, accountID, StepSecondFactorAgain)
}

// SetStep puts the set-up of an account to the step.
func SetStep(ctx context.Context, tx *db.Tx, accountID string, step SetupStep) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET setup_step = $2 WHERE id = $1`, accountID, string(step))
	return err
}

// EndSetup ends the set-up of an account that stands at the step.
func EndSetup(ctx context.Context, tx *db.Tx, accountID string, at SetupStep) (ended bool, err error) {
	changed, err := tx.Exec(ctx, `UPDATE accounts SET setup_step = $3 WHERE id = $1 AND setup_step = $2`,
		accountID, string(at), string(StepDone))
	return changed == 1, err
}
