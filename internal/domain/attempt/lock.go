package attempt

import (
	"context"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/throttle"
)

// Secret is what somebody proves who they are with.
type Secret string

// The secrets that lock after too many wrong tries.
const (
	OfPassword     Secret = "password"
	OfCode         Secret = "code"
	OfRecoveryCode Secret = "recovery_code"
)

// lockShown is from how long on a wait is a lock, to its last second: the pauses
// of some seconds between wrong passwords are none.
const lockShown = time.Minute

// Lock is a secret of an account that too many wrong tries have locked. A browser
// that is known to the account has tries of its own, and is not locked with it.
type Lock struct {
	Of    Secret
	Until time.Time // zero: until somebody unlocks it
	// After is when the next try passes if it is unlocked now; zero: at once.
	After time.Time
}

// Lifts reports whether unlocking lets the next try through any sooner.
func (l Lock) Lifts() bool { return l.Until.IsZero() || l.After.Before(l.Until) }

// secrets are what locks, in the order of their keys, in which counters are taken.
var secrets = []struct {
	of   Secret
	key  func(accountID string) string
	rule throttle.Rule
}{
	{OfCode, codeKey, codeRule},
	{OfPassword, passwordKey, passwordRule},
	{OfRecoveryCode, recoveryCodeKey, codeRule},
}

// LocksOf returns what is locked, by account, for all of them in one query.
func LocksOf(ctx context.Context, tx *db.Tx, accountIDs ...string) (map[string][]Lock, error) {
	var claims []throttle.Claim
	for _, accountID := range accountIDs {
		for _, s := range secrets {
			claims = append(claims, throttle.Claim{Key: s.key(accountID), Rule: s.rule})
		}
	}
	states, err := throttle.States(ctx, tx, claims...)
	if err != nil {
		return nil, err
	}
	locks := map[string][]Lock{}
	for i, state := range states {
		if state.Stopped || state.Length >= lockShown {
			accountID := accountIDs[i/len(secrets)]
			locks[accountID] = append(locks[accountID], Lock{Of: secrets[i%len(secrets)].of, Until: state.Until, After: state.Lasting})
		}
	}
	return locks, nil
}

// Unlock ends the failures in a row, and with them the stop and the waits. The
// limits per hour and per day stay: however often somebody unlocks an account,
// nobody gets more tries at it than promise P12 allows.
func Unlock(ctx context.Context, tx *db.Tx, accountID string) error {
	for _, s := range secrets {
		if err := throttle.EndFailures(ctx, tx, s.key(accountID)); err != nil {
			return err
		}
	}
	return nil
}

// Forget removes the counters of an account that is no more.
func Forget(ctx context.Context, tx *db.Tx, accountID string) error {
	for _, s := range secrets {
		if err := throttle.Reset(ctx, tx, s.key(accountID)); err != nil {
			return err
		}
	}
	return nil
}
