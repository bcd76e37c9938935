package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"idkit/internal/transport/web"
)

// forEverybody is every path that answers without a session. A new one must be
// put here by hand.
var forEverybody = []string{
	"/healthz", "/readyz", "/static/{name...}", "/brand/{name}", "/theme", "/language", "/support", "/api/v1/session", "/api/v1/forward-auth",
	"/login", "/login/code", "/login/recovery", "/login/help", "/login/client", "/logout", "/not-me",
	"/setup", "/join", "/join/again", "/join/switch",
	"/forgot", "/reset", "/reset/switch", "/.well-known/change-password",
	"/email/confirm", "/email/refuse", "/email/switch", "/email/stop", "/email/undo", "/recovery/object",
	"/dev/ui", "/dev/ui/{name}", "/dev/mailbox", "/dev/mailbox/{id}", "/dev/mailbox/{id}/html",
}

func TestAStrangerIsLedToTheLogIn(t *testing.T) {
	p := newPortal(t, production, nil)
	admin := p.found()
	id := admin.invite("sam@example.com", "Member")
	for _, line := range web.Lines(p.handler) {
		stranger := p.visitor()
		for _, path := range []string{concrete(line.Path), strings.Replace(line.Path, "{id}", id, 1)} {
			path = concrete(path)
			a := stranger.send(stranger.request(line.Method, path, nil))
			if !line.NeedsSession {
				if !slices.Contains(forEverybody, line.Path) {
					t.Errorf("%s %s is for everybody, and nobody has said so here", line.Method, line.Path)
				}
				continue
			}
			want := "/login"
			if line.Method == http.MethodGet && path != "/" {
				want += "?" + url.Values{"next": {path}}.Encode()
			}
			if a.status != http.StatusSeeOther || a.location() != want || a.body != "" {
				t.Errorf("%s %s: answer %d to %q, want 303 to %q\n%s", line.Method, path, a.status, a.location(), want, a.body)
			}
		}
	}
}

func TestAMemberIsRefusedAlikeForEveryId(t *testing.T) {
	p := newPortal(t, production, nil)
	admin := p.found()
	sam := admin.member("sam@example.com", "Member")
	invited := admin.invite("lee@example.com", "Member")
	for _, line := range web.Lines(p.handler) {
		if !line.NeedsPermission {
			continue
		}
		var bodies []string
		for _, id := range []string{invited, "usr_00000000000000000000000000", "nonsense"} {
			sam.open("/")
			path := strings.Replace(line.Path, "{id}", id, 1)
			r := sam.request(line.Method, path, strings.NewReader(sam.form().Encode()))
			a := sam.send(r)
			if a.status != http.StatusForbidden {
				t.Errorf("%s %s: answer %d %s", line.Method, path, a.status, a.location())
			}
			bodies = append(bodies, words(a.body))
		}
		if bodies[0] != bodies[1] || bodies[0] != bodies[2] {
			t.Errorf("%s %s tells ids apart: %q", line.Method, line.Path, bodies)
		}
	}
	if home := sam.open("/"); strings.Contains(home.body, `href="/users"`) || strings.Contains(home.body, `href="/settings"`) {
		t.Error("the portal offers a Member what is refused")
	}
}

func TestAnUnknownIdIsNoPage(t *testing.T) {
	p := newPortal(t, production, nil)
	admin := p.found()
	for _, line := range web.Lines(p.handler) {
		if !strings.Contains(line.Path, "/users/{id}") {
			continue
		}
		for _, id := range []string{"usr_00000000000000000000000000", "nonsense", "%00", "%ff", "..%2f..", strings.Repeat("a", 500)} {
			admin.open("/users")
			a := admin.clone().send(admin.request(line.Method, strings.Replace(line.Path, "{id}", id, 1), strings.NewReader(admin.form().Encode())))
			if a.status != http.StatusNotFound {
				t.Errorf("%s %s with %q: answer %d %s", line.Method, line.Path, id, a.status, a.location())
			}
		}
	}
}

