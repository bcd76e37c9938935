package signin_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

func TestLogInWithThePasswordAlone(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	current := p.in(t, outcome, err)
	if current.Actor.UserID != who.User || current.Actor.OrganizationID != p.Northwind || current.SecondFactorProven || outcome.Half != nil {
		t.Errorf("%+v", current)
	}
	if p.Events(t, "user.logged_in") != 1 || p.letters(t, mail.KindNewDevice) != 1 {
		t.Errorf("%d events, %d letters", p.Events(t, "user.logged_in"), p.letters(t, mail.KindNewDevice))
	}
	who.known = outcome.KnownBrowser
	outcome, err = p.tryPassword(who, domaintest.Password, "192.0.2.1")
	if p.in(t, outcome, err); p.letters(t, mail.KindNewDevice) != 1 {
		t.Error("a letter about a browser that is known")
	}
}

func TestEmailAsPeopleTypeIt(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.SignIn.LogIn(t.Context(), signin.LogIn{Email: "  " + who.Account + "@NorthWind.Example ", Password: domaintest.Password, Browser: browserAt("192.0.2.1", "")})
	p.in(t, outcome, err)
}

func TestEmptyFields(t *testing.T) {
	p := newPlace(t)
	_, err := p.SignIn.LogIn(t.Context(), signin.LogIn{Email: " ", Browser: browserAt("192.0.2.1", "")})
	f, _ := fault.Of(err)
	if f == nil || len(f.Fields) != 2 || f.Fields[0].Name != "email" || f.Fields[1].Name != "password" {
		t.Errorf("got %v", err)
	}
	if p.Count(t, `SELECT count(*) FROM throttles`) != 0 {
		t.Error("an empty form is counted as a try")
	}
}

