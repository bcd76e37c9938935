package signin_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

func TestLogInWithThePasswordAlone(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, password, "192.0.2.1")
	current := p.in(t, outcome, err)
	if current.Actor.UserID != who.user || current.Actor.OrganizationID != p.northwind || current.SecondFactorProven || outcome.Half != nil {
		t.Errorf("%+v", current)
	}
	if p.events(t, "user.logged_in") != 1 || p.letters(t, mail.KindNewDevice) != 1 {
		t.Errorf("%d events, %d letters", p.events(t, "user.logged_in"), p.letters(t, mail.KindNewDevice))
	}
	who.known = outcome.KnownBrowser
	outcome, err = p.tryPassword(who, password, "192.0.2.1")
	if p.in(t, outcome, err); p.letters(t, mail.KindNewDevice) != 1 {
		t.Error("a letter about a browser that is known")
	}
}

func TestEmailAsPeopleTypeIt(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.LogIn(t.Context(), signin.LogIn{Email: "  " + who.account + "@NorthWind.Example ", Password: password, Browser: browserAt("192.0.2.1", "")})
	p.in(t, outcome, err)
}

func TestEmptyFields(t *testing.T) {
	p := newPlace(t)
	_, err := p.LogIn(t.Context(), signin.LogIn{Email: " ", Browser: browserAt("192.0.2.1", "")})
	f, _ := fault.Of(err)
	if f == nil || len(f.Fields) != 2 || f.Fields[0].Name != "email" || f.Fields[1].Name != "password" {
		t.Errorf("got %v", err)
	}
	if p.count(t, `SELECT count(*) FROM throttles`) != 0 {
		t.Error("an empty form is counted as a try")
	}
}

// TestAllRefusalsAreOne: nothing tells the causes of a refusal apart, neither
// the answer nor the number of rows that it leaves behind.
func TestAllRefusalsAreOne(t *testing.T) {
	p := newPlace(t)
	active, suspended := p.person(t), p.person(t)
	p.setStatus(t, suspended, "suspended")
	protected := p.person(t)
	p.protect(t, protected)
	invited := &person{email: "invited@northwind.example"}
	p.join(t, invited, p.northwind, "invited")
	rows := func() [4]int {
		return [4]int{
			p.count(t, `SELECT count(*) FROM throttles`), p.count(t, `SELECT count(*) FROM audit_events`),
			p.count(t, `SELECT count(*) FROM half_logins`), p.count(t, `SELECT count(*) FROM letters`),
		}
	}
	addresses := 0
	for name, email := range map[string]string{
		"wrong password":         active.email,
		"suspended":              suspended.email,
		"with a second factor":   protected.email,
		"invited":                invited.email,
		"without an account":     "nobody@northwind.example",
		"no address at all":      "nobody",
		"an endless address":     fmt.Sprintf("%01000d@northwind.example", 0),
		"an address with a NUL":  "no\x00body@northwind.example",
		"an address, not UTF-8":  "no\xffbody@northwind.example",
		"a look-alike's address": "prıya@northwind.example",
	} {
		before := rows()
		addresses++
		outcome, err := p.LogIn(t.Context(), signin.LogIn{Email: email, Password: wrong, Browser: browserAt(fmt.Sprintf("198.51.100.%d", addresses), "")})
		if !errors.Is(err, signin.ErrIncorrect) || !reflect.DeepEqual(outcome, signin.Outcome{}) || !reflect.DeepEqual(err, error(signin.ErrIncorrect)) {
			t.Errorf("%s: %+v, %v", name, outcome, err)
		}
		after := rows()
		for i := range after {
			after[i] -= before[i]
		}
		if after != [4]int{2, 1, 0, 0} {
			t.Errorf("%s: leaves rows %v", name, after)
		}
	}
}

// TestAllWaitsAreOne: an address without an account is throttled like one with.
func TestAllWaitsAreOne(t *testing.T) {
	p := newPlace(t)
	answers := map[string][]string{}
	for _, who := range []*person{p.person(t), {email: "nobody@northwind.example"}} {
		for n := range 8 {
			_, err := p.tryPassword(who, wrong, fmt.Sprintf("198.51.100.%d", n))
			f, _ := fault.Of(err)
			answers[who.account] = append(answers[who.account], fmt.Sprint(f, f.Params, f.RetryAfter))
		}
	}
	var all [][]string
	for _, a := range answers {
		all = append(all, a)
	}
	if len(all) != 2 || !reflect.DeepEqual(all[0], all[1]) {
		t.Errorf("the answers differ: %v", answers)
	}
}

