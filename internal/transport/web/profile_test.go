package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const newPassword = "seventeen green umbrellas dancing"

func TestAForgottenPassword(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	v := p.visitor()
	v.shows(v.open("/forgot"), http.StatusOK, "Send link")
	v.shows(v.post("/forgot", "email", ""), http.StatusUnprocessableEntity, "Enter your email address")
	v.shows(v.post("/forgot", "email", "nonsense"), http.StatusUnprocessableEntity, "Enter an email address like name@example.com")
	v.shows(v.post("/forgot", "email", admin), http.StatusOK, "If "+admin+" has an account, a mail is on its way.")
	v.shows(v.post("/forgot", "email", admin, "again", "yes"), http.StatusTooManyRequests, "Too many attempts. Try again in")
	link := p.mailedPath(p.letter(admin, "/reset"))

	v.leads(v.get(link), "/reset")
	v.shows(v.open("/reset"), http.StatusOK, "Choose a new password")
	v.shows(v.post("/reset", "password", "short", "confirm", "other"), http.StatusUnprocessableEntity, "Your password has 5 characters. Use at least 15.")
	v.shows(v.post("/reset", "password", newPassword, "confirm", "other"), http.StatusUnprocessableEntity, "The two passwords are not the same.")
	v.leads(v.post("/reset", "password", newPassword, "confirm", newPassword), "/login?"+url.Values{"email": {admin}, "next": {"/"}}.Encode())
	v.shows(v.open("/login"), http.StatusOK, "Your password is changed. Log in with it.")
	if v.cookie("idkit_session") != "" {
		t.Error("a reset logged somebody in")
	}
	if a := owner.get("/"); a.status != http.StatusSeeOther {
		t.Errorf("the old session still opens the portal: %d", a.status)
	}
	v.leads(v.post("/login", "email", admin, "password", newPassword), "/login/code")
	again := p.visitor()
	again.open(link)
	again.shows(again.open("/reset"), http.StatusGone, "Send a new link")
}

func TestAResetLinkForSomebodyElse(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Member")
	sam.open("/forgot")
	sam.post("/forgot", "email", admin)
	sam.open(p.mailedPath(p.letter(admin, "/reset")))
	sam.shows(sam.open("/reset"), http.StatusOK, "You are logged in as sam@example.com")
	sam.shows(sam.post("/reset", "password", newPassword, "confirm", newPassword), http.StatusOK, "You are logged in as sam@example.com")
	sam.leads(sam.post("/reset/switch"), "/reset")
	sam.shows(sam.open("/reset"), http.StatusOK, "Choose a new password")
}

func TestThePasswordManagersAddress(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.visitor()
	if a := v.get("/.well-known/change-password"); a.status != http.StatusFound || a.location() != "/profile/password" {
		t.Errorf("answer %d to %q", a.status, a.location())
	}
	if a := v.get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"); a.status != http.StatusNotFound {
		t.Errorf("answer %d to an unknown address", a.status)
	}
}

func TestTheProfileAndItsChanges(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.found()
	v.shows(v.open("/profile"), http.StatusOK, admin)

	v.shows(v.open("/profile/name"), http.StatusOK, "Last name")
	v.shows(v.post("/profile/name", "first_name", "", "last_name", "B"), http.StatusUnprocessableEntity, "Enter a first name")
	v.leads(v.post("/profile/name", "first_name", "Augusta", "last_name", "Byron"), "/profile")
	v.shows(v.open("/profile"), http.StatusOK, "Name changed.")
	v.shows(v.open("/profile"), http.StatusOK, "You changed the name")

	v.shows(v.open("/profile/mobile"), http.StatusOK, "Australia (+61)")
	v.shows(v.post("/profile/mobile", "region", "", "number", ""), http.StatusUnprocessableEntity, "Choose a region")
	v.shows(v.post("/profile/mobile", "region", "AU", "number", ""), http.StatusUnprocessableEntity, "Enter a phone number")
	v.shows(v.post("/profile/mobile", "region", "AU", "number", "0412 34"), http.StatusUnprocessableEntity, "This number is too short for Australia.")
	v.shows(v.post("/profile/mobile", "region", "AU", "number", "+44 7911 123456"), http.StatusUnprocessableEntity,
		"The number starts with +44 but the region is Australia (+61). Change one of them.")
	v.leads(v.post("/profile/mobile", "region", "AU", "number", "0412-345-210"), "/profile")
	v.shows(v.open("/profile"), http.StatusOK, "+61 412 345 210")
	v.open("/profile/mobile")
	v.leads(v.post("/profile/mobile/remove"), "/profile")
	v.shows(v.open("/profile"), http.StatusOK, "Mobile number removed.")

	other := p.visitor()
	other.key = v.key
	other.logIn(admin)
	v.shows(v.open("/profile/sessions"), http.StatusOK, "This device")
	v.leads(v.post("/profile/sessions/end-others"), "/profile/sessions")
	v.shows(v.open("/profile/sessions"), http.StatusOK, "You are logged in only here.")
	if a := other.get("/"); a.status != http.StatusSeeOther {
		t.Errorf("the other session goes on: %d", a.status)
	}

	v.open("/profile/password")
	v.shows(v.post("/profile/password", "current", "", "password", newPassword), http.StatusUnprocessableEntity, "Enter your password")
	v.shows(v.post("/profile/password", "current", "wrong wrong wrong wrong", "password", newPassword), http.StatusUnprocessableEntity, "That password is not correct.")
	v.shows(v.post("/profile/password", "current", password, "password", password), http.StatusUnprocessableEntity, "The new password is the same as the old one.")
	v.leads(v.post("/profile/password", "current", password, "password", newPassword, "end_sessions", "yes"), "/profile")
	v.shows(v.open("/profile"), http.StatusOK, "Password changed.")
}

