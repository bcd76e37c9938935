package web_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/organization"
)

// today is the day of the portal's clock, as the form has it.
func (p *portal) today() string { return p.clock.Now().UTC().Format(time.DateOnly) }

// policy fills the form of the security policy.
func policy(secondFactor, from, password, idle, session, invitation string) []string {
	return []string{"second_factor", secondFactor, "from", from, "password", password, "idle", idle, "session", session, "invitation", invitation}
}

// changePolicy goes through the form and its review.
func (v *visitor) changePolicy(fields []string) *answer {
	v.p.Helper()
	v.open("/settings/security/change")
	review := v.post("/settings/security/review", fields...)
	v.shows(review, http.StatusOK, "What happens then")
	return v.post("/settings/security/change", reviewed(review)...)
}

func TestASecondFactorIsRequiredFromToday(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Member")
	owner.shows(owner.open("/settings"), http.StatusOK, "Two-factor authentication is recommended. Passwords have at least 15 characters.")
	owner.shows(owner.open("/settings/security"), http.StatusOK, "1 of 2 active users has none.")
	owner.open("/settings/security/change")
	wrong := owner.post("/settings/security/review", policy("", "", "9", "45", "x", "0")...)
	owner.shows(wrong, http.StatusUnprocessableEntity, "Choose who needs two-factor authentication")
	owner.shows(wrong, http.StatusUnprocessableEntity, "Choose 5 to 30 minutes")
	if !strings.Contains(wrong.body, `value="9"`) {
		t.Error("what was typed is lost")
	}
	owner.shows(owner.post("/settings/security/review", policy("recommended", "", "15", "30", "720", "168")...), http.StatusUnprocessableEntity, "You have not changed anything.")

	review := owner.post("/settings/security/review", policy("all", p.today(), "12", "15", "480", "24")...)
	owner.shows(review, http.StatusOK, "1 active user has no two-factor authentication now. The next page this user opens is its set-up, before anything else. Each of them gets a mail now.")
	sam.shows(sam.open("/"), http.StatusOK, "Sam") // a review changes nothing
	owner.shows(owner.post("/settings/security/review", append(reviewed(review), "edit", "yes")...), http.StatusOK, "Change security")
	owner.leads(owner.post("/settings/security/change", reviewed(review)...), "/settings/security")
	owner.shows(owner.open("/settings/security"), http.StatusOK, "Required for all from")

	sam.leads(sam.get("/"), "/protect")
	shown := sam.open("/profile")
	sam.shows(shown, http.StatusOK, "Acme Pty requires two-factor authentication. Set it up to go on.")
	if strings.Contains(shown.body, "/protect/later") {
		t.Error("it can be put off")
	}
	if a := sam.get("/api/v1/session"); a.status != http.StatusUnauthorized {
		t.Errorf("a program is told that somebody is logged in: %d", a.status)
	}
	sam.open("/protect")
	if a := sam.post("/protect/later"); a.location() == "/" {
		sam.leads(sam.get("/"), "/protect")
	}
	sam.protect()
	sam.leads(sam.post("/protect/recovery-codes", "saved", "yes"), "/profile")
	sam.shows(sam.open("/"), http.StatusOK, "Sam")
	if shown := sam.open("/profile/second-factor/reset"); strings.Contains(shown.body, "/profile/second-factor/off") {
		t.Error("turning it off is offered")
	}
	sam.shows(sam.open("/profile/second-factor/off"), http.StatusOK, "Acme Pty requires two-factor authentication. It stays on")
	sam.shows(sam.open("/profile/password"), http.StatusOK, "12 characters")
	owner.shows(owner.open("/audit"), http.StatusOK, "Ada Byron changed the security policy of Acme Pty")
}

func TestTheBannerSaysFromWhen(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Administrator")
	from := p.clock.Now().UTC().AddDate(0, 0, 10)
	owner.leads(owner.changePolicy(policy("administrators", from.Format(time.DateOnly), "15", "30", "720", "168")), "/settings/security")
	sam.shows(sam.open("/"), http.StatusOK, "Acme Pty requires two-factor authentication from "+from.Format("2 January 2006"))
	if shown := owner.open("/"); strings.Contains(words(shown.body), "requires two-factor authentication from") {
		t.Error("somebody who has it is shown the banner")
	}
}

// Whoever proved the password long ago does it again before the set-up that they owe.
func TestWhoeverOwesASecondFactorConfirmsFirst(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Member")
	owner.leads(owner.changePolicy(policy("all", p.today(), "15", "30", "720", "168")), "/settings/security")
	p.clock.Advance(16 * time.Minute)
	sam.open("/")
	sam.leads(sam.post("/protect"), "/confirm?next=%2Fprotect")
	sam.shows(sam.open("/confirm?next=%2Fprotect"), http.StatusOK, "Confirm it")
	sam.leads(sam.post("/confirm", "password", password, "next", "/protect"), "/protect")
	sam.protect()
}