func TestSuspendedIsToldAfterThePassword(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.setStatus(t, who, "suspended")
	_, err := p.tryPassword(who, password, "192.0.2.1")
	wants(t, "with the right password", err, signin.ErrSuspended)
	if f, _ := fault.Of(err); f == nil || f.Params["Organization"] != "Northwind" {
		t.Errorf("the refusal does not name the organization: %v", err)
	}
	if p.events(t, "user.log_in_refused") != 1 || p.count(t, `SELECT count(*) FROM sessions`) != 0 {
		t.Error("the trail or the sessions are wrong")
	}
	p.setStatus(t, who, "active")
	p.exec(t, `UPDATE organizations SET status = 'suspended' WHERE id = $1`, p.northwind)
	_, err = p.tryPassword(who, password, "192.0.2.1")
	wants(t, "in a suspended organization", err, signin.ErrOrganizationSuspended)
}

func TestSuspendedIsToldAfterTheCode(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.protect(t, who)
	p.setStatus(t, who, "suspended")
	half := p.half(t, who)
	_, err := p.tryCode(half, p.wrongCode(t, who))
	wants(t, "with a wrong code", err, credential.ErrCodeWrong)
	_, err = p.tryCode(half, p.code(t, who))
	wants(t, "with the right code", err, signin.ErrSuspended)
	_, err = p.tryCode(half, p.code(t, who))
	wants(t, "the half log-in afterwards", err, signin.ErrHalfEnded)
}

func TestSuspendedInOneOfTwoOrganizations(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	southwind := p.organization(t, "Southwind")
	p.join(t, who, southwind, "active")
	p.setStatus(t, who, "suspended")
	outcome, err := p.tryPassword(who, password, "192.0.2.1")
	if current := p.in(t, outcome, err); current.Actor.OrganizationID != southwind {
		t.Errorf("in %s", current.OrganizationName)
	}
}

// TestThrottle follows the numbers: four free tries, then waits, all counted
// for the account wherever they come from and however its address is typed.
func TestThrottle(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	for n := range 4 {
		_, err := p.LogIn(t.Context(), signin.LogIn{
			Email: []string{who.email, who.email + " ", "\t" + who.email, who.account + "@NORTHWIND.example"}[n], Password: wrong, Browser: browserAt(fmt.Sprintf("198.51.100.%d", n), ""),
		})
		wants(t, "a free try", err, signin.ErrIncorrect)
	}
	_, err := p.tryPassword(who, password, "192.0.2.1")
	if f, _ := fault.Of(err); f == nil || f.Kind != fault.TooMany || f.RetryAfter != time.Second {
		t.Fatalf("the fifth try: %v", err)
	}
	if got := p.events(t, "user.log_in_failed"); got != 4 {
		t.Errorf("%d passwords were looked at", got)
	}
	p.clock.advance(time.Second)
	outcome, err := p.tryPassword(who, password, "192.0.2.1")
	p.in(t, outcome, err)
	for range 4 {
		_, err := p.tryPassword(who, wrong, "192.0.2.1")
		wants(t, "after the success", err, signin.ErrIncorrect)
	}
}

func TestThrottleOfANetworkAddress(t *testing.T) {
	p := newPlace(t)
	try := func(n int, address string) error {
		_, err := p.tryPassword(&person{email: fmt.Sprintf("n%d@northwind.example", n)}, wrong, address)
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
	outcome, err := p.tryPassword(owner, password, "192.0.2.1")
	p.in(t, outcome, err)
	owner.known = outcome.KnownBrowser
	stranger := *owner
	stranger.known = "stranger"
	for n := range 100 {
		if _, err := p.tryPassword(&stranger, wrong, fmt.Sprintf("198.51.100.%d", n)); errors.Is(err, signin.ErrIncorrect) {
			p.clock.advance(time.Second)
		}
	}
	if _, err := p.tryPassword(&stranger, password, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Fatalf("a browser that nobody knows: %v", err)
	}
	for range 20 {
		outcome, err := p.tryPassword(owner, password, "192.0.2.1")
		p.in(t, outcome, err)
		owner.known = outcome.KnownBrowser
	}
	for range 10 {
		_, err := p.tryPassword(owner, wrong, "192.0.2.1")
		wants(t, "a wrong password in the known browser", err, signin.ErrIncorrect)
	}
	if _, err := p.tryPassword(owner, password, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("an eleventh within the hour: %v", err)
	}
}

func TestAnotherAccountsBrowserIsNotKnown(t *testing.T) {
	p := newPlace(t)
	mine, yours := p.person(t), p.person(t)
	outcome, err := p.tryPassword(mine, password, "192.0.2.1")
	p.in(t, outcome, err)
	yours.known = outcome.KnownBrowser
	for range 4 {
		_, err := p.tryPassword(yours, wrong, "192.0.2.1")
		wants(t, "a free try", err, signin.ErrIncorrect)
	}
	if _, err := p.tryPassword(yours, wrong, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("my browser is a way around your waits: %v", err)
	}
}

// TestStop: after a hundred failures in a row only a new password helps.
func TestStop(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.exec(t, `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 99, $2, $3)`, "password:account:"+who.account, []byte{}, p.clock.read())
	p.clock.advance(15 * time.Minute)
	_, err := p.tryPassword(who, wrong, "192.0.2.1")
	wants(t, "the hundredth", err, signin.ErrIncorrect)
	p.clock.advance(48 * time.Hour)
	_, err = p.tryPassword(who, password, "192.0.2.1")
	wants(t, "afterwards", err, attempt.ErrPasswordStopped)
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return attempt.PasswordReplaced(ctx, tx, who.account) })
	outcome, err := p.tryPassword(who, password, "192.0.2.1")
	p.in(t, outcome, err)
}

