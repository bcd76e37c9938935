package web_test

import (
	"encoding/base64"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idkit/internal/platform/db"
	"idkit/internal/transport/web"
)

// pathKinds says what the last "{…}" of a path names, by what stands in front of it.
// A path that is not here stops the crawl: somebody has to say what it names.
var pathKinds = map[string]string{
	"/users/": "user", "/users/roles/": "role", "/users/import/": "import", "/profile/sessions/": "session", "/clients/": "client",
	"/modules/": "", "/static/": "", "/brand/": "", // the same for everybody
}

// fieldKinds says what a field of a form or of an address can name of an organization's.
// Every field that the code reads stands here or in plainFields.
var fieldKinds = map[string][]string{
	"user": {"user"}, "id": {"user"}, "who": {"user", "name"}, "whom": {"user", "name"}, "name": {"name"}, "q": {"name", "email", "user"},
	"role": {"role"}, "to": {"role"}, "from": {"role"}, "revision": {"revision"}, "at": {"list", "log"},
	"back": {"back"}, "next": {"back"}, "email": {"email"}, "address": {"email"}, "organization": {"organization"},
	"recovery": {}, // at the console alone, whose acts are about other organizations
}

// plainFields name nothing that is stored, or are a secret that whoever knows it may use.
var plainFields = strings.Fields(`
	again as category code confirm country current dark description edit end_sessions factor first_name language last_name light log_out login module
	note number page password reason region saved second_factor show since size sort standing status step stop support sure tab theme then token trial_ends what`)

// foreign is something of the other organization, and what has the same form and names nothing.
type foreign struct{ kind, there, nowhere string }

// crawl asks for everything that there is by the names of what belongs to others.
type crawl struct {
	*portal         // where the actor is
	clients *portal // where the other organization is
	handler http.Handler
	actor   *visitor
	lines   []web.Line
	things  []foreign
	spares  map[string]string // something of one's own of each kind
	head    head
	theirs  []string // ids that stand in every row of the other organization's
	token   string   // of the actor's forms
	asked   int
	made    int
	found   []string // what is wrong
}

// TestOrganizationsAreInvisibleToEachOther (P09) asks for every route, with every
// method, by every id of another organization, and fills each field of each form and
// address with each thing of it that the field could name. The answer is the one about
// something that does not exist, byte for byte, and no row of the other one changes.
func TestOrganizationsAreInvisibleToEachOther(t *testing.T) {
	c := atPortal(t)
	before := c.everything()
	c.chooses()
	c.judge(before)
}

// TestOperatorsSeeNothingInsideAClient (P10) is the same for an operator and the users,
// roles, imports and sessions of a client.
func TestOperatorsSeeNothingInsideAClient(t *testing.T) {
	c := atConsole(t)
	c.things = slices.DeleteFunc(c.things, func(f foreign) bool { return f.kind == "organization" }) // clients themselves they do see
	c.judge(c.everything())
}

// everything asks for every line of the front, and returns what the other organization's
// rows were before.
func (c *crawl) everything() (before []string) {
	c.Helper()
	if testing.Short() {
		c.Skip("one request at a time: there is no race to look for, and thousands of them")
	}
	c.lines = web.Lines(c.handler)
	before = c.rows()
	if len(before) < 40 {
		c.Fatalf("only %d rows belong to the other organization", len(before))
	}
	c.walk()
	return before
}

// judge ends a crawl.
func (c *crawl) judge(before []string) {
	c.Helper()
	c.unchanged(before)
	c.Logf("%d questions", c.asked)
	for _, wrong := range c.found[:min(len(c.found), 20)] {
		c.Error(wrong)
	}
	if len(c.found) > 20 {
		c.Errorf("and %d more", len(c.found)-20)
	}
}

// TestTheCrawlFindsHoles plants three of them.
func TestTheCrawlFindsHoles(t *testing.T) {
	c := atPortal(t)
	mux := http.NewServeMux()
	mux.Handle("/", c.portal.handler)
	mux.HandleFunc("GET /users/{id}/told", func(w http.ResponseWriter, r *http.Request) {
		if c.count(`SELECT count(*) FROM users WHERE id = $1`, r.PathValue("id")) == 0 {
			http.NotFound(w, r)
		}
	})
	mux.HandleFunc("POST /users/{id}/touched", func(_ http.ResponseWriter, r *http.Request) {
		c.write(func(tx *db.Tx) error {
			_, err := tx.Exec(r.Context(), `UPDATE users SET first_name = 'Touched' WHERE id = $1`, r.PathValue("id"))
			return err
		})
	})
	mux.HandleFunc("GET /asked", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, c.count(`SELECT count(*) FROM roles WHERE id = $1`, r.URL.Query().Get("role")))
	})
	c.handler = mux
	c.lines = []web.Line{
		{Method: "GET", Path: "/users/{id}/told"},
		{Method: "POST", Path: "/users/{id}/touched"},
		{Method: "GET", Path: "/asked"},
		{Method: "GET", Path: "/planted/{thing}"},
	}
	before := c.rows()
	c.walk()
	c.unchanged(before)
	all := strings.Join(c.found, "\n")
	for _, hole := range []string{"GET /users/{id}/told", "a row of the other organization", "GET /asked", "/planted/{thing} names"} {
		if !strings.Contains(all, hole) {
			t.Errorf("not found: %s, but only\n%s", hole, all)
		}
	}
	if strings.Contains(all, "user in the path of POST /users/{id}/touched") {
		t.Error("what answers everybody alike is reported")
	}
}

