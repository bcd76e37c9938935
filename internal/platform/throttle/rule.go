package throttle

import (
	"encoding/binary"
	"slices"
	"time"

	"idkit/internal/platform/fault"
)

// The refusals. Each wait carries RetryAfter and, for its sentence, Count: the
// wait in that unit, rounded up.
var (
	ErrWaitSeconds = fault.New(fault.TooMany, "throttle.wait_seconds")
	ErrWaitMinutes = fault.New(fault.TooMany, "throttle.wait")
	ErrWaitHours   = fault.New(fault.TooMany, "throttle.wait_hours")
	// ErrStopped says that waiting does not help: the key had StopAt failures in
	// a row and stays closed until Reset.
	ErrStopped = fault.New(fault.TooMany, "throttle.stopped")
)

// Rule says how many tries of one key pass. What is zero does not apply.
type Rule struct {
	Free      int           // failures in a row before the first wait
	FirstWait time.Duration // after the last free failure; doubles with each further one
	MaxWait   time.Duration
	Short     Window
	Long      Window
	StopAt    int // failures in a row after which nothing passes any more
}

// Window is at most Max tries in any stretch of time of this length.
type Window struct {
	Length time.Duration
	Max    int
}

// counter is the state of one key.
type counter struct {
	failures int64
	recent   []time.Time // tries that count, the oldest first
	last     time.Time
}

// refusal says why a try at this instant does not pass: whether the key is
// stopped, or else how long to wait. Neither means that it passes.
func (r Rule) refusal(c counter, now time.Time) (stopped bool, wait time.Duration) {
	if r.StopAt > 0 && c.failures >= int64(r.StopAt) {
		return true, 0
	}
	// A try that waited for the row may be older than the last one, which is no reason to refuse it.
	if pause := r.waitAfter(c.failures); pause > 0 {
		wait = c.last.Add(pause).Sub(now)
	}
	for _, window := range []Window{r.Short, r.Long} {
		wait = max(wait, window.wait(c.recent, now))
	}
	return false, max(wait, 0)
}

func (r Rule) waitAfter(failures int64) time.Duration {
	if r.FirstWait == 0 || failures == 0 || failures < int64(r.Free) {
		return 0
	}
	wait := r.FirstWait
	for n := int64(r.Free); n < failures && wait < r.MaxWait; n++ {
		wait *= 2
	}
	return min(wait, r.MaxWait)
}

// wait is until so many tries have left the window that another one fits.
func (w Window) wait(recent []time.Time, now time.Time) time.Duration {
	if w.Max == 0 || len(recent) < w.Max {
		return 0
	}
	return recent[len(recent)-w.Max].Add(w.Length).Sub(now)
}

// counted is the state after a try at this instant that is taken for a failure.
func (r Rule) counted(c counter, now time.Time) counter {
	longest := max(r.Short.Length, r.Long.Length)
	var kept []time.Time
	for _, at := range c.recent {
		if at.Add(longest).After(now) {
			kept = append(kept, at)
		}
	}
	if longest > 0 {
		// Whoever waited for the row may carry an earlier instant than the last one.
		kept = append(kept, now)
		slices.SortFunc(kept, time.Time.Compare)
	}
	if now.Before(c.last) {
		now = c.last
	}
	if r.FirstWait > 0 || r.StopAt > 0 {
		c.failures++
	}
	return counter{failures: c.failures, recent: kept, last: now}
}

// waitFault puts a wait into the largest unit that keeps it from being vague.
func waitFault(wait time.Duration) error {
	sentence, unit := ErrWaitSeconds, time.Second
	switch {
	case wait > 90*time.Minute:
		sentence, unit = ErrWaitHours, time.Hour
	case wait > time.Minute:
		sentence, unit = ErrWaitMinutes, time.Minute
	}
	return sentence.With("Count", int((wait+unit-1)/unit)).After(wait)
}

// instantBytes is the size of one instant in the column: microseconds, big-endian.
const instantBytes = 8

func encode(instants []time.Time) []byte {
	b := make([]byte, 0, len(instants)*instantBytes)
	for _, at := range instants {
		b = binary.BigEndian.AppendUint64(b, uint64(at.UnixMicro()))
	}
	return b
}

func decode(b []byte) []time.Time {
	instants := make([]time.Time, 0, len(b)/instantBytes)
	for ; len(b) >= instantBytes; b = b[instantBytes:] {
		instants = append(instants, time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC())
	}
	return instants
}
