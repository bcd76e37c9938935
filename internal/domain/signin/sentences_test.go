package signin_test

import (
	"testing"

	"idkit/internal/domain/attempt"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// TestEveryFaultHasASentence holds for this package and those whose refusals
// reach people through it, with the values that they carry.
func TestEveryFaultHasASentence(t *testing.T) {
	const suspended = "Your account at Northwind is suspended. Ask an administrator of Northwind."
	const closed = "Northwind is suspended. Its administrators know more."
	domaintest.Sentences(t, map[*fault.Fault]string{
		signin.ErrIncorrect:       "The email address or password is not correct.",
		signin.ErrEmailMissing:    "Enter your email address",
		signin.ErrPasswordMissing: "Enter your password",
		signin.ErrHalfEnded:       "This log-in took too long or had too many wrong codes. Log in again.",
		signin.ErrNotMember:       "Choose one of the clients in the list.",
		signin.ErrSuspended.With("Organization", "Northwind"):              suspended,
		signin.ErrOrganizationSuspended.With("Organization", "Northwind"):  closed,
		session.ErrSuspended.With("Organization", "Northwind"):             suspended,
		session.ErrOrganizationSuspended.With("Organization", "Northwind"): closed,
		session.ErrEnded:                          "Your session ended. Log in to continue where you were.",
		throttle.ErrWaitSeconds.With("Count", 1):  "Too many attempts. Try again in 1 second.",
		throttle.ErrWaitSeconds.With("Count", 30): "Too many attempts. Try again in 30 seconds.",
		throttle.ErrWaitMinutes.With("Count", 5):  "Too many attempts. Try again in 5 minutes.",
		throttle.ErrWaitHours.With("Count", 2):    "Too many attempts. Try again in 2 hours.",
		throttle.ErrStopped:                       "Too many attempts. Waiting does not help here. Ask an administrator.",
		attempt.ErrPasswordStopped:                "Too many attempts. This password is blocked. Use \"Forgot your password?\" to choose a new one.",
		attempt.ErrCodeStopped:                    "Too many attempts. Codes are blocked for this log-in. Use a recovery code, or ask an administrator to reset two-factor authentication.",
		attempt.ErrRecoveryCodeStopped:            "Too many attempts. Recovery codes are blocked for this log-in. Ask an administrator to reset two-factor authentication.",
	})
}