// TestYourActivityIsYourOwn: it says "you", and not from where a colleague acted.
func TestYourActivityIsYourOwn(t *testing.T) {
	p := newPortal(t, development, nil)
	sam := p.found().member("sam@example.com", "Member")
	a := sam.open("/profile")
	sam.shows(a, http.StatusOK, "You set up the account 192.0.2.7 · Firefox on Linux")
	if !regexp.MustCompile(` invited [^<]+</span></li>`).MatchString(a.body) {
		t.Errorf("the invitation is missing, or tells where whoever sent it was:\n%s", words(a.body))
	}
}

func TestAnAddressIsChangedThroughThePages(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.found()
	const next = "countess@other.example"
	v.open("/profile/email")
	v.shows(v.post("/profile/email", "email", "nonsense", "password", password), http.StatusUnprocessableEntity, "Enter an email address like name@example.com")
	v.shows(v.post("/profile/email", "email", admin, "password", password), http.StatusUnprocessableEntity, "This is already your address.")
	v.shows(v.post("/profile/email", "email", next, "password", "wrong"), http.StatusUnprocessableEntity, "That password is not correct.")
	v.leads(v.post("/profile/email", "email", next, "password", password), "/profile")
	v.shows(v.open("/profile"), http.StatusOK, "We wrote to "+next+". Until you confirm, you log in with "+admin+".")
	link := p.mailedPath(p.letter(next, "/email/confirm"))

	scanner := p.visitor()
	scanner.send(scanner.request(http.MethodHead, link, nil))
	scanner.shows(scanner.open(link), http.StatusOK, "Confirm your new address")
	if strings.Contains(scanner.page.body, admin) {
		t.Error("a stranger with the link sees the present address")
	}
	scanner.shows(scanner.post("/email/refuse"), http.StatusUnprocessableEntity, "Tick the box first.")
	scanner.leads(scanner.post("/email/confirm"), "/login?"+url.Values{"email": {""}, "next": {"/email/confirm"}}.Encode())

	v.open(link)
	v.shows(v.open("/email/confirm"), http.StatusOK, next)
	v.leads(v.post("/email/confirm"), "/profile")
	v.shows(v.open("/profile"), http.StatusOK, "From now on you log in with "+next+".")

	undo := p.mailedPath(p.letter(admin, "/email/undo"))
	scanner.shows(scanner.open(undo), http.StatusOK, "Undo the change of address?")
	scanner.shows(scanner.post("/email/undo"), http.StatusUnprocessableEntity, "Tick the box first.")
	owner := p.visitor()
	owner.open(undo)
	owner.shows(owner.post("/email/undo", "sure", "yes"), http.StatusOK, "You log in with "+admin+" again.")
	if a := v.get("/profile"); a.status != http.StatusSeeOther {
		t.Errorf("a session survived the undo: %d", a.status)
	}
	owner.shows(owner.open(undo), http.StatusGone, "")
}

func TestAChangeOfAddressIsStopped(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.found()
	v.open("/profile/email")
	v.leads(v.post("/profile/email", "email", "countess@other.example", "password", password), "/profile")
	v.open("/profile")
	v.leads(v.post("/profile/email/resend"), "/profile")
	old := p.visitor()
	old.shows(old.open(p.mailedPath(p.letter(admin, "/email/stop"))), http.StatusOK, "Stop this change?")
	old.shows(old.post("/email/stop", "sure", "yes"), http.StatusOK, "You log in with "+admin+" as before.")
	stranger := p.visitor()
	stranger.shows(stranger.open(p.mailedPath(p.letter("countess@other.example", "/email/confirm"))), http.StatusGone, "This confirmation ended")
}

