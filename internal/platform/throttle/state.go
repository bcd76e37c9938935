package throttle

import (
	"context"
	"fmt"
	"strings"
	"time"

	"idkit/internal/platform/db"
)

// State is what the rule of a key says about a try at this moment.
type State struct {
	Stopped bool      // until Reset or EndFailures
	Until   time.Time // when the next try passes; zero if it passes now, or if waiting does not help
	// Lasting is Until as it would be without the failures in a row: what the
	// limits in time alone say.
	Lasting time.Time
	// Length is how long the longest wait that holds now is in all, from its first
	// moment: for a limit in time, its window.
	Length time.Duration
}

// States looks at many keys at once and counts nothing. The answers stand in
// the order of the claims.
func States(ctx context.Context, tx *db.Tx, claims ...Claim) ([]State, error) {
	states := make([]State, len(claims))
	if len(claims) == 0 {
		return states, nil
	}
	places, keys := make([]string, len(claims)), make([]any, len(claims))
	for i, claim := range claims {
		places[i], keys[i] = fmt.Sprintf("$%d", i+1), claim.Key
	}
	type counted struct {
		key string
		counter
	}
	all, err := db.Collect(ctx, tx, func(row db.Row) (c counted, err error) {
		var recent []byte
		err = row.Scan(&c.key, &c.failures, &recent, &c.last)
		c.recent = decode(recent)
		return c, err
	}, `SELECT key, failures, recent, touched_at FROM throttles WHERE key IN (`+strings.Join(places, ", ")+`)`, keys...)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		for i, claim := range claims {
			if claim.Key == c.key {
				states[i] = claim.Rule.state(c.counter, tx.Now)
			}
		}
	}
	return states, nil
}

func (r Rule) state(c counter, now time.Time) (s State) {
	after := func(wait time.Duration) time.Time {
		if wait == 0 {
			return time.Time{}
		}
		return now.Add(wait)
	}
	var wait time.Duration
	s.Stopped, wait = r.refusal(c, now)
	s.Until, s.Length = after(wait), r.length(c, now)
	c.failures = 0
	_, wait = r.refusal(c, now)
	s.Lasting = after(wait)
	return s
}

func (r Rule) length(c counter, now time.Time) (longest time.Duration) {
	if pause := r.waitAfter(c.failures); c.last.Add(pause).After(now) {
		longest = pause
	}
	for _, window := range []Window{r.Short, r.Long} {
		if window.wait(c.recent, now) > 0 {
			longest = max(longest, window.Length)
		}
	}
	return longest
}
