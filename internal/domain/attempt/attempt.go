package attempt

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// The numbers. NIST SP 800-63B-4, 3.2.2 caps failures in a row at 100.
var (
	passwordRule = throttle.Rule{
		Free: 4, FirstWait: time.Second, MaxWait: 15 * time.Minute,
		Short:  throttle.Window{Length: time.Hour, Max: 20},
		Long:   throttle.Window{Length: 24 * time.Hour, Max: 50},
		StopAt: 100,
	}
	knownBrowserRule = throttle.Rule{
		Short:  throttle.Window{Length: time.Hour, Max: 10},
		StopAt: 100,
	}
	addressRule = throttle.Rule{
		Short: throttle.Window{Length: time.Minute, Max: 30},
		Long:  throttle.Window{Length: time.Hour, Max: 300},
	}
	codeRule = throttle.Rule{
		Short:  throttle.Window{Length: 15 * time.Minute, Max: 5},
		Long:   throttle.Window{Length: 24 * time.Hour, Max: 20},
		StopAt: 50,
	}
	resetRule = throttle.Rule{
		Short: throttle.Window{Length: time.Hour, Max: 3},
		Long:  throttle.Window{Length: 24 * time.Hour, Max: 10},
	}
	resetPause       = throttle.Rule{Short: throttle.Window{Length: time.Minute, Max: 1}}
	resetAddressRule = throttle.Rule{Short: throttle.Window{Length: time.Hour, Max: 20}}
	factorResetRule  = throttle.Rule{
		Short: throttle.Window{Length: time.Hour, Max: 5},
		Long:  throttle.Window{Length: 24 * time.Hour, Max: 10},
	}
	factorResetsRule = throttle.Rule{
		Short: throttle.Window{Length: time.Hour, Max: 30},
		Long:  throttle.Window{Length: 24 * time.Hour, Max: 100},
	}
	resetSentRule = throttle.Rule{Short: throttle.Window{Length: resetSentPause, Max: 1}}
)

// resetSentPause is between two reset links that administrators send to one user.
const resetSentPause = 5 * time.Minute

// The refusals where waiting does not help any more.
var (
	ErrPasswordStopped     = fault.New(fault.TooMany, "attempt.password_stopped")
	ErrCodeStopped         = fault.New(fault.TooMany, "attempt.code_stopped")
	ErrRecoveryCodeStopped = fault.New(fault.TooMany, "attempt.recovery_code_stopped")
)

// The refusals of a reset link while another one is on its way. Params: Count,
// the minutes to wait, and Ago, those that have passed.
var (
	ErrResetJustSent = fault.New(fault.TooMany, "attempt.reset_just_sent")
	ErrResetSent     = fault.New(fault.TooMany, "attempt.reset_sent")
)

// Password says whose password is tried, and from where.
type Password struct {
	AccountID string            // empty for an address without an account
	Kind      organization.Kind // among whose accounts it was sought
	EmailKey  string            // canonical; counted where there is no account
	BrowserID string            // of a browser known to the account, or empty
	Address   string            // network address
}

func (p Password) claims() []throttle.Claim {
	if p.AccountID != "" && p.BrowserID != "" {
		return []throttle.Claim{{Key: "password:browser:" + p.AccountID + ":" + p.BrowserID, Rule: knownBrowserRule}}
	}
	key := passwordKey(p.AccountID)
	if p.AccountID == "" {
		key = "password:nobody:" + digest(p.Kind, p.EmailKey)
	}
	return []throttle.Claim{{Key: key, Rule: passwordRule}, addressClaim(p.Address)}
}

// digest stands for what strangers type: it must not pile up readable, or at any
// length. The same address is counted by itself among the accounts of each kind.
func digest(kind organization.Kind, typed string) string {
	if kind != organization.Client {
		typed = string(kind) + " " + typed
	}
	sum := sha256.Sum256([]byte(typed))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func passwordKey(accountID string) string     { return "password:account:" + accountID }
func codeKey(accountID string) string         { return "code:account:" + accountID }
func recoveryCodeKey(accountID string) string { return "recovery:account:" + accountID }

func addressClaim(address string) throttle.Claim {
	return throttle.Claim{Key: "address:" + network(address), Rule: addressRule}
}

// network is the address itself, or for IPv6 its /64: whoever has one address
// there has all of them.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.Prefix(64) // 64 bits are never too many for IPv6
	return prefix.String()
}

// Begin counts one try before the password is looked at.
// Faults: throttle.ErrWait…, ErrPasswordStopped.
func (p Password) Begin(ctx context.Context, t *throttle.Throttle) (throttle.Attempt, error) {
	begun, err := t.Begin(ctx, p.claims()...)
	return begun, stoppedAs(err, ErrPasswordStopped)
}

