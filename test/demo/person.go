package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// password is that of everybody who has not chosen another one since.
const password = "lantern orchard violin seventeen"

// idle is when a person logs in again rather than finding out that the session has ended, which it does after 15 minutes at
// the console and later elsewhere.
const idle = 12 * time.Minute

// person is somebody of the story, with the browser that they always use.
type person struct {
	first, last string
	email       string
	home        string // the organization that they work for
	role        string
	factor      bool // whether they set up the second factor
	browser     *browser
	key         string // of the authenticator
	codes       []string
	id          string // as a user, once somebody has looked it up
	password    string
}

func (p *person) name() string { return strings.TrimSpace(p.first + " " + p.last) }

// join follows the newest invitation and goes through the set-up.
func (p *person) join() {
	b := p.browser
	b.open(b.stage.link(p.email, "/join"))
	b.post("/join", "/join", "password", p.password)
	if p.factor {
		p.protect()
		return
	}
	b.post("/protect", "/protect/later")
}

var (
	keyInAddress = regexp.MustCompile(`secret=([A-Z2-7]+)`)
	recoveryCode = regexp.MustCompile(`(?m)^[A-Z0-9]{4}(?:-[A-Z0-9]{4})+$`)
)

// protect sets up the second factor.
func (p *person) protect() {
	b := p.browser
	b.post("/protect", "/protect")
	p.key = b.find(b.open("/protect/authenticator"), keyInAddress)
	b.post("/protect/authenticator", "/protect/authenticator", "code", p.code())
	p.saveCodes()
}

// saveCodes keeps the recovery codes that are shown.
func (p *person) saveCodes() {
	b := p.browser
	p.codes = recoveryCode.FindAllString(b.open("/protect/recovery-codes.txt").body, -1)
	b.post("/protect/recovery-codes", "/protect/recovery-codes", "saved", "yes")
}

// code is what the authenticator shows.
func (p *person) code() string { return p.codeAt(p.browser.stage.clock.now()) }

func (p *person) codeAt(now time.Time) string {
	code, err := totp.GenerateCode(p.key, now)
	if err != nil {
		p.browser.stage.fail(err)
	}
	return code
}

// logIn takes the steps of the log-in.
func (p *person) logIn() {
	b := p.browser
	a := b.post("/login", "/login", "email", p.email, "password", p.password)
	if a.location == "/login/code" {
		a = b.post("/login/code", "/login/code", "code", p.code())
	}
	if a.location == "/login/client" {
		organization := b.find(b.open("/login/client"), regexp.MustCompile(`name="organization" value="([^"]+)"[^>]*>(?:<[^>]*>)*`+p.home))
		b.post("/login/client", "/login/client", "organization", organization)
	}
}

// logInWithRecoveryCode is for a day without the phone.
func (p *person) logInWithRecoveryCode() {
	b := p.browser
	b.post("/login", "/login", "email", p.email, "password", p.password)
	b.post("/login/recovery", "/login/recovery", "code", p.codes[0])
}

// reset follows the newest link to choose another password.
func (p *person) reset(password string) {
	b := p.browser
	b.post(b.stage.link(p.email, "/reset"), "/reset", "password", password, "confirm", password)
	p.password = password
}

// as is the same person in front of another browser.
func (s *stage) as(p *person, at place) *person {
	other := *p
	other.browser = s.browserAt(at, p.browser.front, "somebody else")
	return &other
}

// guessCodes types wrong codes behind a right password, as many as one log-in takes.
func (s *stage) guessCodes(p *person, at place) {
	b := s.browserAt(at, p.browser.front, "somebody else")
	b.post("/login", "/login", "email", p.email, "password", p.password)
	for guess := range 5 {
		b.try("/login/code", "/login/code", "code", fmt.Sprintf("%06d", 135790+guess))
	}
}

// present logs in unless the session still lives.
func (p *person) present() *browser {
	b := p.browser
	if !b.loggedIn() || b.stage.clock.now().Sub(b.used) > idle {
		p.logIn()
	}
	return b
}

// visit is a working day: a log-in, some pages, and now and then a log-out.
func (p *person) visit(leaves bool) {
	b := p.present()
	b.open("/")
	if leaves {
		b.post("/profile", "/logout")
	}
}

// do posts the form of a page while logged in.
func (p *person) do(page, action string, fields ...string) answer {
	return p.present().post(page, action, fields...)
}

// tries are wrong passwords, typed from some place.
func (s *stage) tries(at place, email string, count int, pause time.Duration) {
	b := s.browserAt(at, s.portal, "somebody else")
	for range count {
		b.try("/login", "/login", "email", email, "password", "Summer2026! "+email)
		s.clock.pass(pause)
	}
}