func TestAHalfLoginOpensOnlyItsSteps(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	v := p.visitor()
	v.open("/login")
	v.leads(v.post("/login", "email", admin, "password", password), "/login/code")
	if v.cookie("idkit_session") != "" {
		t.Fatal("there is a session before the second step")
	}
	for _, line := range web.Lines(p.handler) {
		if !line.NeedsSession {
			continue
		}
		a := v.clone().send(v.request(line.Method, concrete(line.Path), strings.NewReader(v.form().Encode())))
		if !strings.HasPrefix(a.location(), "/login") || strings.HasPrefix(a.location(), "/login/") {
			t.Errorf("%s %s: answer %d %s", line.Method, line.Path, a.status, a.location())
		}
	}
	a := v.get("/api/v1/session")
	if a.status != http.StatusUnauthorized || strings.Contains(a.body, "true") {
		t.Errorf("/api/v1/session: %d %s", a.status, a.body)
	}
	// The half-login is no session, whatever its cookie is called.
	other := p.visitor()
	other.cookies["__Host-idkit_session"] = v.cookie("idkit_login")
	other.leads(other.get("/users"), "/login?"+url.Values{"ended": {"1"}, "next": {"/users"}}.Encode())
	for _, path := range []string{"/login/code", "/login/recovery", "/login/help"} {
		if a := v.get(path); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	v.shows(v.get("/login/help"), http.StatusOK, "Ask an administrator of your organization to reset")
	v.leads(v.get("/login/client"), "/login?late=1") // is the step of somebody with several organizations
	v = p.visitor()
	v.key = owner.key
	v.open("/login")
	v.post("/login", "email", admin, "password", password)
	v.open("/login/code")
	half := v.clone()
	v.leads(v.post("/logout"), "/login?out=1")
	half.leads(half.get("/login/code"), "/login?late=1")
	half.open("/login")
	p.clock.Advance(60e9)
	if a := half.post("/login/code", "code", half.code()); a.location() != "/login?late=1" {
		t.Errorf("a cancelled log-in goes on: %d %s", a.status, a.location())
	}
}

func TestAnOpenSetUpOpensOnlyItsPages(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam := p.join(owner.link(owner.invite("sam@example.com", "Administrator")))
	for _, step := range []string{"/protect", "/protect/password", "/protect/recovery-codes"} {
		switch step {
		case "/protect/password":
			p.change(`UPDATE accounts SET password_short = true WHERE email = 'sam@example.com'`)
			sam.open("/protect")
			sam.post("/protect/later")
		case "/protect/recovery-codes": // a second factor instead of a longer password
			sam.shows(sam.open("/protect/password"), http.StatusOK, "Keep the password and set up two-factor authentication")
			sam.protect()
		}
		for _, line := range web.Lines(p.handler) {
			if !line.NeedsSetup {
				continue
			}
			sam.open(step)
			a := sam.clone().send(sam.request(line.Method, concrete(line.Path), strings.NewReader(sam.form().Encode())))
			if a.status != http.StatusSeeOther || a.location() != step {
				t.Errorf("at %s, %s %s: answer %d %s", step, line.Method, line.Path, a.status, a.location())
			}
		}
		if a := sam.get("/api/v1/session"); a.status != http.StatusUnauthorized {
			t.Errorf("at %s: /api/v1/session answers %d", step, a.status)
		}
		if a := sam.get("/logout"); a.status != http.StatusOK {
			t.Errorf("at %s: no way out: %d %s", step, a.status, a.location())
		}
	}
	sam.open("/logout")
	sam.leads(sam.post("/logout"), "/login?out=1")
	sam.leads(sam.logIn("sam@example.com"), "/")
	sam.leads(sam.get("/"), "/protect/recovery-codes") // closing the tab skips nothing
}
