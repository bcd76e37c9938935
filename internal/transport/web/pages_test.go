package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
)

func TestOnePersonInTwoOrganizations(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	made, err := p.app.Clients().Create(t.Context(), access.Installation(access.Origin{}), client.Draft{Details: client.Details{Name: "Globex"}, FirstName: "Ada", Email: admin, PrintLink: true})
	if err != nil {
		t.Fatal(err)
	}
	stranger := p.visitor()
	stranger.shows(stranger.open(p.mailedPath(made.Link.URL)), http.StatusOK, "Globex") // who must log in for it
	stranger.open("/login")                                                             // the page offers nothing else: no other form stands in for it
	stranger.leads(stranger.post("/join", "password", "another password entirely"), "/join")

	sam := owner.member("sam@example.com", "Member")
	sam.shows(sam.open(p.mailedPath(made.Link.URL)), http.StatusOK, admin)
	sam.post("/join")
	sam.open("/join")
	sam.leads(sam.post("/join/switch"), "/join")
	sam.leads(sam.get("/"), "/login")

	owner.shows(owner.open(p.mailedPath(made.Link.URL)), http.StatusOK, "Globex")
	owner.leads(owner.post("/join"), "/")
	owner.shows(owner.open("/"), http.StatusOK, "You now belong to this organization as well.")
	owner.post("/logout")

	owner.leads(owner.logIn(admin), "/login/client")
	chosen := regexp.MustCompile(`name="organization" value="(org_[0-9a-v]+)"`).FindAllStringSubmatch(owner.open("/login/client").body, -1)
	if len(chosen) != 2 {
		t.Fatalf("%d organizations to choose from", len(chosen))
	}
	half := owner.clone()
	half.leads(half.get("/users"), "/login?next=%2Fusers")
	if a := half.post("/login/client", "organization", "org_00000000000000000000000000"); a.status < 300 || half.cookie("idkit_session") != "" {
		t.Errorf("somebody else's organization: %d", a.status)
	}
	owner.leads(owner.post("/login/client", "organization", chosen[1][1]), "/")
	if a := owner.get("/api/v1/session"); !strings.Contains(a.body, chosen[1][1]) {
		t.Errorf("the session is not there: %s", a.body)
	}
}

func TestWhoeverWasSlowerSeesHowThingsStand(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	id := owner.invite("sam@example.com", "Member")
	owner.open("/users/" + id + "/withdraw")
	late := owner.clone()
	sam := p.join(owner.link(id))
	sam.open("/protect")
	sam.leads(sam.post("/protect/later"), "/")
	late.leads(late.post("/users/"+id+"/withdraw"), "/users")
	if text := words(late.open("/users").body); !strings.Contains(text, "Sam Ito") || strings.Contains(text, "withdrawn") {
		t.Errorf("the list says %s", text)
	}
	late.leads(late.get("/users/"+id+"/resend"), "/users")
	late.leads(late.get("/users/"+id+"/link"), "/users")
}

// TestAskingAgainSaysNothing: the reply promises nothing, and the form is good
// for the link alone that it was shown for.
func TestAskingAgainSaysNothing(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	link := owner.link(owner.invite("sam@example.com", "Member"))
	p.clock.Advance(8 * 24 * time.Hour)
	sam := p.visitor()
	sam.open(link)
	for range 2 { // the second time nobody is told
		sam.shows(sam.clone().post("/join/again"), http.StatusOK, "If the invitation")
	}
	for _, other := range []string{"/join?token=" + strings.Repeat("A", 43), "/join"} {
		v := p.visitor()
		v.open(other)
		v.open("/login") // the page of an unknown link has no such form
		v.leads(v.post("/join/again"), "/join")
	}
}

// TestALinkOpenedMeanwhileDoesNotTakeAFormOver: whoever has the form of one
// invitation open and is led to another link must not set a password for that.
func TestALinkOpenedMeanwhileDoesNotTakeAFormOver(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	mine, theirs := owner.link(owner.invite("sam@example.com", "Member")), owner.link(owner.invite("eve@example.com", "Member"))
	sam := p.visitor()
	sam.open(mine)
	form := sam.form("password", "four unrelated words here")
	sam.open(theirs)
	a := sam.send(sam.request(http.MethodPost, "/join", strings.NewReader(form.Encode())))
	sam.leads(a, "/join")
	if a := sam.open("/join"); !strings.Contains(a.body, "eve@example.com") {
		t.Errorf("the page of the newer link does not say for whom it is:\n%s", words(a.body))
	}
}

// TestAnUnknownAddressStandsInThePortal: whoever is logged in is not sent to the log-in by a wrong address,
// and whoever may see users can look for one.
func TestAnUnknownAddressStandsInThePortal(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam := owner.member("sam@example.com", "Member")
	for _, path := range []string{"/nothing", "/users/usr_00000000000000000000000000"} {
		a := owner.get(path)
		owner.shows(a, http.StatusNotFound, "Page not found Nothing is here, or it is not yours to see. Check the address. Find Go to the portal")
		if !strings.Contains(a.body, `<form class="finder" role="search" method="get" action="/users">`) {
			t.Errorf("%s offers no search", path)
		}
	}
	a := sam.get("/nothing")
	sam.shows(a, http.StatusNotFound, "Check the address. Go to the portal")
	if strings.Contains(a.body, `role="search"`) {
		t.Error("the portal offers a Member what is refused")
	}
	stranger := p.visitor()
	stranger.shows(stranger.get("/nothing"), http.StatusNotFound, "Check the address. Go to the log-in page")
}

