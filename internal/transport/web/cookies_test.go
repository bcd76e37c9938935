package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCookies(t *testing.T) {
	for name, base := range map[string]string{"development": development, "production": production} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, base, nil)
			v := p.found()
			v.member("sam@example.com", "Member")
			v.open("/users")
			v.post("/theme", "theme", "dark", "back", "/users")
			v.post("/language", "language", "en")
			v.leads(v.post("/logout"), "/login?out=1")
			v.leads(v.logIn(admin), "/")
			v.open("/login?next=/users?page=2")
			seen := map[string]bool{}
			for _, c := range v.set {
				seen[strings.TrimPrefix(c.Name, "__Host-")] = true
				if strings.HasPrefix(c.Name, "__Host-") != (base == production) || c.Secure != (base == production) {
					t.Errorf("%s: prefix or Secure wrong: %v", c.Name, c)
				}
				if c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
					t.Errorf("%s is open too wide: %v", c.Name, c)
				}
				if len(c.Name)+len(c.Value) >= 4096 {
					t.Errorf("%s has %d bytes", c.Name, len(c.Value))
				}
				if strings.HasSuffix(c.Name, "idkit_session") && c.Value != "" && (c.MaxAge != 0 || !c.Expires.IsZero() || len(c.Value) != 43) {
					t.Errorf("the session's cookie outlives the browser or is no token: %v", c)
				}
			}
			for _, want := range []string{"session", "login", "browser", "next", "link", "flash", "theme", "language", "first"} {
				if !seen["idkit_"+want] {
					t.Errorf("idkit_%s was never set", want)
				}
			}
		})
	}
}

func TestNoCookieGrowsWithTheAddress(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.found()
	v.post("/logout")
	long := strings.Repeat("a", 4000)
	for _, target := range []string{"/join?token=" + long, "/not-me?token=" + long, "/setup?token=" + long, "/login?next=/" + long} {
		v.open(target)
	}
	v.post("/login", "email", admin, "password", password, "next", "/"+long)
	for _, c := range v.set {
		if len(c.Name)+len(c.Value) >= 4096 || strings.Contains(c.Value, "aaaaaaaa") {
			t.Errorf("%s carries %d bytes of an address", c.Name, len(c.Value))
		}
	}
	if v.cookie("idkit_login") == "" {
		t.Error("the long way on kept the log-in from going on")
	}
}

// TestEveryStepHasItsOwnSession covers fixation (CVE-2024-28197): whoever knows
// the cookie of one step has nothing at the next.
func TestEveryStepHasItsOwnSession(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	id := owner.invite("sam@example.com", "Member")
	v := p.visitor()
	v.cookies["__Host-idkit_session"] = strings.Repeat("A", 43) // planted
	v.open(owner.link(id))
	v.post("/join", "password", password)
	afterPassword := v.clone()
	v.protect()
	afterEnrolment := v.clone()
	if afterPassword.cookie("idkit_session") == afterEnrolment.cookie("idkit_session") || afterPassword.cookie("idkit_session") == strings.Repeat("A", 43) {
		t.Error("a session kept its token over a step")
	}
	if a := afterPassword.get("/protect"); !strings.HasPrefix(a.location(), "/login") {
		t.Errorf("the session of before the second factor still works: %d %s", a.status, a.location())
	}
	v.leads(v.post("/protect/recovery-codes", "saved", "yes"), "/")
	v.open("/")
	beforeLogOut := v.clone()
	out := v.post("/logout")
	v.leads(out, "/login?out=1")
	if got := out.header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data is %q", got)
	}
	if v.cookie("idkit_session") != "" {
		t.Error("the cookie of the session is still there")
	}
	if a := beforeLogOut.get("/"); !strings.HasPrefix(a.location(), "/login") || a.body != "" {
		t.Errorf("the session lives after its end: %d", a.status)
	}
	v.leads(v.get("/users"), "/login?next=%2Fusers")

	v.open("/login")
	v.leads(v.post("/login", "email", "sam@example.com", "password", password), "/login/code")
	half := v.cookie("idkit_login")
	p.clock.Advance(30 * time.Second)
	v.open("/login/code")
	v.leads(v.post("/login/code", "code", v.code()), "/")
	if v.cookie("idkit_session") == half || v.cookie("idkit_login") != "" {
		t.Error("the half-login goes on as a session, or stays")
	}
	again := p.visitor()
	again.cookies["__Host-idkit_login"] = half
	again.leads(again.get("/login/code"), "/login?late=1")
}

func TestATamperedFlashSaysNothing(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.found()
	v.leads(v.post("/users/invite", v.inviteForm("sam@example.com", "Member")...), "/users")
	signed := v.cookie("idkit_flash")
	for i := 0; i < len(signed); i += 7 {
		c := v.clone()
		c.cookies["__Host-idkit_flash"] = signed[:i] + flipped(signed[i]) + signed[i+1:]
		if a := c.get("/users"); a.status != http.StatusOK || strings.Contains(words(a.body), "Invitation sent") {
			t.Fatalf("changed at %d: %d", i, a.status)
		}
	}
	// A message signed for one cookie is no form token, and the other way round.
	v.page = &answer{body: `name="form_token" value="` + signed + `"`}
	v.leads(v.post("/users/invite", "email", "lee@example.com"), "/")
	v.open("/users/invite")
	v.cookies["__Host-idkit_flash"] = v.page.formToken()
	v.shows(v.open("/users"), http.StatusOK, "Users")
}

func flipped(b byte) string {
	if b == 'A' {
		return "B"
	}
	return "A"
}
