package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/session"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
	"idkit/internal/transport/web"
	"idkit/internal/transport/web/page"
)

var shownReference = regexp.MustCompile(`<code>([0-9A-V]{4}-[0-9A-V]{2})</code>`)

func TestAPanicCostsOneRequest(t *testing.T) {
	p := newPortal(t, production, nil)
	handler := p.handler
	p.handler = web.WithAct(handler, "/panic", func() error { panic("canary of a panic") })
	v := p.visitor()
	a := v.get("/panic")
	v.shows(a, http.StatusInternalServerError, "Something went wrong on our side")
	if strings.Contains(a.body, "canary") || strings.Contains(a.body, "goroutine") {
		t.Error("the page tells what panicked")
	}
	found := shownReference.FindStringSubmatch(a.body)
	if found == nil {
		t.Fatalf("no reference on the page:\n%s", words(a.body))
	}
	end := strings.ToLower(strings.ReplaceAll(found[1], "-", ""))
	if !strings.HasSuffix(a.reference(), end) {
		t.Errorf("reference %s is not of request %s", found[1], a.reference())
	}
	lines := strings.Join(p.log.of(end+`"`), "")
	if !strings.Contains(lines, "canary of a panic") || !strings.Contains(lines, "goroutine") || !strings.Contains(lines, `"level":"ERROR"`) {
		t.Errorf("the log says %s", lines)
	}
	holdHeaders(t, "a panic", production, a)
	p.handler = handler
	v.shows(v.get("/login"), http.StatusOK, "Log In")
}

// A page is written straight into the answer; one that breaks half-way leaves nothing of itself there.
func TestAPageThatBreaksIsNotShownByHalves(t *testing.T) {
	p := newPortal(t, production, nil)
	p.handler = web.WithPage(p.handler, "/broken", page.Recovery{
		Recovering: page.Recovering{Client: "canary of a client"}, State: "nobody knows",
	})
	v := p.visitor()
	a := v.get("/broken")
	v.shows(a, http.StatusInternalServerError, "Something went wrong on our side")
	if strings.Contains(a.body, "canary") || strings.Count(a.body, "<html") != 1 {
		t.Errorf("what broke is shown, too:\n%s", a.body)
	}
	holdHeaders(t, "a page that breaks", production, a)
}

func TestWithoutADatabase(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	ready := owner.get("/readyz")
	if ready.status != http.StatusOK || ready.body != "ok\n" {
		t.Errorf("/readyz answers %d %q", ready.status, ready.body)
	}
	if err := p.app.Close(); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"/users", "/", "/login"} {
		a := owner.get(target)
		owner.shows(a, http.StatusInternalServerError, "Something went wrong on our side")
		for _, detail := range []string{"sql", "closed", "database", ".go:", "pgx"} {
			if strings.Contains(strings.ToLower(words(a.body)), detail) {
				t.Errorf("%s: the page tells %q", target, detail)
			}
		}
		if shownReference.FindString(a.body) == "" {
			t.Errorf("%s: no reference", target)
		}
		if lines := strings.Join(p.log.of(a.reference()), ""); !strings.Contains(lines, `"level":"ERROR"`) {
			t.Errorf("%s: the log says %q", target, lines)
		}
	}
	ready = owner.get("/readyz")
	if ready.status != http.StatusServiceUnavailable || strings.Contains(ready.body, "ok") {
		t.Errorf("/readyz answers %d %q", ready.status, ready.body)
	}
	if a := owner.get("/healthz"); a.status != http.StatusOK {
		t.Errorf("/healthz answers %d", a.status)
	}
}

// TestAClientThatLeftIsNoFailure: nobody is woken at night by a closed tab.
func TestAClientThatLeftIsNoFailure(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	for _, target := range []string{"/users", "/", "/settings/mail"} {
		a := owner.send(owner.request("GET", target, nil).WithContext(ctx))
		lines := p.log.of(a.reference())
		if len(lines) != 1 || !strings.Contains(lines[0], `"level":"DEBUG"`) || strings.Contains(lines[0], `"status":500`) {
			t.Errorf("%s: the log says %q", target, lines)
		}
	}
	a := p.visitor().send(p.visitor().request("GET", "/nowhere", nil).WithContext(ctx))
	if lines := p.log.of(a.reference()); len(lines) != 1 || !strings.Contains(lines[0], `"status":404`) {
		t.Errorf("a refusal is still a refusal: %q", lines)
	}
}

// TestEveryKindOfRefusalHasItsPage: an action may return any fault there is.
func TestEveryKindOfRefusalHasItsPage(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{fault.New(fault.Forbidden, "access.denied"), 403, "Ask an Administrator of Acme Pty"},
		{fault.New(fault.NotFound, "x"), 404, "Page not found"},
		{fault.New(fault.Expired, "x"), 410, "This link has ended"},
		{throttle.ErrWaitMinutes.With("Count", 5).After(5 * time.Minute), 429, "5 minutes"},
		{fault.New(fault.Unavailable, "x").After(time.Second), 503, "Try again"},
		{session.ErrSuspended.With("Organization", "Acme Pty"), 403, "suspended"},
		{session.ErrOrganizationSuspended.With("Organization", "Acme Pty"), 403, "suspended"},
		{errors.New("canary"), 500, "Something went wrong on our side"},
	} {
		p.handler = web.WithAct(p.handler, "/act", func() error { return c.err })
		a := owner.get("/act")
		if a.status != c.status || !strings.Contains(words(a.body), c.says) || strings.Contains(a.body, "canary") {
			t.Errorf("%v: answer %d %s", c.err, a.status, words(a.body))
		}
		holdHeaders(t, c.err.Error(), production, a)
		if f, ok := fault.Of(c.err); ok && f.RetryAfter > 0 && a.header.Get("Retry-After") == "" {
			t.Errorf("%v: no Retry-After", c.err)
		}
	}
	p.handler = web.WithAct(p.handler, "/act", func() error { return session.ErrEnded })
	owner.leads(owner.get("/act"), "/login?"+url.Values{"ended": {"1"}, "next": {"/act"}}.Encode())
	if owner.cookie("idkit_session") != "" {
		t.Error("the cookie of a session that ended meanwhile stays")
	}
}

// TestWhatTakesTooLongIsGivenUp: a database that does not answer holds nobody for ever.
func TestWhatTakesTooLongIsGivenUp(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	a := owner.send(owner.request("GET", "/users", nil).WithContext(ctx))
	owner.shows(a, http.StatusServiceUnavailable, "Try again")
	holdHeaders(t, "a request out of time", production, a)
}

func TestMachinesGetNoPages(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.visitor()
	for target, want := range map[string]int{"/static/nothing.css": 404, "/static/../login": 307, "/api/v1/session": 401, "/healthz": 200} {
		a := v.get(target)
		if a.status != want || strings.Contains(a.body, "<h1>") {
			t.Errorf("%s: answer %d %.80s", target, a.status, a.body)
		}
	}
}

// TestAFragmentIsLedAsAWholePage: a dialog must not show the log-in page inside itself.
func TestAFragmentIsLedAsAWholePage(t *testing.T) {
	p := newPortal(t, production, nil)
	r := p.visitor().request("GET", "/users/invite", nil)
	r.Header.Set("HX-Request", "true")
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, r)
	if to := recorder.Header().Get("HX-Redirect"); recorder.Code != http.StatusOK || to != "/login" || recorder.Body.Len() > 0 {
		t.Errorf("answer %d to %q", recorder.Code, to)
	}
}