// TestAllRefusalsAreOne: nothing tells the causes of a refusal apart, neither
// the answer nor the number of rows that it leaves behind.
func TestAllRefusalsAreOne(t *testing.T) {
	p := newPlace(t)
	active, suspended := p.person(t), p.person(t)
	p.SetStatus(t, suspended.Holder, "suspended")
	protected := p.person(t)
	p.Protect(t, protected.Holder)
	const invited = "invited@northwind.example"
	p.invited(t, invited)
	rows := func() [4]int {
		return [4]int{
			p.Count(t, `SELECT count(*) FROM throttles`), p.Count(t, `SELECT count(*) FROM audit_events`),
			p.Count(t, `SELECT count(*) FROM half_logins`), p.Count(t, `SELECT count(*) FROM letters`),
		}
	}
	addresses := 0
	for name, email := range map[string]string{
		"wrong password":         active.Email,
		"suspended":              suspended.Email,
		"with a second factor":   protected.Email,
		"invited":                invited,
		"without an account":     "nobody@northwind.example",
		"no address at all":      "nobody",
		"an endless address":     fmt.Sprintf("%01000d@northwind.example", 0),
		"an address with a NUL":  "no\x00body@northwind.example",
		"an address, not UTF-8":  "no\xffbody@northwind.example",
		"a look-alike's address": "prıya@northwind.example",
	} {
		before := rows()
		addresses++
		outcome, err := p.SignIn.LogIn(t.Context(), signin.LogIn{Email: email, Password: domaintest.Wrong, Browser: browserAt(fmt.Sprintf("198.51.100.%d", addresses), "")})
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
	for _, who := range []*owner{p.person(t), {Holder: &domaintest.Holder{Email: "nobody@northwind.example"}}} {
		for n := range 8 {
			_, err := p.tryPassword(who, domaintest.Wrong, fmt.Sprintf("198.51.100.%d", n))
			f, _ := fault.Of(err)
			answers[who.Account] = append(answers[who.Account], fmt.Sprint(f, f.Params, f.RetryAfter))
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
	p.SetStatus(t, who.Holder, "suspended")
	_, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	wants(t, "with the right password", err, signin.ErrSuspended)
	if f, _ := fault.Of(err); f == nil || f.Params["Organization"] != "Northwind" {
		t.Errorf("the refusal does not name the organization: %v", err)
	}
	if p.Events(t, "user.log_in_refused") != 1 || p.Count(t, `SELECT count(*) FROM sessions`) != 0 {
		t.Error("the trail or the sessions are wrong")
	}
	p.SetStatus(t, who.Holder, "active")
	p.Exec(t, `UPDATE organizations SET status = 'suspended' WHERE id = $1`, p.Northwind)
	_, err = p.tryPassword(who, domaintest.Password, "192.0.2.1")
	wants(t, "in a suspended organization", err, signin.ErrOrganizationSuspended)
}

func TestSuspendedIsToldAfterTheCode(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	p.SetStatus(t, who.Holder, "suspended")
	half := p.half(t, who)
	_, err := p.tryCode(half, p.wrongCode(t, who))
	wants(t, "with a wrong code", err, credential.ErrCodeWrong)
	_, err = p.tryCode(half, p.Code(t, who.Key))
	wants(t, "with the right code", err, signin.ErrSuspended)
	_, err = p.tryCode(half, p.Code(t, who.Key))
	wants(t, "the half log-in afterwards", err, signin.ErrHalfEnded)
}

func TestSuspendedInOneOfTwoOrganizations(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	southwind := p.Organization(t, "Southwind")
	p.Join(t, who.Holder, southwind)
	p.SetStatus(t, who.Holder, "suspended")
	outcome, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	if current := p.in(t, outcome, err); current.Actor.OrganizationID != southwind {
		t.Errorf("in %s", current.OrganizationName)
	}
}

// TestPasswordChangeAgainstLogIn changes the password while somebody logs in
// with the old one: no session of the old one is left.
func TestPasswordChangeAgainstLogIn(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	other := p.node(t)
	another, err := domaintest.Passwords().Hash(t.Context(), domaintest.Wrong)
	if err != nil {
		t.Fatal(err)
	}
	for n := range dbtest.RaceRounds() {
		var outcome signin.Outcome
		var logInErr, changeErr error
		var wg sync.WaitGroup
		wg.Go(func() { outcome, logInErr = p.tryPassword(who, domaintest.Password, "192.0.2.1") })
		wg.Go(func() {
			time.Sleep(time.Duration(n*7%50) * time.Millisecond)
			changeErr = other.DB.Write(context.Background(), func(tx *db.Tx) error {
				if _, err := tx.Exec(context.Background(), `UPDATE accounts SET password_hash = $2 WHERE id = $1`, who.Account, another); err != nil {
					return err
				}
				return session.EndAllOfAccount(context.Background(), tx, who.Account)
			})
		})
		wg.Wait()
		if changeErr != nil || logInErr != nil && !errors.Is(logInErr, signin.ErrIncorrect) {
			t.Fatal(changeErr, logInErr)
		}
		if logInErr == nil {
			_, err := p.Sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), browserAt("192.0.2.1", "").Origin)
			wants(t, "the session of the old password", err, session.ErrEnded)
		}
		p.Exec(t, `UPDATE accounts SET password_hash = $2 WHERE id = $1`, who.Account, domaintest.PasswordHash())
		p.Exec(t, `DELETE FROM throttles`)
	}
}

func TestRehash(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	costlier, err := credential.NewPasswords(credential.PasswordOptions{Keyring: domaintest.Ring(), Argon2: credential.Argon2{MemoryKiB: 20 * 1024, Passes: 2, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	p.SignIn.Passwords = costlier
	for range 2 {
		outcome, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
		p.in(t, outcome, err)
	}
	if p.Count(t, `SELECT count(*) FROM accounts WHERE id = $1 AND password_hash = $2`, who.Account, domaintest.PasswordHash()) != 0 {
		t.Error("the hash with the old costs is still there")
	}
}

func TestLogOut(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	outcome, err := p.tryPassword(who, domaintest.Password, "192.0.2.1")
	current := p.in(t, outcome, err)
	if err := p.SignIn.LogOut(t.Context(), current.Actor); err != nil {
		t.Fatal(err)
	}
	_, err = p.Sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), current.Actor.Origin)
	wants(t, "the session afterwards", err, session.ErrEnded)
	if p.Events(t, "user.logged_out") != 1 {
		t.Error("the trail does not tell")
	}
}
