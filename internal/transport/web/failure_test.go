package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/transport/web"
)

var shownReference = regexp.MustCompile(`<code>([0-9A-V]{4}-[0-9A-V]{2})</code>`)

func TestAPanicCostsOneRequest(t *testing.T) {
	p := newPortal(t, production, nil)
	handler := p.handler
	p.handler = web.WithPanic(handler, "/panic")
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