// userLink is the link to somebody in the list of users, up to their address.
const userLink = `/users/(usr_[0-9a-v]{26})[^>]*>(?:<[^>]*>|[^<@])*`

// user is the path of somebody in the Users module.
func (p *person) user(who *person) string {
	if who.id == "" {
		b := p.present()
		who.id = b.find(b.open("/users?q="+url.QueryEscape(who.email)), regexp.MustCompile(userLink+regexp.QuoteMeta(who.email)))
	}
	return "/users/" + who.id
}

// act opens the window of an administrator's act on somebody and confirms it. The answer is a redirect or a page.
func (p *person) act(who *person, act string, fields ...string) answer {
	path := p.user(who) + "/" + act
	a := p.present().try(path, path, fields...)
	if a.status != http.StatusSeeOther && a.status != http.StatusOK {
		p.browser.stage.fail(&refusal{act, who.name(), a})
	}
	return a
}

type refusal struct {
	act, whom string
	answer    answer
}

func (r *refusal) Error() string { return r.act + " of " + r.whom + ": " + words(r.answer.body) }

// invite sends an invitation.
func (p *person) invite(who *person, fields ...string) {
	b := p.present()
	form := b.open("/users/invite")
	fields = append([]string{
		"first_name", who.first, "last_name", who.last, "email", who.email, "role", b.find(form, roleNamed(who.role)),
	}, fields...)
	b.expect(http.StatusSeeOther, "the invitation of "+who.name(), b.submit(form, "/users/invite", fields...))
}

// roleNamed finds the id of a role among the choices of a form.
func roleNamed(name string) *regexp.Regexp {
	return regexp.MustCompile(`<option value="([^"]+)"[^>]*>` + regexp.QuoteMeta(name) + `<`)
}

// makeRole makes a role that holds these permissions.
func (p *person) makeRole(name, description string, permissions ...string) {
	p.do("/users/roles/new", "/users/roles/new", append(ticked(permissions), "name", name, "description", description)...)
}

// editRole ticks these permissions instead, by way of the review.
func (p *person) editRole(name, description string, permissions ...string) {
	b, path := p.present(), p.rolePath(name)
	review := b.expect(http.StatusOK, "the review of "+name,
		b.try(path+"/permissions", path+"/review", append(ticked(permissions), "name", name, "description", description)...))
	b.expect(http.StatusSeeOther, "the edit of "+name, b.submit(review, path+"/permissions", hidden(review)...))
}

// rolePath is where a role is shown, in the list of them.
func (p *person) rolePath(name string) string {
	b := p.present()
	return b.find(b.open("/users/roles"), regexp.MustCompile(`href="(/users/roles/rol_\w+)/permissions"[^>]*>(?:<[^>]*>)*`+regexp.QuoteMeta(name)))
}

// changePolicy fills in how the organization protects itself, by way of the review.
func (p *person) changePolicy(fields ...string) {
	p.logIn() // it wants a fresh proof
	b := p.browser
	review := b.expect(http.StatusOK, "the review of the policy", b.try("/settings/security/change", "/settings/security/review", fields...))
	b.expect(http.StatusSeeOther, "the policy", b.submit(review, "/settings/security/change", hidden(review)...))
}

// makeClient fills in the form of a new client.
func (p *person) makeClient(c *company) {
	made := p.do("/clients/new", "/clients/new", append([]string{
		"organization", c.name, "first_name", c.chief.first, "last_name", c.chief.last, "email", c.chief.email,
	}, c.draft...)...)
	c.id = p.browser.find(answer{body: made.location}, regexp.MustCompile(`/clients/(org_[0-9a-v]{26})`))
}

func ticked(permissions []string) (fields []string) {
	for _, p := range permissions {
		fields = append(fields, "may."+p, "yes")
	}
	return fields
}

// importFile has a CSV file checked and returns the path of the import.
func (p *person) importFile(name string, people []*person, more ...string) string {
	lines := []string{"first name,last name,email,role"}
	for _, one := range people {
		lines = append(lines, strings.Join([]string{one.first, one.last, one.email, one.role}, ","))
	}
	a := p.present().upload("/users/import", name, strings.Join(append(lines, more...), "\n")+"\n")
	return strings.TrimSuffix(a.location, "/rows")
}

// look opens a page.
func (p *person) look(path string) answer {
	return p.present().expect(http.StatusOK, path, p.browser.send(httptest.NewRequest(http.MethodGet, "/", nil), path))
}
