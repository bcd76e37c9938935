package signin_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// TestThrottle follows the numbers: four free tries, then waits, all counted
// for the account wherever they come from and however its address is typed.
func TestThrottle(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	for n := range 4 {
		_, err := p.SignIn.LogIn(t.Context(), signin.LogIn{
			Email: []string{who.Email, who.Email + " ", "\t" + who.Email, who.Account + "@NORTHWIND.example"}[n], Password: domaintest.Wrong, Browser: browserAt(fmt.Sprintf("198.51.100.%d", n), ""),
		})
		wants(t, "a free try", err, signin.ErrIncorrect)
	}
	_, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	if f, _ := fault.Of(err); f == nil || f.Kind != fault.TooMany || f.RetryAfter != time.Second {
		t.Fatalf("the fifth try: %v", err)
	}
	if got := p.Events(t, "user.log_in_failed"); got != 4 {
		t.Errorf("%d passwords were looked at", got)
	}
	p.Clock.Advance(time.Second)
	outcome, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	p.in(t, outcome, err)
	for range 4 {
		_, err := p.tryPassword(who, domaintest.Wrong, "192.0.2.1")
		wants(t, "after the success", err, signin.ErrIncorrect)
	}
}

func TestThrottleOfANetworkAddress(t *testing.T) {
	p := newPlace(t)
	try := func(n int, address string) error {
		_, err := p.tryPassword(&owner{Holder: &domaintest.Holder{Email: fmt.Sprintf("n%d@northwind.example", n)}}, domaintest.Wrong, address)
		return err
	}
	for n := range 30 {
		wants(t, "within the limit", try(n, fmt.Sprintf("2001:db8::%x", n)), signin.ErrIncorrect)
	}
	if err := try(30, "2001:db8::ffff:1"); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("the same /64: %v", err)
	}
	wants(t, "another /64", try(30, "2001:db8:0:1::1"), signin.ErrIncorrect)
}

// TestOwnerIsNotLockedOut: strangers use up every try of the account, and the
// owner's own browser still gets in, with a bucket of its own.
func TestOwnerIsNotLockedOut(t *testing.T) {
	p := newPlace(t)
	owner := p.person(t)
	outcome, err := p.tryPassword(owner, domaintest.Password, "192.0.2.1")
	p.in(t, outcome, err)
	owner.known = outcome.KnownBrowser
	stranger := *owner
	stranger.known = "stranger"
	for n := range 100 {
		if _, err := p.tryPassword(&stranger, domaintest.Wrong, fmt.Sprintf("198.51.100.%d", n)); errors.Is(err, signin.ErrIncorrect) {
			p.Clock.Advance(time.Second)
		}
	}
	if _, err := p.tryPassword(&stranger, domaintest.Password, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Fatalf("a browser that nobody knows: %v", err)
	}
	for range 20 {
		outcome, err := p.tryPassword(owner, domaintest.Password, "192.0.2.1")
		p.in(t, outcome, err)
		owner.known = outcome.KnownBrowser
	}
	for range 10 {
		_, err := p.tryPassword(owner, domaintest.Wrong, "192.0.2.1")
		wants(t, "a wrong password in the known browser", err, signin.ErrIncorrect)
	}
	if _, err := p.tryPassword(owner, domaintest.Password, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("an eleventh within the hour: %v", err)
	}
}

func TestAnotherAccountsBrowserIsNotKnown(t *testing.T) {
	p := newPlace(t)
	mine, yours := p.person(t), p.person(t)
	outcome, err := p.tryPassword(mine, domaintest.Password, "192.0.2.1")
	p.in(t, outcome, err)
	yours.known = outcome.KnownBrowser
	for range 4 {
		_, err := p.tryPassword(yours, domaintest.Wrong, "192.0.2.1")
		wants(t, "a free try", err, signin.ErrIncorrect)
	}
	if _, err := p.tryPassword(yours, domaintest.Wrong, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("my browser is a way around your waits: %v", err)
	}
}

// TestStop: after a hundred failures in a row only a new password helps.
func TestStop(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Exec(t, `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 99, $2, $3)`, "password:account:"+who.Account, []byte{}, p.Clock.Now())
	p.Clock.Advance(15 * time.Minute)
	_, err := p.tryPassword(who, domaintest.Wrong, "192.0.2.1")
	wants(t, "the hundredth", err, signin.ErrIncorrect)
	p.Clock.Advance(48 * time.Hour)
	_, err = p.tryPassword(who, domaintest.Password, "192.0.2.1")
	wants(t, "afterwards", err, attempt.ErrPasswordStopped)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return attempt.PasswordReplaced(ctx, tx, who.Account) })
	outcome, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	p.in(t, outcome, err)
}

func TestCountersSurviveARestart(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	for range 4 {
		_, err := p.tryPassword(who, domaintest.Wrong, "192.0.2.1")
		wants(t, "a free try", err, signin.ErrIncorrect)
	}
	if err := p.DB.Close(); err != nil {
		t.Fatal(err)
	}
	p = p.node(t)
	if _, err := p.tryPassword(who, domaintest.Password, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("a restart forgets the tries: %v", err)
	}
}

// TestParallelPasswords: of many guesses at once, on several nodes, only the
// free ones are looked at.
func TestParallelPasswords(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	nodes := []*place{p, p.node(t), p.node(t)}
	var wg sync.WaitGroup
	for i := range 64 {
		node := nodes[i%len(nodes)]
		wg.Go(func() {
			err := error(credential.ErrBusy)
			for errors.Is(err, credential.ErrBusy) { // a slow machine makes them wait too long; that is no try
				_, err = node.tryPassword(who, domaintest.Wrong, fmt.Sprintf("198.51.100.%d", i))
			}
			if !errors.Is(err, signin.ErrIncorrect) && !fault.IsKind(err, fault.TooMany) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := p.Events(t, "user.log_in_failed"); got != 4 {
		t.Errorf("%d of 64 parallel passwords were looked at, want 4", got)
	}
}

// TestBusyIsNoTry: when more people log in than passwords can be compared, who
// is sent away was not evaluated, and keeps the tries of the account.
func TestBusyIsNoTry(t *testing.T) {
	p := newPlace(t)
	var looked, busy atomic.Int32
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			_, err := p.tryPassword(&owner{Holder: &domaintest.Holder{Email: fmt.Sprintf("n%d@northwind.example", i)}}, domaintest.Wrong, fmt.Sprintf("198.51.100.%d", i))
			switch {
			case errors.Is(err, signin.ErrIncorrect):
				looked.Add(1)
			case errors.Is(err, credential.ErrBusy):
				busy.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if busy.Load() == 0 {
		t.Skip("this machine compares 200 passwords without a queue")
	}
	counted := p.Count(t, `SELECT count(*) FROM throttles WHERE failures > 0`)
	if counted != int(looked.Load()) {
		t.Errorf("%d passwords were looked at, %d tries counted", looked.Load(), counted)
	}
}
