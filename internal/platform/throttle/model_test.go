package throttle_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/throttle"
)

// model is what a key has been through, in the plainest way to say the rule.
type model struct {
	tries    []time.Time // that passed and were not given back
	failures int         // since the last success
	last     time.Time
}

func (m *model) passes(r throttle.Rule, now time.Time) bool {
	if r.StopAt > 0 && m.failures >= r.StopAt {
		return false
	}
	if m.failures >= r.Free && m.failures > 0 && r.FirstWait > 0 {
		wait := r.FirstWait
		for range m.failures - r.Free {
			wait = min(2*wait, r.MaxWait)
		}
		if now.Before(m.last.Add(min(wait, r.MaxWait))) {
			return false
		}
	}
	for _, w := range []throttle.Window{r.Short, r.Long} {
		within := 0
		for _, at := range m.tries {
			if at.After(now.Add(-w.Length)) {
				within++
			}
		}
		if w.Max > 0 && within >= w.Max {
			return false
		}
	}
	return true
}

func (m *model) giveBack(at time.Time) {
	for i, other := range m.tries {
		if other.Equal(at) {
			m.tries = append(m.tries[:i], m.tries[i+1:]...)
			return
		}
	}
}

type begun struct {
	throttle.Attempt
	at   time.Time
	keys []int
}

// TestAgainstModel draws a history of tries of two keys, of successes and of
// withdrawals, and compares what passes with the model.
func TestAgainstModel(t *testing.T) {
	c := newClock()
	d := dbtest.NewAt(t, c.Now)
	th := throttle.New(d)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		rules := []throttle.Rule{
			{
				Free: rapid.IntRange(0, 3).Draw(rt, "free"), FirstWait: time.Second, MaxWait: 10 * time.Second, StopAt: 8,
				Short: throttle.Window{Length: time.Minute, Max: rapid.IntRange(1, 5).Draw(rt, "short")},
				Long:  throttle.Window{Length: 5 * time.Minute, Max: rapid.IntRange(2, 9).Draw(rt, "long")},
			},
			{Short: throttle.Window{Length: 30 * time.Second, Max: 4}, StopAt: 20},
		}
		models := make([]model, len(rules))
		var open []begun
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			c.Advance(time.Duration(rapid.IntRange(0, 90_000).Draw(rt, "milliseconds")) * time.Millisecond)
			switch rapid.SampledFrom([]string{"try", "try", "try both", "succeed", "withdraw"}).Draw(rt, "step") {
			case "try":
				open = try(rt, th, c.Now(), run, rules, models, open, rapid.IntRange(0, 1).Draw(rt, "key"))
			case "try both":
				open = try(rt, th, c.Now(), run, rules, models, open, 1, 0)
			case "succeed":
				open = settle(rt, d, models, open, true)
			case "withdraw":
				open = settle(rt, d, models, open, false)
			}
		}
	})
}

func try(rt *rapid.T, th *throttle.Throttle, now time.Time, run int, rules []throttle.Rule, models []model, open []begun, keys ...int) []begun {
	want := true
	var claims []throttle.Claim
	for _, k := range keys {
		want = want && models[k].passes(rules[k], now)
		claims = append(claims, throttle.Claim{Key: fmt.Sprint(run, " ", k), Rule: rules[k]})
	}
	attempt, err := th.Begin(rt.Context(), claims...)
	if (err == nil) != want {
		rt.Fatalf("Begin = %v, the model says %v: %+v", err, want, models)
	}
	if err != nil {
		return open
	}
	for _, k := range keys {
		models[k].tries = append(models[k].tries, now)
		models[k].failures++
		models[k].last = now
	}
	return append(open, begun{attempt, now, keys})
}

func settle(rt *rapid.T, d *db.DB, models []model, open []begun, success bool) []begun {
	if len(open) == 0 {
		return open
	}
	i := rapid.IntRange(0, len(open)-1).Draw(rt, "which")
	err := d.Write(rt.Context(), func(tx *db.Tx) error {
		if success {
			return open[i].Succeed(rt.Context(), tx)
		}
		return open[i].Withdraw(rt.Context(), tx)
	})
	if err != nil {
		rt.Fatal(err)
	}
	for _, k := range open[i].keys {
		models[k].giveBack(open[i].at)
		if success {
			models[k].failures = 0
		} else {
			models[k].failures = max(models[k].failures-1, 0)
		}
	}
	return append(open[:i:i], open[i+1:]...)
}