// TestAChangeOfAddressEndsBeforeItsProof: its owner takes it back, or the new mailbox refuses it,
// and somebody else who is logged in there makes room for its owner.
func TestAChangeOfAddressEndsBeforeItsProof(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Member")
	asked := func(next string) (link string) {
		owner.open("/profile/email")
		owner.leads(owner.post("/profile/email", "email", next, "password", password), "/profile")
		return p.mailedPath(p.letter(next, "/email/confirm"))
	}
	sam.shows(sam.open(asked("countess@other.example")), http.StatusOK, "You are logged in as sam@example.com")
	sam.leads(sam.post("/email/switch"), "/email/confirm")
	sam.shows(sam.open("/email/confirm"), http.StatusOK, "Confirm your new address")
	if a := sam.get("/profile"); a.status != http.StatusSeeOther {
		t.Errorf("who made room is still logged in: %d", a.status)
	}
	sam.shows(sam.post("/email/refuse", "sure", "yes"), http.StatusOK, "Nothing was changed, and the link no longer works.")
	owner.shows(owner.open("/profile"), http.StatusOK, admin)

	taken := asked("augusta@other.example")
	owner.open("/profile")
	owner.leads(owner.post("/profile/email/stop"), "/profile")
	owner.shows(owner.open("/profile"), http.StatusOK, "You log in with "+admin+" as before.")
	stranger := p.visitor()
	stranger.shows(stranger.open(taken), http.StatusGone, "This confirmation ended")
}

func TestOneSessionIsEnded(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	other := p.visitor()
	other.key = owner.key
	other.leads(other.logIn(admin), "/")
	path := regexp.MustCompile(`action="(/profile/sessions/ses_[0-9a-v]{26}/end)"`).FindStringSubmatch(owner.open("/profile/sessions").body)
	if path == nil {
		t.Fatalf("no session can be ended: %s", words(owner.page.body))
	}
	owner.leads(owner.post(path[1]), "/profile/sessions")
	owner.shows(owner.open("/profile/sessions"), http.StatusOK, "You are logged in only here.")
	if a := other.get("/"); a.status != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", a.status)
	}
	owner.leads(owner.post(path[1]), "/profile/sessions") // the page was older than the end
	owner.shows(owner.open("/profile/sessions"), http.StatusOK, "This session has ended already.")
}

func TestTheSecondFactorIsResetThroughThePages(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.found()
	p.clock.Advance(16 * time.Minute)
	v.shows(v.open("/profile/second-factor/reset"), http.StatusOK, "The old one works until the new one is confirmed.")
	v.shows(v.post("/profile/second-factor/reset", "password", password), http.StatusUnprocessableEntity, "Enter the 6-digit code")
	v.shows(v.post("/profile/second-factor/reset", "password", "wrong", "code", v.code()), http.StatusUnprocessableEntity, "That password is not correct.")
	v.shows(v.post("/profile/second-factor/reset", "password", password, "code", "000000"), http.StatusUnprocessableEntity, "That code is not correct")
	v.leads(v.post("/profile/second-factor/reset", "password", password, "code", v.code()), "/protect/authenticator")
	shown := v.open("/protect/authenticator")
	old := v.key
	v.key = otpSecret.FindStringSubmatch(strings.ReplaceAll(shown.body, "&amp;", "&"))[1]
	if v.key == old {
		t.Fatal("the key is the old one")
	}
	v.leads(v.post("/protect/authenticator", "code", v.code()), "/protect/recovery-codes")
	v.open("/protect/recovery-codes")
	v.leads(v.post("/protect/recovery-codes", "saved", "yes"), "/profile")

	p.clock.Advance(16 * time.Minute)
	v.leads(v.get("/profile/recovery-codes"), "/confirm?next=%2Fprofile%2Frecovery-codes")
	v.open("/profile/recovery-codes")
	v.shows(v.post("/confirm", "password", "wrong", "next", "/profile/recovery-codes"), http.StatusUnprocessableEntity, "That password is not correct.")
	v.leads(v.post("/confirm", "password", password, "next", "/profile/recovery-codes"), "/profile/recovery-codes")
	v.shows(v.open("/profile/recovery-codes"), http.StatusOK, "10")
	v.leads(v.post("/profile/recovery-codes"), "/protect/recovery-codes")
	v.open("/protect/recovery-codes")
	v.post("/protect/recovery-codes", "saved", "yes")

	v.open("/profile/second-factor/off")
	v.leads(v.post("/profile/second-factor/off", "password", password, "code", v.code()), "/profile")
	v.shows(v.open("/profile"), http.StatusOK, "Two-factor authentication is off.")
}