func TestAChangeOfThePolicyNeedsAFreshProof(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.open("/settings/security/change")
	review := owner.post("/settings/security/review", policy("recommended", "", "20", "30", "720", "168")...)
	p.clock.Advance(16 * time.Minute)
	owner.leads(owner.get("/settings/security/change"), "/confirm?next=%2Fsettings%2Fsecurity%2Fchange")
	question := owner.post("/settings/security/change", reviewed(review)...)
	to, err := url.Parse(question.location())
	if err != nil || to.Path != "/confirm" {
		t.Fatalf("the way leads to %q, %v", question.location(), err)
	}
	form := to.Query().Get("next")
	owner.open(question.location())
	owner.leads(owner.post("/confirm", "password", password, "next", form), form)
	if shown := owner.open(form); !strings.Contains(shown.body, `value="20" id="password"`) {
		t.Errorf("what was typed before the question is lost:\n%s", words(shown.body))
	}
}

func TestAShortPasswordIsReplacedWhenItStandsAlone(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.leads(owner.changePolicy(policy("all", p.today(), "12", "30", "720", "168")), "/settings/security")
	const short = "twelve birds"
	sam := p.visitor()
	sam.open(owner.link(owner.invite("sam@example.com", "Member")))
	sam.leads(sam.post("/join", "password", short), "/protect")
	owner.open("/settings/security/change")
	review := owner.post("/settings/security/review", policy("recommended", "", "15", "30", "720", "168")...)
	owner.shows(review, http.StatusOK, "Whoever has a password of fewer than 15 characters and no two-factor authentication is asked on the next page to choose a longer one")
	owner.leads(owner.post("/settings/security/change", reviewed(review)...), "/settings/security")

	sam.open("/protect")
	sam.leads(sam.post("/protect/later"), "/")
	sam.leads(sam.get("/profile/sessions"), "/protect/password")
	sam.shows(sam.open("/protect/password"), http.StatusOK, "Your password has fewer than 15 characters.")
	shown := sam.post("/protect/password", "current", "wrong", "password", "thirteen bird")
	sam.shows(shown, http.StatusUnprocessableEntity, "Your password has 13 characters. Use at least 15.")
	sam.shows(sam.post("/protect/password", "current", "wrong", "password", password), http.StatusUnprocessableEntity, "That password is not correct")
	sam.leads(sam.post("/protect/password", "current", short, "password", password), "/profile/sessions")
	sam.shows(sam.open("/profile/sessions"), http.StatusOK, "Password changed.")
	sam.leads(sam.get("/protect/password"), "/")
}

func TestABrandOnThePages(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.open("/settings/brand")
	faint := owner.post("/settings/brand", "name", "Acme ID", "light", "#ffd400", "dark", "", "support", "ftp://help")
	owner.shows(faint, http.StatusUnprocessableEntity, "This colour has a contrast of 1.23:1 in the light theme; text needs 4.5:1. The nearest colour that passes is #")
	owner.shows(faint, http.StatusUnprocessableEntity, "Enter an address that begins with https:// or mailto:")
	if !strings.Contains(faint.body, `value="#ffd400"`) || !strings.Contains(faint.body, `value="Acme ID"`) {
		t.Error("what was typed is lost")
	}
	owner.leads(owner.post("/settings/brand", "name", "Acme <ID>", "light", "#7A1F5C", "dark", "", "support", "mailto:help@example.com"), "/settings/brand")
	shown := owner.open("/settings")
	style := regexp.MustCompile(`<link rel="stylesheet" href="(/brand/[^"]+)">`).FindStringSubmatch(shown.body)
	if style == nil || !strings.Contains(shown.body, "mailto:help@example.com") || !strings.Contains(words(shown.body), "The portal is called Acme <ID>") {
		t.Fatalf("the page does not carry the brand:\n%s", shown.body)
	}
	if !strings.Contains(shown.body, "Acme &lt;ID&gt;</title>") {
		t.Error("the title does not carry the brand")
	}
	stranger := p.visitor()
	sheet := stranger.get(style[1])
	if sheet.status != http.StatusOK || !strings.Contains(sheet.body, "--accent:light-dark(#7A1F5C,") || sheet.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the style sheet is %d %s", sheet.status, sheet.body)
	}
	if login := stranger.open("/login"); strings.Contains(login.body, "Acme") || strings.Contains(login.body, "/brand/") {
		t.Error("the brand is shown before anybody is known")
	}
	form := owner.open("/settings/brand")
	owner.shows(form, http.StatusOK, "In the light theme")
	owner.shows(form, http.StatusOK, "In the dark theme")
	if !strings.Contains(form.body, `fill="#7A1F5C"`) {
		t.Error("the colours are not drawn")
	}
}

func TestStyleSheetsThatThereAreNot(t *testing.T) {
	v := newPortal(t, development, nil).visitor()
	for _, path := range []string{
		"/brand/", "/brand/7a1f5c.css", "/brand/ffd400-ffd400.css", "/brand/7a1f5c-102a56.css", "/brand/7A1F5C-DC9ECB.css",
		"/brand/7a1f5c-dc9ecb", "/brand/#7a1f5c-#dc9ecb.css", "/brand/7a1f5c-dc9ecb.css.css", "/brand/red;}-dc9ecb.css",
	} {
		if a := v.get(strings.ReplaceAll(path, "#", "%23")); a.status != http.StatusNotFound || strings.Contains(a.body, "--accent") {
			t.Errorf("%s is answered with %d %s", path, a.status, a.body)
		}
	}
}

