package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestTheLogKeepsNoSecrets walks the whole journey and looks for everything
// that was typed, mailed or set as a cookie on the way.
func TestTheLogKeepsNoSecrets(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.leads(owner.post("/users/invite", append(owner.inviteForm("sam@example.com", "Member"), "note", "canary of a note")...), "/users")
	link := p.mailedPath(p.letter("sam@example.com", "/join"))
	sam := p.visitor()
	sam.open(link)
	sam.post("/join", "password", "canary short")
	sam.leads(sam.post("/join", "password", password), "/protect")
	sam.protect()
	sam.leads(sam.post("/protect/recovery-codes", "saved", "yes"), "/")
	sam.open("/")
	sam.post("/logout")
	sam.open("/login")
	sam.post("/login", "email", "canary-typed@example.com", "password", "canary of a wrong password")
	sam.leads(sam.logIn("sam@example.com"), "/")
	sam.open("/")
	sam.post("/logout")
	sam.open("/login?email=canary-query@example.com&next=/users?q=canary-next")
	sam.post("/login", "email", "sam@example.com", "password", password)
	sam.open("/login/code")
	sam.post("/login/code", "code", "135792")
	sam.open("/login/recovery")
	sam.leads(sam.post("/login/recovery", "code", sam.codes[3]), "/login/recovered")
	odd := sam.request("POST", "/login", strings.NewReader("email=canary-odd@example.com&%zz"))
	sam.send(odd)
	p.clock.Advance(time.Minute)

	secrets := []string{
		password, "canary", sam.key, owner.key, "135792", "sam@example.com", admin,
		strings.SplitN(link, "token=", 2)[1], strings.SplitN(p.setup, "token=", 2)[1],
	}
	secrets = append(append(secrets, sam.codes...), owner.codes...)
	for _, v := range []*visitor{sam, owner} {
		for _, c := range v.set {
			if len(c.Value) > 8 && !strings.HasPrefix(c.Value, "/") {
				secrets = append(secrets, c.Value)
			}
		}
		secrets = append(secrets, v.page.formToken())
	}
	if len(secrets) < 40 {
		t.Fatalf("only %d secrets were met", len(secrets))
	}
	log := p.log.String()
	if strings.Count(log, `"msg":"request"`) < 40 {
		t.Fatal("the log is not written to this journal")
	}
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), strings.ReplaceAll(secret, "-", "")} {
			if i := strings.Index(log, form); i >= 0 {
				t.Errorf("the log tells %q: %.200s", form, log[max(0, i-100):])
				break
			}
		}
	}
}

// TestNoSecretIsOnAPage: what proves something travels in cookies only.
func TestNoSecretIsOnAPage(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	id := owner.invite("sam@example.com", "Member")
	link := owner.link(id)
	token := strings.SplitN(link, "token=", 2)[1]
	sam := p.visitor()
	var texts []string
	look := func(v *visitor, target string) {
		a := v.get(target)
		texts = append(texts, a.body+a.location())
	}
	look(sam, link)
	look(sam, "/join")
	look(sam, "/nowhere")
	for _, target := range []string{"/", "/users", "/users/" + id, "/users/" + id + "/link", "/users/invite", "/settings/mail", "/logout", "/api/v1/session", "/login"} {
		look(owner, target)
	}
	secrets := []string{token, owner.cookie("idkit_session"), owner.key, owner.codes[0]}
	for _, text := range texts {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q is on a page:\n%s", secret, words(text))
			}
		}
	}
}

// TestHostileNamesStayText puts what would be markup elsewhere into every field.
func TestHostileNamesStayText(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	hostile := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{.Actor}}`, `%3Cscript%3E`, `</title><svg onload=alert(1)>`, `' onfocus='alert(1)`,
	}
	for i, name := range hostile {
		fields := owner.inviteForm("h"+strings.Repeat("x", i)+"@example.com", "Member")
		fields = append(fields, "first_name", name, "last_name", name)
		a := owner.post("/users/invite", fields...)
		texts := []string{a.body, owner.open("/users").body, owner.open("/users?q=" + url.QueryEscape(name)).body, owner.open("/login?next=/" + url.QueryEscape(name)).body}
		for _, text := range texts {
			for _, markup := range []string{"<script>alert", "<img src=x", "<svg onload", "onfocus='alert"} {
				if strings.Contains(text, markup) {
					t.Errorf("%s became markup", name)
				}
			}
		}
		if a.status == http.StatusInternalServerError {
			t.Errorf("%s: answer %d", name, a.status)
		}
	}
}
