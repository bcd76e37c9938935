package web_test

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// visitor is somebody with a browser: it keeps cookies, posts forms with the
// token of the page before, and follows redirects when asked to.
type visitor struct {
	p       *portal
	cookies map[string]string
	set     []*http.Cookie // every cookie that was ever set, in turn
	peer    string         // network address and port
	page    *answer        // the last page that was shown
	key     string         // of the authenticator
	codes   []string       // recovery codes
	shown   int64          // the time step of the last code, counted in steps of 30 seconds
}

func (p *portal) visitor() *visitor {
	return &visitor{p: p, cookies: map[string]string{}, peer: "192.0.2.7:40000"}
}

// clone is the same browser, which goes another way from here.
func (v *visitor) clone() *visitor {
	c := *v
	c.cookies = maps.Clone(v.cookies)
	return &c
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a *answer) location() string { return a.header.Get("Location") }
func (a *answer) reference() string {
	return a.header.Get("X-Request-Id")
}

var tokenField = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// formToken is the hidden field of the page's forms.
func (a *answer) formToken() string {
	if found := tokenField.FindStringSubmatch(a.body); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

// request makes a request as this browser sends it to the portal.
func (v *visitor) request(method, target string, body io.Reader) *http.Request {
	v.p.Helper()
	r := httptest.NewRequest(method, "/", body)
	address, err := url.Parse(target)
	if err != nil {
		v.p.Fatal(err)
	}
	r.URL, r.RequestURI = address, target
	r.Host, r.RemoteAddr = v.p.host(), v.peer
	if strings.HasPrefix(target, "/dev/") {
		r.RemoteAddr = "127.0.0.1:40000" // these pages are for this machine only
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

// send sends a request and keeps the cookies of its answer.
func (v *visitor) send(r *http.Request) *answer {
	recorder := httptest.NewRecorder()
	v.p.handler.ServeHTTP(recorder, r)
	result := recorder.Result()
	for _, c := range result.Cookies() {
		v.set = append(v.set, c)
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
			continue
		}
		v.cookies[c.Name] = c.Value
	}
	a := &answer{status: recorder.Code, header: result.Header, body: recorder.Body.String()}
	if a.formToken() != "" {
		v.page = a
	}
	v.tell(r, a)
	return a
}

func (v *visitor) get(target string) *answer {
	v.p.Helper()
	return v.send(v.request(http.MethodGet, target, nil))
}

// open goes to an address and on to where it leads.
func (v *visitor) open(target string) *answer {
	v.p.Helper()
	a := v.get(target)
	for range 5 {
		if a.status != http.StatusSeeOther {
			return a
		}
		a = v.get(a.location())
	}
	v.p.Fatalf("%s leads in circles", target)
	return nil
}

// post sends a form with the token of the page before.
func (v *visitor) post(target string, fields ...string) *answer {
	v.p.Helper()
	return v.send(v.request(http.MethodPost, target, strings.NewReader(v.form(fields...).Encode())))
}

// form is the fields, given as name and value in turn, and the page's token.
func (v *visitor) form(fields ...string) url.Values {
	v.p.Helper()
	form := url.Values{}
	if v.page != nil {
		form.Set("form_token", v.page.formToken())
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

// leads ends the test unless the answer is a redirect to there.
func (v *visitor) leads(a *answer, to string) {
	v.p.Helper()
	if a.status != http.StatusSeeOther || a.location() != to {
		v.p.Fatalf("answer %d to %q, want 303 to %q\n%s", a.status, a.location(), to, words(a.body))
	}
}

// shows ends the test unless the answer is a page with that status that says so.
func (v *visitor) shows(a *answer, status int, sentence string) {
	v.p.Helper()
	if a.status != status || !strings.Contains(words(a.body), sentence) {
		v.p.Fatalf("answer %d (%s), want %d with %q\n%s", a.status, a.location(), status, sentence, words(a.body))
	}
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)

// words are what a person reads of a page.
func words(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}

// cookie is the value of a cookie, whatever its prefix.
func (v *visitor) cookie(name string) string {
	if value, ok := v.cookies["__Host-"+name]; ok {
		return value
	}
	return v.cookies[name]
}

const admin = "ada@example.com"

// found makes the organization and its first Administrator, who is then logged
// in with a second factor.
func (p *portal) found() *visitor {
	p.Helper()
	v := p.visitor()
	v.shows(v.open(p.setup), http.StatusOK, "IDKit")
	v.leads(v.post("/setup", "organization", "Acme Pty", "first_name", "Ada", "last_name", "Byron", "email", admin, "password", password), "/protect")
	v.protect()
	v.leads(v.post("/protect/recovery-codes", "saved", "yes"), "/setup/mail")
	v.open("/setup/mail")
	v.leads(v.post("/setup/done"), "/users/invite")
	return v
}

var otpSecret = regexp.MustCompile(`secret=([A-Z2-7]+)`)

// protect sets up the second factor, up to the page of its recovery codes.
func (v *visitor) protect() {
	v.p.Helper()
	v.open("/protect")
	v.leads(v.post("/protect"), "/protect/authenticator")
	shown := v.open("/protect/authenticator")
	secret := otpSecret.FindStringSubmatch(html.UnescapeString(shown.body))
	if secret == nil {
		v.p.Fatalf("no key on the page:\n%s", words(shown.body))
	}
	v.key = secret[1]
	v.leads(v.post("/protect/authenticator", "code", v.code()), "/protect/recovery-codes")
	v.open("/protect/recovery-codes")
	file := v.get("/protect/recovery-codes.txt")
	v.codes = regexp.MustCompile(`(?m)^[A-Z0-9]{4}(?:-[A-Z0-9]{4})+$`).FindAllString(file.body, -1)
	if len(v.codes) != 10 {
		v.p.Fatalf("%d recovery codes in:\n%s", len(v.codes), file.body)
	}
}

// code is what the authenticator shows now.
func (v *visitor) code() string {
	v.p.Helper()
	now := v.p.clock.Now()
	v.shown = now.Unix() / 30
	code, err := totp.GenerateCode(v.key, now)
	if err != nil {
		v.p.Fatal(err)
	}
	return code
}

var roleOption = regexp.MustCompile(`<option value="([^"]+)"[^>]*>(Administrator|Member)<`)

// inviteForm opens the form and fills it.
func (v *visitor) inviteForm(email, role string) []string {
	v.p.Helper()
	shown := v.open("/users/invite")
	for _, option := range roleOption.FindAllStringSubmatch(shown.body, -1) {
		if option[2] == role {
			return []string{"first_name", "Sam", "last_name", "Ito", "email", email, "role", option[1]}
		}
	}
	v.p.Fatalf("no role %s on the page:\n%s", role, words(shown.body))
	return nil
}

var userPath = regexp.MustCompile(`/users/(usr_[0-9a-v]{26})`)

// invite invites somebody and returns the user's id.
func (v *visitor) invite(email, role string) string {
	v.p.Helper()
	v.leads(v.post("/users/invite", v.inviteForm(email, role)...), "/users")
	list := v.open("/users?q=" + url.QueryEscape(email))
	found := userPath.FindStringSubmatch(list.body)
	if found == nil {
		v.p.Fatalf("%s is not in the list:\n%s", email, words(list.body))
	}
	return found[1]
}

var shownLink = regexp.MustCompile(`id="link" value="([^"]+)"`)

// link makes an invitation link for copying.
func (v *visitor) link(userID string) string {
	v.p.Helper()
	v.open("/users/" + userID + "/link")
	shown := v.post("/users/" + userID + "/link")
	v.shows(shown, http.StatusOK, "link")
	return v.p.mailedPath(html.UnescapeString(shownLink.FindStringSubmatch(shown.body)[1]))
}

// join accepts an invitation, up to the page about the second factor.
func (p *portal) join(link string) *visitor {
	p.Helper()
	v := p.visitor()
	v.shows(v.open(link), http.StatusOK, "Enter the new password")
	v.leads(v.post("/join", "password", password), "/protect")
	return v
}

// member joins as somebody with that role, without a second factor.
func (v *visitor) member(email, role string) *visitor {
	v.p.Helper()
	joined := v.p.join(v.link(v.invite(email, role)))
	joined.open("/protect")
	joined.leads(joined.post("/protect/later"), "/")
	return joined
}

// logIn takes all the steps; the clock moves on, for a code is good once. It moves
// on further where the machine's own clock was set back meanwhile.
func (v *visitor) logIn(email string) *answer {
	v.p.Helper()
	v.open("/login")
	a := v.post("/login", "email", email, "password", password)
	if a.location() != "/login/code" {
		return a
	}
	v.p.clock.Advance(30 * time.Second)
	for v.p.clock.Now().Unix()/30 <= v.shown {
		v.p.clock.Advance(30 * time.Second)
	}
	v.open("/login/code")
	return v.post("/login/code", "code", v.code())
}
