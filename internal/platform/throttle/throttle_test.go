package throttle_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

func newClock() *dbtest.Clock { return dbtest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) }

var passwordRule = throttle.Rule{
	Free: 4, FirstWait: time.Second, MaxWait: 15 * time.Minute,
	Short:  throttle.Window{Length: time.Hour, Max: 20},
	Long:   throttle.Window{Length: 24 * time.Hour, Max: 50},
	StopAt: 100,
}

func begin(t *testing.T, th *throttle.Throttle, rule throttle.Rule, key string) (throttle.Attempt, error) {
	t.Helper()
	return th.Begin(t.Context(), throttle.Claim{Key: key, Rule: rule})
}

// wait is how long the refusal says, or a failure of the test.
func wait(t *testing.T, err error) time.Duration {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.TooMany {
		t.Fatalf("got %v, want a wait", err)
	}
	return f.RetryAfter
}

func write(t *testing.T, d *db.DB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func TestWaitsDouble(t *testing.T) {
	c := newClock()
	th := throttle.New(dbtest.NewAt(t, c.Now))
	rule := throttle.Rule{Free: 4, FirstWait: time.Second, MaxWait: 15 * time.Minute}
	for n := range 4 {
		if _, err := begin(t, th, rule, "k"); err != nil {
			t.Fatalf("free try %d: %v", n+1, err)
		}
	}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		want *= time.Second
		_, err := begin(t, th, rule, "k")
		if got := wait(t, err); got != want {
			t.Fatalf("wait %v, want %v", got, want)
		}
		c.Advance(want - time.Microsecond)
		if _, err := begin(t, th, rule, "k"); err == nil {
			t.Fatalf("a try passes before %v are over", want)
		}
		c.Advance(time.Microsecond)
		if _, err := begin(t, th, rule, "k"); err != nil {
			t.Fatalf("after %v: %v", want, err)
		}
	}
}

// TestEagerGuesser tries as soon as each refusal lets them, for three days, and
// is let through at most 20 times in any hour and 50 times in any day.
func TestEagerGuesser(t *testing.T) {
	c := newClock()
	th := throttle.New(dbtest.NewAt(t, c.Now))
	var passed []time.Time
	for end := c.Now().Add(72 * time.Hour); c.Now().Before(end); {
		if _, err := begin(t, th, passwordRule, "k"); err != nil {
			if errors.Is(err, throttle.ErrStopped) {
				break
			}
			c.Advance(wait(t, err))
			continue
		}
		passed = append(passed, c.Now())
	}
	for i := range passed {
		for _, limit := range []throttle.Window{passwordRule.Short, passwordRule.Long} {
			n := 0
			for _, at := range passed[i:] {
				if at.Before(passed[i].Add(limit.Length)) {
					n++
				}
			}
			if n > limit.Max {
				t.Errorf("%d tries within %v from %v", n, limit.Length, passed[i])
			}
		}
	}
	if len(passed) != 100 {
		t.Errorf("%d tries passed in all, want the 100 before the stop", len(passed))
	}
}

func TestStopHoldsUntilReset(t *testing.T) {
	c := newClock()
	d := dbtest.NewAt(t, c.Now)
	th, rule := throttle.New(d), throttle.Rule{StopAt: 3}
	for range 3 {
		if _, err := begin(t, th, rule, "k"); err != nil {
			t.Fatal(err)
		}
	}
	c.Advance(20 * 24 * time.Hour)
	if _, err := begin(t, th, rule, "k"); !errors.Is(err, throttle.ErrStopped) {
		t.Fatalf("after the last failure: %v, want ErrStopped", err)
	}
	write(t, d, func(ctx context.Context, tx *db.Tx) error { return throttle.Reset(ctx, tx, "k") })
	if _, err := begin(t, th, rule, "k"); err != nil {
		t.Errorf("after Reset: %v", err)
	}
}

func TestSuccessClearsItsOwnKeysOnly(t *testing.T) {
	c := newClock()
	d := dbtest.NewAt(t, c.Now)
	th, rule := throttle.New(d), throttle.Rule{StopAt: 2}
	mine, err := begin(t, th, rule, "password")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := begin(t, th, rule, "code"); err != nil {
			t.Fatal(err)
		}
	}
	write(t, d, mine.Succeed)
	if _, err := begin(t, th, rule, "code"); !errors.Is(err, throttle.ErrStopped) {
		t.Errorf("the other key: %v, want ErrStopped", err)
	}
	for range 2 {
		if _, err := begin(t, th, rule, "password"); err != nil {
			t.Errorf("after the success: %v", err)
		}
	}
}