func TestAnAuthenticatorIsSetUpAfterAFreshProofOnly(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.found()
	v.open("/profile/second-factor/off")
	v.leads(v.post("/profile/second-factor/off", "password", password, "code", v.code()), "/profile")
	p.clock.Advance(16 * time.Minute)
	v.open("/protect")
	v.leads(v.post("/protect"), "/confirm?next=%2Fprotect")
	v.open("/confirm?next=%2Fprotect")
	v.leads(v.post("/confirm", "password", password, "next", "/protect"), "/protect")
	v.open("/protect")
	v.leads(v.post("/protect"), "/protect/authenticator")
	p.clock.Advance(16 * time.Minute)
	v.leads(v.get("/protect/authenticator"), "/confirm?next=%2Fprotect%2Fauthenticator")
}

func TestAttackerWithASessionEnrolsAnAuthenticator(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.found()
	v.leads(v.get("/protect/authenticator"), "/profile/second-factor/reset")
	v.open("/profile")
	v.leads(v.post("/protect/authenticator", "code", "000000"), "/profile/second-factor/reset")
}

func TestAttackerSendsTheAddressTwiceOrAsAList(t *testing.T) {
	p := newPortal(t, development, nil)
	p.found()
	v := p.visitor()
	v.open("/forgot")
	for _, body := range []url.Values{
		{"email": {admin, "evil@evil.example"}},
		{"email[]": {admin}},
		{"email": {admin + ",evil@evil.example"}},
		{"email": {admin + "\r\nBcc: evil@evil.example"}},
		{"email": {strings.Replace(admin, "@", "＠", 1)}},
	} {
		form := v.form()
		for name, values := range body {
			form[name] = values
		}
		if a := v.clone().send(v.request(http.MethodPost, "/forgot", strings.NewReader(form.Encode()))); a.status < 300 {
			t.Errorf("%v: answer %d", body, a.status)
		}
	}
	// A domain in look-alike letters is another domain, where nobody has an account.
	v.open("/forgot")
	v.shows(v.post("/forgot", "email", strings.Replace(admin, "example", "exampl\u0435", 1)), http.StatusOK, "a mail is on its way")
	time.Sleep(200 * time.Millisecond)
	for _, letter := range append(p.letters(admin), p.letters("evil@evil.example")...) {
		if strings.Contains(letter.Text, "/reset?") {
			t.Errorf("%s got a link", letter.To)
		}
	}
}

func TestAttackerSteersTheLinkByHeaders(t *testing.T) {
	p := newPortal(t, development, nil)
	p.found()
	v := p.visitor()
	v.open("/forgot")
	r := v.request(http.MethodPost, "/forgot", strings.NewReader(v.form("email", admin).Encode()))
	for name, value := range map[string]string{
		"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example;proto=https",
		"X-Original-Host": "evil.example", "X-Forwarded-Server": "evil.example", "X-Host": "evil.example",
	} {
		r.Header.Set(name, value)
	}
	v.shows(v.send(r), http.StatusOK, "a mail is on its way")
	p.mailedPath(p.letter(admin, "/reset")) // fails unless it leads to the configured address
	foreign := v.request(http.MethodPost, "/forgot", strings.NewReader(v.form("email", admin).Encode()))
	foreign.Host = "evil.example"
	if a := v.clone().send(foreign); a.status != http.StatusMisdirectedRequest {
		t.Errorf("a foreign host is answered with %d", a.status)
	}
}

// TestForgottenPasswordsAreAnsweredAlike compares whole answers, but for what
// every page has anew.
func TestForgottenPasswordsAreAnsweredAlike(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	owner.invite("invited@example.com", "Member")
	fresh := regexp.MustCompile(`name="form_token" value="[^"]+"|nonce="[^"]+"`)
	var first *answer
	for _, email := range []string{admin, "invited@example.com", "nobody@example.com"} {
		v := p.visitor()
		v.open("/forgot")
		a := v.post("/forgot", "email", email)
		a.body = fresh.ReplaceAllString(strings.ReplaceAll(a.body, email, "ADDRESS"), "")
		a.header.Del("X-Request-Id")
		if first == nil {
			first = a
			continue
		}
		if a.status != first.status || a.body != first.body {
			t.Errorf("%s: status %d, want %d; the bodies are alike: %v", email, a.status, first.status, a.body == first.body)
		}
		for name := range first.header {
			if name != "Set-Cookie" && !slices.Equal(a.header[name], first.header[name]) {
				t.Errorf("%s: %s is %q, want %q", email, name, a.header[name], first.header[name])
			}
		}
		if len(a.header) != len(first.header) || len(a.header["Set-Cookie"]) != len(first.header["Set-Cookie"]) {
			t.Errorf("%s: headers %v, want %v", email, a.header, first.header)
		}
	}
}