// CountReset counts one request for a reset link. It knows the address and not
// whether anybody has it, so that its refusal tells nothing.
// Fault: throttle.ErrWait….
func CountReset(ctx context.Context, t *throttle.Throttle, kind organization.Kind, emailKey, address string) error {
	return t.Reserve(ctx,
		throttle.Claim{Key: "reset:" + digest(kind, emailKey), Rule: resetRule},
		throttle.Claim{Key: "reset pause:" + digest(kind, emailKey), Rule: resetPause},
		throttle.Claim{Key: "reset address:" + network(address), Rule: resetAddressRule})
}

// CountAdministratorReset counts one reset link that an administrator sends to a
// user, together with those that the owner of the address asks for.
// Faults: ErrResetJustSent, ErrResetSent, throttle.ErrWait….
func CountAdministratorReset(ctx context.Context, tx *db.Tx, kind organization.Kind, emailKey, userID string) error {
	_, err := throttle.Count(ctx, tx, throttle.Claim{Key: "reset sent:" + userID, Rule: resetSentRule})
	if f, throttled := fault.Of(err); throttled {
		ago := int((resetSentPause - f.RetryAfter) / time.Minute)
		refusal := ErrResetSent
		if ago < 2 {
			refusal = ErrResetJustSent
		}
		minutes := int((f.RetryAfter + time.Minute - 1) / time.Minute)
		return refusal.With("Count", minutes).With("Ago", ago).After(f.RetryAfter)
	}
	if err == nil {
		_, err = throttle.Count(ctx, tx, throttle.Claim{Key: "reset:" + digest(kind, emailKey), Rule: resetRule})
	}
	return err
}

// CountFactorReset counts one reset of a user's second factor that an
// administrator begins, with a code or with a request to other administrators,
// each of whom gets a letter. Fault: throttle.ErrWait….
func CountFactorReset(ctx context.Context, tx *db.Tx, userID, administratorID string) error {
	_, err := throttle.Count(ctx, tx,
		throttle.Claim{Key: "second factor reset:" + userID, Rule: factorResetRule},
		throttle.Claim{Key: "second factor resets by:" + administratorID, Rule: factorResetsRule})
	return err
}

// PasswordProven ends the run of failures, also of the account's own counter
// when a known browser was counted instead.
func PasswordProven(ctx context.Context, tx *db.Tx, begun throttle.Attempt, accountID string) error {
	if err := begun.Succeed(ctx, tx); err != nil {
		return err
	}
	return throttle.EndFailures(ctx, tx, passwordKey(accountID))
}

// PasswordReplaced forgets the failures of the old password: the new one starts
// with none.
func PasswordReplaced(ctx context.Context, tx *db.Tx, accountID string) error {
	return throttle.Reset(ctx, tx, passwordKey(accountID))
}

// SecondFactorReplaced is PasswordReplaced for the codes of a second factor and
// the recovery codes beside it.
func SecondFactorReplaced(ctx context.Context, tx *db.Tx, accountID string) error {
	if err := throttle.Reset(ctx, tx, codeKey(accountID)); err != nil {
		return err
	}
	return RecoveryCodesReplaced(ctx, tx, accountID)
}

// RecoveryCodesReplaced is PasswordReplaced for a new set of recovery codes.
func RecoveryCodesReplaced(ctx context.Context, tx *db.Tx, accountID string) error {
	return throttle.Reset(ctx, tx, recoveryCodeKey(accountID))
}

// CountCode counts one code of the second factor, in a transaction that commits
// before the code is looked at. Faults: throttle.ErrWait…, ErrCodeStopped.
func CountCode(ctx context.Context, tx *db.Tx, accountID, address string) (throttle.Attempt, error) {
	begun, err := throttle.Count(ctx, tx, throttle.Claim{Key: codeKey(accountID), Rule: codeRule}, addressClaim(address))
	return begun, stoppedAs(err, ErrCodeStopped)
}

// CountRecoveryCode is CountCode for recovery codes, which stay usable when the
// codes of the second factor are stopped.
// Faults: throttle.ErrWait…, ErrRecoveryCodeStopped.
func CountRecoveryCode(ctx context.Context, tx *db.Tx, accountID, address string) (throttle.Attempt, error) {
	begun, err := throttle.Count(ctx, tx, throttle.Claim{Key: recoveryCodeKey(accountID), Rule: codeRule}, addressClaim(address))
	return begun, stoppedAs(err, ErrRecoveryCodeStopped)
}

// stoppedAs says in the words of the secret what is stopped.
func stoppedAs(err error, stopped *fault.Fault) error {
	if f, ok := fault.Of(err); ok && f.Code == throttle.ErrStopped.Code {
		return stopped
	}
	return err
}