func TestCountersSurviveARestart(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	for range 4 {
		_, err := p.tryPassword(who, wrong, "192.0.2.1")
		wants(t, "a free try", err, signin.ErrIncorrect)
	}
	if err := p.DB.Close(); err != nil {
		t.Fatal(err)
	}
	p.open(t)
	if _, err := p.tryPassword(who, password, "192.0.2.1"); !fault.IsKind(err, fault.TooMany) {
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
			_, err := node.tryPassword(who, wrong, fmt.Sprintf("198.51.100.%d", i))
			if !errors.Is(err, signin.ErrIncorrect) && !fault.IsKind(err, fault.TooMany) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := p.events(t, "user.log_in_failed"); got != 4 {
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
			_, err := p.tryPassword(&person{email: fmt.Sprintf("n%d@northwind.example", i)}, wrong, fmt.Sprintf("198.51.100.%d", i))
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
	counted := p.count(t, `SELECT count(*) FROM throttles WHERE failures > 0`)
	if counted != int(looked.Load()) {
		t.Errorf("%d passwords were looked at, %d tries counted", looked.Load(), counted)
	}
}

// TestPasswordChangeAgainstLogIn changes the password while somebody logs in
// with the old one: no session of the old one is left.
func TestPasswordChangeAgainstLogIn(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	other := p.node(t)
	another, err := passwords().Hash(t.Context(), wrong)
	if err != nil {
		t.Fatal(err)
	}
	for n := range rounds() {
		var outcome signin.Outcome
		var logInErr, changeErr error
		var wg sync.WaitGroup
		wg.Go(func() { outcome, logInErr = p.tryPassword(who, password, "192.0.2.1") })
		wg.Go(func() {
			time.Sleep(time.Duration(n*7%50) * time.Millisecond)
			changeErr = other.DB.Write(context.Background(), func(tx *db.Tx) error {
				if _, err := tx.Exec(context.Background(), `UPDATE accounts SET password_hash = $2 WHERE id = $1`, who.account, another); err != nil {
					return err
				}
				return session.EndAllOfAccount(context.Background(), tx, who.account)
			})
		})
		wg.Wait()
		if changeErr != nil || logInErr != nil && !errors.Is(logInErr, signin.ErrIncorrect) {
			t.Fatal(changeErr, logInErr)
		}
		if logInErr == nil {
			_, err := p.sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), browserAt("192.0.2.1", "").Origin)
			wants(t, "the session of the old password", err, session.ErrEnded)
		}
		p.exec(t, `UPDATE accounts SET password_hash = $2 WHERE id = $1`, who.account, passwordHash())
		p.exec(t, `DELETE FROM throttles`)
	}
}

func TestRehash(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	costlier, err := credential.NewPasswords(credential.PasswordOptions{Keyring: ring(), Argon2: credential.Argon2{MemoryKiB: 20 * 1024, Passes: 2, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	p.Passwords = costlier
	for range 2 {
		outcome, err := p.tryPassword(who, password, "192.0.2.1")
		p.in(t, outcome, err)
	}
	if p.count(t, `SELECT count(*) FROM accounts WHERE id = $1 AND password_hash = $2`, who.account, passwordHash()) != 0 {
		t.Error("the hash with the old costs is still there")
	}
}

func TestLogOut(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, password, "192.0.2.1")
	current := p.in(t, outcome, err)
	if err := p.LogOut(t.Context(), current.Actor); err != nil {
		t.Fatal(err)
	}
	_, err = p.sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), current.Actor.Origin)
	wants(t, "the session afterwards", err, session.ErrEnded)
	if p.events(t, "user.logged_out") != 1 {
		t.Error("the trail does not tell")
	}
}
