package domaintest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// Day is used where the hour does not matter.
const Day = 24 * time.Hour

// MustNot ends a test in which something fails that must work.
func MustNot(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Refused checks a refusal by its code, or by the code of one of its fields.
func Refused(t testing.TB, err error, want *fault.Fault) {
	t.Helper()
	if !RefusedAs(err, want) {
		t.Errorf("refused with %v, want %s", err, want.Code)
	}
}

// RefusedAs reports whether it is that refusal.
func RefusedAs(err error, want *fault.Fault) bool {
	if errors.Is(err, want) {
		return true
	}
	f, _ := fault.Of(err)
	if f == nil {
		return false
	}
	for _, field := range f.Fields {
		if field.Code == want.Code {
			return true
		}
	}
	return false
}

// FieldsOf are the fields that a form got wrong, with their codes.
func FieldsOf(t testing.TB, err error) map[string]string {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("no refusal of fields but %v", err)
	}
	codes := map[string]string{}
	for _, field := range f.Fields {
		codes[field.Name] = field.Code
	}
	return codes
}

// Throttled checks that the refusal says how long to wait.
func Throttled(t testing.TB, err error, wait time.Duration) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.TooMany || f.RetryAfter != wait || errors.Is(err, throttle.ErrStopped) {
		t.Errorf("answered with %+v, want a wait of %v", err, wait)
	}
}

// EachRound runs a race that needs an installation of its own each time, as a test
// of its own, so that what a round opens is closed with it. To make one takes most
// of the time: it runs no more than 50.
func EachRound(t *testing.T, round func(t *testing.T)) {
	t.Helper()
	for range min(dbtest.RaceRounds(), 50) {
		t.Run("", round)
	}
}

// Together runs the acts at the same moment and returns what they answered.
func Together(acts ...func() error) []error {
	answers := make([]error, len(acts))
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i, act := range acts {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			answers[i] = act()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return answers
}

// Succeeded counts the acts that were not refused.
func Succeeded(answers []error) (n int) {
	for _, err := range answers {
		if err == nil {
			n++
		}
	}
	return n
}

// Describe shows what acts answered.
func Describe(answers []error) string { return fmt.Sprint(answers) }
