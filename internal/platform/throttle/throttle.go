package throttle

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"idkit/internal/platform/db"
)

// How long counters are kept without a try. A counter without failures says
// nothing once the longest window is over. Failures in a row are forgotten
// after a month, so that made-up names do not fill the table for ever: a
// guesser who waits that long gets fewer tries than the limits per day allow.
const (
	keepIdle     = 24 * time.Hour
	keepFailures = 30 * 24 * time.Hour
)

// Throttle counts tries in the database. It is safe for concurrent use.
type Throttle struct{ db *db.DB }

// New keeps its counters in that database.
func New(d *db.DB) *Throttle { return &Throttle{db: d} }

// Claim is one try to count: the key it counts for, and the rule of that key.
type Claim struct {
	Key  string
	Rule Rule
}

// Attempt is a try that passed and is counted as failed until Succeed.
type Attempt struct {
	keys []string
	at   time.Time
}

// Begin counts one try for all claims and commits, or refuses it and counts
// nothing. Carry the try out only afterwards. Tries of one key that come at the
// same moment are counted one after the other.
//
// Faults: ErrStopped, ErrWaitSeconds, ErrWaitMinutes, ErrWaitHours.
func (t *Throttle) Begin(ctx context.Context, claims ...Claim) (Attempt, error) {
	err := t.db.Read(ctx, func(tx *db.Tx) error { return wouldRefuse(ctx, tx, claims) })
	if err != nil {
		return Attempt{}, err
	}
	var attempt Attempt
	err = t.db.Write(ctx, func(tx *db.Tx) (err error) {
		attempt, err = Count(ctx, tx, claims...)
		return err
	})
	return attempt, err
}

// Reserve is Begin for what counts however it ends, such as letters sent.
func (t *Throttle) Reserve(ctx context.Context, claims ...Claim) error {
	_, err := t.Begin(ctx, claims...)
	return err
}

// wouldRefuse spares the write where the answer is known: a flood of refused
// tries then costs reads only.
func wouldRefuse(ctx context.Context, tx *db.Tx, claims []Claim) error {
	var counters []counter
	for _, claim := range claims {
		c, err := scan(tx.QueryRow(ctx, `SELECT failures, recent, touched_at FROM throttles WHERE key = $1`, claim.Key))
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return err
		}
		counters = append(counters, c)
	}
	return judge(claims, counters, tx.Now)
}

// Count is Begin inside a transaction of the caller, who commits it before
// carrying the try out, and rolls it back on a refusal.
func Count(ctx context.Context, tx *db.Tx, claims ...Claim) (Attempt, error) {
	claims = slices.SortedFunc(slices.Values(claims), func(a, b Claim) int { return strings.Compare(a.Key, b.Key) })
	attempt := Attempt{at: tx.Now}
	var counters []counter
	for _, claim := range claims {
		c, err := take(ctx, tx, claim.Key)
		if err != nil {
			return Attempt{}, err
		}
		counters = append(counters, c)
		attempt.keys = append(attempt.keys, claim.Key)
	}
	if err := judge(claims, counters, tx.Now); err != nil {
		return Attempt{}, err
	}
	for i, claim := range claims {
		c := claim.Rule.counted(counters[i], tx.Now)
		_, err := tx.Exec(ctx, `UPDATE throttles SET failures = $2, recent = $3, touched_at = $4 WHERE key = $1`,
			claim.Key, c.failures, encode(c.recent), c.last)
		if err != nil {
			return Attempt{}, err
		}
	}
	return attempt, nil
}

// take reads a counter and holds its row, made if need be, until the
// transaction ends: others who want it wait and then see what was counted.
func take(ctx context.Context, tx *db.Tx, key string) (counter, error) {
	return scan(tx.QueryRow(ctx, `
		INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 0, $2, $3)
		ON CONFLICT (key) DO UPDATE SET failures = throttles.failures
		RETURNING failures, recent, touched_at`, key, []byte{}, tx.Now))
}

func scan(row db.Row) (counter, error) {
	var c counter
	var recent []byte
	err := row.Scan(&c.failures, &recent, &c.last)
	c.recent = decode(recent)
	return c, err
}

// judge refuses with the longest of the waits.
func judge(claims []Claim, counters []counter, now time.Time) error {
	var longest time.Duration
	for i, claim := range claims {
		stopped, wait := claim.Rule.refusal(counters[i], now)
		if stopped {
			return ErrStopped
		}
		longest = max(longest, wait)
	}
	if longest > 0 {
		return waitFault(longest)
	}
	return nil
}

// Succeed ends the run of failures of the keys and gives the try back: limits
// bound wrong guesses, and whoever knows the secret made none. Call it in the
// transaction of what the try was for.
func (a Attempt) Succeed(ctx context.Context, tx *db.Tx) error {
	return a.giveBack(ctx, tx, `UPDATE throttles SET failures = 0 WHERE key = $1 RETURNING recent`)
}

// Withdraw gives the try back without a word on its outcome, because it was not
// carried out after all.
func (a Attempt) Withdraw(ctx context.Context, tx *db.Tx) error {
	return a.giveBack(ctx, tx, `UPDATE throttles SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END WHERE key = $1 RETURNING recent`)
}

// Withdraw gives a try back in a transaction of its own, see Attempt.Withdraw.
func (t *Throttle) Withdraw(ctx context.Context, a Attempt) error {
	return t.db.Write(ctx, func(tx *db.Tx) error { return a.Withdraw(ctx, tx) })
}

// giveBack runs the update, which also takes the row, and drops the one instant.
func (a Attempt) giveBack(ctx context.Context, tx *db.Tx, update string) error {
	for _, key := range a.keys {
		var recent []byte
		err := tx.QueryRow(ctx, update, key).Scan(&recent)
		if errors.Is(err, db.ErrNoRow) {
			continue // pruned, or reset, in between
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE throttles SET recent = $2 WHERE key = $1`, key, encode(a.without(decode(recent)))); err != nil {
			return err
		}
	}
	return nil
}

// without drops the one instant of this attempt.
func (a Attempt) without(instants []time.Time) []time.Time {
	if i := slices.IndexFunc(instants, a.at.Equal); i >= 0 {
		return slices.Delete(instants, i, i+1)
	}
	return instants
}

// EndFailures ends the run of failures of a key and keeps its recent tries: for
// a success that was counted under another key of the same secret.
func EndFailures(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `UPDATE throttles SET failures = 0 WHERE key = $1`, key)
	return err
}

// Reset forgets a key: for a secret that was replaced by a new one.
func Reset(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM throttles WHERE key = $1`, key)
	return err
}

// Prune forgets counters that no longer say anything.
func Prune(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM throttles WHERE touched_at < $1 OR (failures = 0 AND touched_at < $2)`,
		tx.Now.Add(-keepFailures), tx.Now.Add(-keepIdle))
	return err
}