func (c *crawl) wrong(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// TestTheCrawlKnowsEveryField reads in the code which fields it asks for.
func TestTheCrawlKnowsEveryField(t *testing.T) {
	read := regexp.MustCompile(`\b(?:value|secretValue|proof|Get|text)\("([a-z_]+)"\)|(?:query|Form)\["([a-z_]+)"\]`)
	var met []string
	for _, pattern := range []string{"*.go", "page/*_query.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(filepath.Clean(file))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, found := range read.FindAllStringSubmatch(string(text), -1) {
				name := found[1] + found[2]
				met = append(met, name)
				if fieldKinds[name] == nil && !slices.Contains(plainFields, name) {
					t.Errorf("%s reads %q, and nobody has said what it names", file, name)
				}
			}
		}
	}
	for _, name := range plainFields {
		if !slices.Contains(met, name) {
			t.Errorf("nothing reads %q", name)
		}
	}
}

// walk asks for every line: by each id in its path, and by each thing in each field.
func (c *crawl) walk() {
	for _, line := range c.lines {
		kind, known := "", true
		if at := strings.LastIndex(line.Path, "{"); at >= 0 && line.Path != "/{$}" {
			kind, known = pathKinds[line.Path[:at]]
		}
		if !known {
			c.wrong("%s names something, and nobody has said what", line.Path)
			continue
		}
		if kind != "" {
			c.byPath(line, kind)
		}
		c.byField(line, kind)
	}
}

// byPath asks for the line about each thing, by every method.
func (c *crawl) byPath(line web.Line, kind string) {
	for _, thing := range c.things {
		if !strings.Contains("user role import session organization", thing.kind) {
			continue
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			if method != line.Method && slices.ContainsFunc(c.lines, func(l web.Line) bool {
				return l.Path == line.Path && (l.Method == method || l.Method == http.MethodGet)
			}) {
				continue // has its own turn
			}
			forms := []url.Values{{}}
			if method == http.MethodPost && thing.kind == kind {
				forms = c.forms(line.Path)
			}
			for _, form := range forms {
				about := func(name string) question {
					return question{method: method, path: strings.Replace(line.Path, "{id}", name, 1), form: form}
				}
				c.compare(thing.kind+" in the path of "+method+" "+line.Path, thing, about)
			}
		}
	}
}

// byField asks for the line about something of one's own, with each field naming each thing.
func (c *crawl) byField(line web.Line, kind string) {
	if line.Link != "" || line.ForMachines {
		return // is about whoever holds the secret of a link, or about nobody
	}
	for name, kinds := range fieldKinds {
		for i, thing := range c.things {
			if !slices.Contains(kinds, thing.kind) || i > 0 && c.things[i-1].kind == thing.kind {
				continue // one of each kind is enough here
			}
			if thing.kind == "email" && !line.NeedsSession {
				continue // whether an address is known is kept secret by tests of their own, organizations or not
			}
			about := func(value string) question {
				q := question{method: line.Method, path: concrete(line.Path), query: url.Values{name: {value}}}
				if strings.Contains(line.Path, "{id}") {
					q.own = c.own(kind, line.Method)
					q.path = strings.Replace(line.Path, "{id}", q.own, 1)
				}
				if q.method == http.MethodPost {
					q.form = c.forms("")[0]
					q.form.Set(name, value)
				}
				return q
			}
			c.compare(fmt.Sprintf("%s in %q of %s %s", thing.kind, name, line.Method, line.Path), thing, about)
		}
	}
}

// chooses tries to log in to the other organization, with the password proven.
func (c *crawl) chooses() {
	both := c.portal.visitor()
	both.open("/login")
	both.leads(both.post("/login", "email", twice, "password", password), "/login/client")
	c.actor, c.token = both, ""
	for _, thing := range c.things {
		if thing.kind == "organization" {
			about := func(value string) question {
				return question{method: http.MethodPost, path: "/login/client", form: url.Values{"organization": {value}}}
			}
			c.compare("the choice of an organization", thing, about)
		}
	}
}

// steps are what the buttons of a page with several say.
var steps = map[string][]string{
	"/users/{id}/status": {"status=active"}, "/users/roles/{id}/permissions": {"edit=yes"},
	"/users/{id}/second-factor": {"step=send", "step=code", "step=ask", "step=withdraw", "step=approve", "step=refuse"},
}