func TestTheMailboxIsForThisMachineOnly(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.visitor()
	for _, path := range []string{"/dev/mailbox", "/dev/ui"} {
		v.shows(v.open(path), http.StatusOK, "IDKit")
		r := v.request(http.MethodGet, path, nil)
		r.RemoteAddr = "192.0.2.7:40000"
		r.Header.Set("X-Forwarded-For", "127.0.0.1")
		if a := v.send(r); a.status != http.StatusNotFound {
			t.Errorf("%s answers %d to another machine", path, a.status)
		}
	}
}

// TestAFormPostedTwiceLogsNobodyOut: where the first post brought a new session
// cookie, the second carries the old one, and must not take the new one away.
func TestAFormPostedTwiceLogsNobodyOut(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	owner.open("/users/invite")
	again := owner.clone()
	again.cookies["__Host-idkit_session"] = strings.Repeat("A", 43)
	a := again.post("/users/invite", "first_name", "Sam")
	if a.location() != "/login?ended=1" {
		t.Errorf("led to %q", a.location())
	}
	for _, cookie := range a.header.Values("Set-Cookie") {
		if strings.Contains(cookie, "idkit_session") {
			t.Errorf("the answer touches the session cookie: %s", cookie)
		}
	}
}

func TestStaticFiles(t *testing.T) {
	p := newPortal(t, production, nil)
	v := p.visitor()
	files := regexp.MustCompile(`/static/[^"?#]+`).FindAllString(v.open("/login").body, -1)
	if len(files) < 3 {
		t.Fatalf("only %v", files)
	}
	for _, file := range files {
		r := v.request("GET", file, nil)
		r.Header.Set("Accept-Encoding", "br, gzip")
		packed, plain := v.send(r), v.get(file)
		if plain.status != http.StatusOK || plain.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || len(plain.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: answer %d %v", file, plain.status, plain.header)
		}
		if packed.header.Get("Content-Encoding") != "gzip" {
			continue
		}
		if unpacked(t, packed) != plain.body || !strings.Contains(packed.header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: the packed file is another one", file)
		}
	}
	r := v.request("GET", "/login", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	page := v.send(r)
	if page.header.Get("Content-Encoding") != "gzip" || !strings.Contains(unpacked(t, page), "<h1>") {
		t.Error("pages are not packed")
	}
	r.Header.Set("Accept-Encoding", "gzip;q=0")
	if a := v.send(r); a.header.Get("Content-Encoding") != "" {
		t.Error("a page is packed for somebody who cannot unpack it")
	}
}

func unpacked(t *testing.T, a *answer) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheMailboxIsForDevelopmentOnly(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.leads(owner.post("/users/invite", owner.inviteForm("sam@example.com", "Member")...), "/users")
	p.letter("sam@example.com", "/join")
	letter := "/dev/mailbox/" + p.letters("sam@example.com")[0].ID
	owner.shows(owner.get("/dev/mailbox"), http.StatusOK, "sam@example.com")
	for _, as := range []string{"", "?as=html", "?as=source", "?as=nonsense"} {
		if a := owner.get(letter + as); a.status != http.StatusOK || strings.Contains(a.header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: answer %d", as, a.status)
		}
	}
	a := owner.get(letter + "/html")
	if a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") || strings.Contains(a.header.Get("Content-Security-Policy"), "allow-scripts") {
		t.Errorf("the framed letter: %d %s", a.status, a.header.Get("Content-Security-Policy"))
	}
	for _, id := range []string{"nonsense", "..%2f..%2fidkit.db", "%2e%2e"} {
		if a := owner.get("/dev/mailbox/" + id); a.status != http.StatusNotFound && a.status != http.StatusTemporaryRedirect {
			t.Errorf("%s: answer %d", id, a.status)
		}
	}
	p = newPortal(t, production, nil)
	for _, target := range []string{"/dev/mailbox", "/dev/ui", letter} {
		if a := p.visitor().get(target); a.status != http.StatusNotFound {
			t.Errorf("production, %s: answer %d", target, a.status)
		}
	}
}

func TestTheFirstRunRefusesInPlace(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.visitor()
	v.open("/setup")
	fields := []string{"organization", "Acme", "first_name", "Ada", "last_name", "", "email", admin, "password", password}
	v.shows(v.post("/setup", append(fields, "code", strings.Repeat("A", 43))...), http.StatusUnprocessableEntity, "That code does not work")
	v.shows(v.post("/setup", fields...), http.StatusUnprocessableEntity, "That code does not work")
	v.open(p.setup)
	v.shows(v.post("/setup", append(fields, "organization", "", "password", "short")...), http.StatusUnprocessableEntity, "Enter")
	owner := p.found()
	v.shows(v.post("/setup", fields...), http.StatusNotFound, "Page not found") // somebody was quicker
	v.shows(v.open("/setup"), http.StatusNotFound, "Page not found")
	owner.open("/setup/mail")
	owner.leads(owner.post("/setup/mail"), "/setup/mail")
	for deadline := time.Now().Add(patience); len(p.letters(admin)) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the test mail does not arrive")
		}
	}
	owner.shows(owner.open("/settings/mail"), http.StatusOK, admin)
}