func TestSuccessGivesItsOwnTryBack(t *testing.T) {
	c := newClock()
	d := dbtest.NewAt(t, c.Now)
	th, rule := throttle.New(d), throttle.Rule{Short: throttle.Window{Length: time.Hour, Max: 3}}
	for n := range 20 {
		attempt, err := begin(t, th, rule, "k")
		if err != nil {
			t.Fatalf("success %d: %v", n+1, err)
		}
		write(t, d, attempt.Succeed)
		c.Advance(time.Second)
	}
	for range 3 {
		if _, err := begin(t, th, rule, "k"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := begin(t, th, rule, "k"); wait(t, err) != time.Hour {
		t.Errorf("the fourth failure: %v", err)
	}
}

// TestAllOrNothing: a try that one key refuses counts for none of them.
func TestAllOrNothing(t *testing.T) {
	c := newClock()
	th := throttle.New(dbtest.NewAt(t, c.Now))
	one := throttle.Rule{Short: throttle.Window{Length: time.Hour, Max: 1}}
	two := throttle.Rule{Short: throttle.Window{Length: time.Hour, Max: 2}}
	if _, err := begin(t, th, one, "full"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := th.Reserve(t.Context(), throttle.Claim{Key: "open", Rule: two}, throttle.Claim{Key: "full", Rule: one}); err == nil {
			t.Fatal("a full key lets a try through")
		}
	}
	for range 2 {
		if _, err := begin(t, th, two, "open"); err != nil {
			t.Errorf("the other key has counted refused tries: %v", err)
		}
	}
}

func TestSentences(t *testing.T) {
	c := newClock()
	th := throttle.New(dbtest.NewAt(t, c.Now))
	for window, want := range map[time.Duration]struct {
		refusal *fault.Fault
		count   int
	}{
		time.Second:      {throttle.ErrWaitSeconds, 1},
		time.Minute:      {throttle.ErrWaitSeconds, 60},
		61 * time.Second: {throttle.ErrWaitMinutes, 2},
		5 * time.Minute:  {throttle.ErrWaitMinutes, 5},
		90 * time.Minute: {throttle.ErrWaitMinutes, 90},
		91 * time.Minute: {throttle.ErrWaitHours, 2},
		24 * time.Hour:   {throttle.ErrWaitHours, 24},
	} {
		rule := throttle.Rule{Short: throttle.Window{Length: window, Max: 1}}
		if _, err := begin(t, th, rule, window.String()); err != nil {
			t.Fatal(err)
		}
		_, err := begin(t, th, rule, window.String())
		f, _ := fault.Of(err)
		if !errors.Is(err, want.refusal) || f.Params["Count"] != want.count || f.RetryAfter != window {
			t.Errorf("%v: %v %v after %v, want %v %v", window, err, f.Params, f.RetryAfter, want.refusal, want.count)
		}
	}
}

func TestCountersSurviveARestart(t *testing.T) {
	c := newClock()
	address := dbtest.URL(t)
	rule := throttle.Rule{Short: throttle.Window{Length: time.Hour, Max: 1}}
	first := dbtest.Open(t, address, c.Now)
	if _, err := begin(t, throttle.New(first), rule, "k"); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(t, throttle.New(dbtest.Open(t, address, c.Now)), rule, "k"); err == nil {
		t.Error("a restart forgets the counters")
	}
}

func TestPruneKeepsWhatStillCounts(t *testing.T) {
	c := newClock()
	d := dbtest.NewAt(t, c.Now)
	th := throttle.New(d)
	day := throttle.Rule{Short: throttle.Window{Length: 24 * time.Hour, Max: 1}}
	stop := throttle.Rule{StopAt: 1}
	for key, rule := range map[string]throttle.Rule{"day": day, "stop": stop} {
		if _, err := begin(t, th, rule, key); err != nil {
			t.Fatal(err)
		}
	}
	rows := func() (n int) {
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			if err := throttle.Prune(ctx, tx); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT count(*) FROM throttles`).Scan(&n)
		})
		return n
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{24 * time.Hour, 2}, {time.Second, 1}, {29*24*time.Hour - time.Second, 1}, {time.Second, 0}} {
		c.Advance(step.after)
		if got := rows(); got != step.want {
			t.Errorf("%d counters are left after another %v, want %d", got, step.after, step.want)
		}
	}
}

// TestParallelTries starts many tries at once: they are counted before any of
// them is carried out, so no more pass than one after the other would.
func TestParallelTries(t *testing.T) {
	th := throttle.New(dbtest.New(t))
	for name, rule := range map[string]throttle.Rule{
		"waits":  {Free: 4, FirstWait: time.Minute, MaxWait: time.Hour},
		"window": {Short: throttle.Window{Length: time.Hour, Max: 4}},
		"stop":   {StopAt: 4},
	} {
		for round := range 3 {
			var passed atomic.Int32
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					err := th.Reserve(context.Background(),
						throttle.Claim{Key: fmt.Sprint(name, round), Rule: rule},
						throttle.Claim{Key: fmt.Sprint("shared", name, round), Rule: throttle.Rule{Short: throttle.Window{Length: time.Hour, Max: 1000}}})
					switch {
					case err == nil:
						passed.Add(1)
					case !fault.IsKind(err, fault.TooMany):
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if passed.Load() != 4 {
				t.Errorf("%s: %d of 64 parallel tries pass, want 4", name, passed.Load())
			}
		}
	}
}