// forms are fields with which an act would be carried out if its subject were one's own,
// and those of each further step of the page.
func (c *crawl) forms(path string) (all []url.Values) {
	c.made++
	base := url.Values{
		"role": {c.own("role", "GET")}, "to": {c.own("role", "GET")}, "status": {"suspended"}, "reason": {"left us"}, "first_name": {"Ann"}, "last_name": {"Li"},
		"email": {fmt.Sprintf("new%06d@acme.example", c.made)}, "name": {fmt.Sprintf("new%06d", c.made)}, "sure": {"yes"}, "saved": {"yes"},
		"organization": {fmt.Sprintf("new%06d", c.made)}, "country": {"AU"}, "category": {"Retail"}, "standing": {"active"},
		"code": {"000000"}, "may.users.access": {"yes"}, "revision": {revisionOfSpare},
	}
	for _, change := range append([]string{""}, steps[path]...) {
		form := url.Values{}
		for name, value := range base {
			form[name] = value
		}
		if name, value, found := strings.Cut(change, "="); found {
			form.Set(name, value)
		}
		all = append(all, form)
	}
	return all
}

// question is a request; own is the id of one's own that it is about.
type question struct {
	method, path, own string
	query, form       url.Values
}

// compare holds the answer about something of others against that about nothing. The
// question about nothing is put before as well, so that what it leaves behind is the
// same for both. What the hour changed in between is asked again.
func (c *crawl) compare(what string, thing foreign, about func(name string) question) {
	var there, nowhere string
	for range 3 {
		q := about(thing.nowhere)
		if q.method == http.MethodPost {
			c.ask(q)
		}
		if there, nowhere = c.ask(about(thing.there)), c.ask(about(thing.nowhere)); there == nowhere {
			return
		}
	}
	c.wrong("%s is told from what does not exist: %s", what, difference(there, nowhere))
}

// difference is where two answers part.
func difference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-80)
	return fmt.Sprintf("%q, not %q", a[from:min(len(a), i+160)], b[from:min(len(b), i+160)])
}

var anyID = regexp.MustCompile(`[a-z]{3}_[0-9a-v]{26}`)

var fresh = regexp.MustCompile(`name="form_token" value="[^"]+"|req_[0-9a-v]{26}|new\d{6}|_session=[\w-]{43}|"since","[^"]*"`)

// ask puts a question and returns the whole answer, without what is new in each.
func (c *crawl) ask(q question) string {
	c.Helper()
	c.asked++
	v := c.actor.clone()
	if q.method == http.MethodPost {
		if c.token == "" {
			c.token = v.open("/support").formToken()
		}
		q.form.Set("form_token", c.token)
	}
	target := q.path
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	r := v.request(q.method, target, strings.NewReader(q.form.Encode()))
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, r)
	if to := recorder.Header().Get("Location"); !strings.HasPrefix(q.path, "/log") && (strings.HasPrefix(to, "/login") || strings.HasPrefix(to, "/protect/") && !strings.HasPrefix(q.path, "/protect") && q.path != "/profile/recovery-codes") {
		c.wrong("%s %s was not asked by somebody logged in, but led to %s", q.method, q.path, to)
	}
	c.rewind(q.method)
	var answer strings.Builder
	fmt.Fprintln(&answer, recorder.Code)
	for _, name := range slices.Sorted(maps.Keys(recorder.Header())) {
		for _, value := range recorder.Header()[name] {
			fmt.Fprintf(&answer, "%s: %s\n", name, plainCookie(value))
		}
	}
	answer.WriteString(recorder.Body.String())
	text := fresh.ReplaceAllString(answer.String(), "")
	if q.own != "" {
		text = strings.ReplaceAll(text, q.own, "<own>")
	}
	for _, thing := range c.things {
		for _, value := range []string{thing.there, thing.nowhere} {
			for _, form := range []string{url.QueryEscape(url.QueryEscape(value)), url.QueryEscape(value), html.EscapeString(value), value} {
				text = strings.ReplaceAll(text, form, "<"+thing.kind+">")
			}
		}
	}
	return anyID.ReplaceAllString(text, "<id>") // of what the question itself made
}

// plainCookie opens a signed message to the next page.
func plainCookie(header string) string {
	_, value, _ := strings.Cut(header, "_flash=")
	signed, rest, found := strings.Cut(value, ";")
	if raw, err := base64.RawURLEncoding.DecodeString(signed); found && err == nil && len(raw) > 40 {
		return string(raw[8:len(raw)-32]) + rest
	}
	return header
}

// rows are all that is stored about the other organization.
func (c *crawl) rows() (rows []string) {
	for table, all := range c.dump() {
		for _, row := range all {
			if slices.ContainsFunc(c.theirs, func(id string) bool { return strings.Contains(row, id) }) {
				rows = append(rows, table+" "+row)
			}
		}
	}
	slices.Sort(rows)
	return rows
}

func (c *crawl) unchanged(before []string) {
	after := c.rows()
	for _, row := range append(slices.Clone(before), after...) {
		if !slices.Contains(before, row) || !slices.Contains(after, row) {
			c.wrong("a row of the other organization changed: %.300s", row)
		}
	}
}
