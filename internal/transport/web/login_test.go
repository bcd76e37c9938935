package web_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// TestNobodyLearnsWhoHasAnAccount is promise P11: six kinds of address, one answer.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	owner.member("active@example.com", "Member")
	owner.member("suspended@example.com", "Member")
	owner.invite("invited@example.com", "Member")
	p.change(`UPDATE users SET status = 'suspended' WHERE email = 'suspended@example.com'`)
	kinds := []string{"unknown@example.com", "active@example.com", "invited@example.com", "suspended@example.com", admin, "not an address"}
	samples := 2 * dbtest.RaceRounds()
	took := map[string][]time.Duration{}
	var first *answer
	peer := 0
	for sample := range samples {
		for i := range kinds {
			// In turn, for every second hash meets the garbage collector.
			email := kinds[(i+sample)%len(kinds)]
			v := p.visitor()
			peer++
			v.peer = "198.51." + strconv.Itoa(peer/250) + "." + strconv.Itoa(peer%250) + ":1"
			v.open("/login")
			started := time.Now()
			a := v.post("/login", "email", email, "password", "a password that is wrong")
			took[email] = append(took[email], time.Since(started))
			a.body = strings.ReplaceAll(strings.ReplaceAll(a.body, a.formToken(), ""), email, "")
			if first == nil {
				first = a
				v.shows(a, http.StatusUnprocessableEntity, "Log In")
			}
			// The identity of the request is all that may differ.
			a.header.Del("X-Request-Id")
			if a.status != first.status || a.body != first.body {
				t.Fatalf("%s: answer %d differs from %d:\n%s\n%s", email, a.status, first.status, words(a.body), words(first.body))
			}
			for name := range a.header {
				if name != "Content-Length" && !slices.Equal(a.header[name], first.header[name]) {
					t.Errorf("%s: %s is %q, not %q", email, name, a.header[name], first.header[name])
				}
			}
		}
		p.clock.Advance(16 * time.Minute) // as the wait after many failures in a row
		if sample%45 == 44 {
			p.change(`DELETE FROM throttles`) // before the fiftieth try of a day and the hundredth in a row
		}
	}
	for _, email := range kinds {
		slices.Sort(took[email])
		t.Logf("%-24s median %v", email, took[email][len(took[email])/2])
	}
}

// change changes rows as no page does.
func (p *portal) change(sql string) {
	p.Helper()
	err := p.app.DB().Write(p.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(p.Context(), sql)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
}

func TestThrottledLogIn(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	owner.leads(owner.post("/logout"), "/login?out=1")
	attacker := p.visitor()
	attacker.peer = "203.0.113.66:1"
	texts := map[string]*answer{}
	for _, email := range []string{admin, "nobody@example.com"} {
		attacker.open("/login")
		var a *answer
		for range 30 {
			if a = attacker.post("/login", "email", email, "password", "wrong"); a.status == http.StatusTooManyRequests {
				wait, err := strconv.Atoi(a.header.Get("Retry-After"))
				if err != nil || wait < 1 || wait > 15*60 {
					t.Fatalf("Retry-After is %q", a.header.Get("Retry-After"))
				}
				if wait > 120 {
					break
				}
				p.clock.Advance(time.Duration(wait) * time.Second)
			}
			attacker.open("/login")
		}
		if a.status != http.StatusTooManyRequests || !strings.Contains(words(a.body), " minutes") || !strings.Contains(a.body, `value="`+email+`"`) {
			t.Errorf("%s: answer %d without minutes:\n%s", email, a.status, words(a.body))
		}
		texts[email] = a
		if email != admin {
			continue
		}
		attacker.open("/login") // the right password does not help while it waits
		if a := attacker.post("/login", "email", admin, "password", password); a.status != http.StatusTooManyRequests {
			t.Errorf("the stranger gets in: %d", a.status)
		}
		if owner.cookie("idkit_browser") == "" {
			t.Fatal("the owner's browser forgot that it is known")
		}
		owner.open("/login") // while its owner is let in at once
		owner.leads(owner.post("/login", "email", admin, "password", password), "/login/code")
	}
	if a, b := texts[admin], texts["nobody@example.com"]; words(a.body) != words(b.body) || a.header.Get("Retry-After") != b.header.Get("Retry-After") {
		t.Errorf("the waits tell who has an account: %s\n%s", words(a.body), words(b.body))
	}
	owner.leads(owner.logIn(admin), "/")
	owner.shows(owner.open("/"), http.StatusOK, "Ada")
}

func TestThrottledCodes(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	v := p.visitor()
	v.open("/login")
	v.leads(v.post("/login", "email", admin, "password", password), "/login/code")
	var last *answer
	for range 6 {
		v.open("/login/code")
		if last = v.post("/login/code", "code", "000000"); last.status != http.StatusUnprocessableEntity {
			break
		}
	}
	if last.status != http.StatusTooManyRequests && last.location() != "/login?late=1" {
		t.Errorf("after six wrong codes: %d %s", last.status, last.location())
	}
	// Recovery codes still work.
	v.open("/login")
	v.leads(v.post("/login", "email", admin, "password", password), "/login/code")
	v.open("/login/recovery")
	v.leads(v.post("/login/recovery", "code", owner.codes[0]), "/login/recovered")
	v.shows(v.open("/login/recovered"), http.StatusOK, "9 of 10")
	again := p.visitor()
	again.open("/login")
	again.leads(again.post("/login", "email", admin, "password", password), "/login/code")
	again.open("/login/recovery")
	again.shows(again.post("/login/recovery", "code", owner.codes[0]), http.StatusUnprocessableEntity, "ecovery code")
}

func TestASuspensionIsToldOnceAndLocksNobodyOut(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Member")
	p.change(`UPDATE users SET status = 'suspended' WHERE email = 'sam@example.com'`)
	sam.shows(sam.get("/"), http.StatusForbidden, "suspended")
	sam.leads(sam.get("/"), "/login")
	sam.open("/login")
	sam.shows(sam.post("/login", "email", "sam@example.com", "password", password), http.StatusForbidden, "suspended")
	sam.key = owner.key
	sam.leads(sam.logIn(admin), "/") // somebody else at the same browser
}