// What a brand's colour is held against is what it meets in the style sheet.
func TestTheThemesAreThoseOfTheStyleSheet(t *testing.T) {
	css, err := os.ReadFile("page/static/css/1-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	for i, theme := range []organization.Theme{organization.LightTheme, organization.DarkTheme} {
		if got := theme.Surface.String(); got != tokens["surface"][i] {
			t.Errorf("the surface is %s, in the style sheet %s", got, tokens["surface"][i])
		}
		if got := theme.Ink.String(); got != tokens["ink"][i] {
			t.Errorf("the ink is %s, in the style sheet %s", got, tokens["ink"][i])
		}
		if got := theme.On[0].String(); got != tokens["on-accent"][i] {
			t.Errorf("the text on the accent is %s, in the style sheet %s", got, tokens["on-accent"][i])
		}
		for j, name := range []string{"surface", "canvas", "ok-soft", "warn-soft", "info-soft"} {
			if got := theme.Under[j].String(); got != tokens[name][i] {
				t.Errorf("%s is %s, in the style sheet %s", name, got, tokens[name][i])
			}
		}
	}
}

func TestTheHeadOfTheLogIsMailed(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.shows(owner.open("/settings/audit"), http.StatusOK, "Mail the head of the audit log")
	owner.shows(owner.post("/settings/audit", "address", ""), http.StatusUnprocessableEntity, "Enter an email address like name@example.com")
	owner.shows(owner.post("/settings/audit", "address", "nobody"), http.StatusUnprocessableEntity, "Enter an email address like name@example.com")
	owner.leads(owner.post("/settings/audit", "address", "audit@example.com"), "/settings/audit")
	owner.shows(owner.open("/settings/audit"), http.StatusOK, "The head of the audit log is on its way to audit@example.com.")
	for deadline := time.Now().Add(patience); len(p.letters("audit@example.com")) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no letter arrives")
		}
	}
	if text := p.letters("audit@example.com")[0].Text; !regexp.MustCompile(`(?m)^idkit audit verify --head org_\w+:\d+:[0-9a-f]{64}$`).MatchString(text) {
		t.Errorf("the letter has no command on a line of its own:\n%s", text)
	}
	owner.shows(owner.open("/settings"), http.StatusOK, "mailed to audit@example.com every day")
	sam, _ := owner.joined("sam@example.com", "Administrator")
	owner.open("/settings/audit")
	p.clock.Advance(16 * time.Minute)
	owner.leads(owner.post("/settings/audit", "address", strings.Repeat("long", 1000)), "/confirm?next=%2Fsettings%2Faudit")
	question := owner.post("/settings/audit", "address", "other@example.com").location()
	to, err := url.Parse(question)
	if err != nil || to.Path != "/confirm" {
		t.Fatalf("the way leads to %q, %v", question, err)
	}
	form := to.Query().Get("next")
	for from, shown := range map[string]*answer{"somebody": owner.open("/settings/audit?address=thief%40example.com"), "another session": sam.open(form)} {
		if !strings.Contains(shown.body, `value="audit@example.com"`) {
			t.Errorf("a link of %s fills in the form:\n%s", from, words(shown.body))
		}
	}
	owner.open(question)
	owner.leads(owner.post("/confirm", "password", password, "next", form), form)
	if shown := owner.open(form); !strings.Contains(shown.body, `value="other@example.com"`) || !strings.Contains(shown.body, "<dd>audit@example.com</dd>") {
		t.Error("what was typed before the question is lost, or in force before it is sent")
	}
	owner.leads(owner.post("/settings/audit", "stop", "yes"), "/settings/audit")
	owner.shows(owner.open("/settings/audit"), http.StatusOK, "The head of the audit log is no longer mailed.")
}

func TestSettingsOfWhoeverMayOnlyLook(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.open("/users/roles/new")
	owner.post("/users/roles/new", "name", "Auditor", "may.settings.access", "yes", "may.settings.view", "yes")
	sam, id := owner.joined("sam@example.com", "Member")
	p.change(`UPDATE users SET role_id = (SELECT id FROM roles WHERE name = 'Auditor') WHERE id = '` + id + `'`)
	for _, path := range []string{"/settings", "/settings/security", "/settings/brand", "/settings/mail", "/settings/audit"} {
		shown := sam.open(path)
		sam.shows(shown, http.StatusOK, "Settings")
		if strings.Contains(shown.body, `<form method="post" action="/settings`) || strings.Contains(shown.body, "/settings/security/change") {
			t.Errorf("%s offers a change", path)
		}
	}
	sam.shows(sam.open("/settings/security/change"), http.StatusForbidden, "You do not have access")
	for _, path := range []string{"/settings/security/review", "/settings/security/change", "/settings/brand", "/settings/audit"} {
		sam.open("/")
		sam.shows(sam.post(path), http.StatusForbidden, "You do not have access")
	}
}
