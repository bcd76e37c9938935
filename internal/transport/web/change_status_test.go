package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
)

func TestSuspendAndUndo(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam, id := owner.joined("sam@example.com", "Member")
	window := owner.open("/users/" + id + "/status?back=" + url.QueryEscape("/users?status=active"))
	owner.shows(window, http.StatusOK, "Logged out at once: 1 session ends. Sam Ito cannot log in. Role and history stay. You can undo this.")
	if strings.Contains(words(window.body), "to Active") {
		t.Error("the window offers a step that is not possible")
	}
	owner.leads(owner.post("/users/"+id+"/status", "status", "suspended", "reason", "left us", "back", "/users?status=active"), "/users?status=active")

	sam.shows(sam.get("/"), http.StatusForbidden, "Your account at Acme Pty is suspended.")
	sam.open("/login")
	sam.shows(sam.post("/login", "email", "sam@example.com", "password", "wrong wrong wrong"), http.StatusUnprocessableEntity, "not correct")
	sam.open("/login")
	sam.shows(sam.post("/login", "email", "sam@example.com", "password", password), http.StatusForbidden, "Your account at Acme Pty is suspended.")

	list := owner.open("/users?status=suspended&q=sam")
	owner.shows(list, http.StatusOK, "Sam Ito is suspended and logged out everywhere. Undo")
	for _, field := range []string{`action="/users/` + id + `/status"`, `name="status" value="active"`, `name="back" value="/users?status=suspended&amp;q=sam"`} {
		if !strings.Contains(list.body, field) {
			t.Errorf("the undo lacks %s", field)
		}
	}
	owner.shows(owner.open("/users/"+id), http.StatusOK, "left us")
	owner.shows(owner.open("/users/"+id+"/status"), http.StatusOK, "Sam Ito can log in again with the same password")
	owner.leads(owner.post("/users/"+id+"/status", "status", "active", "back", "/users?q=sam"), "/users?q=sam")
	owner.shows(owner.open("/users?q=sam"), http.StatusOK, "Sam Ito is Active.")
	sam.open("/login")
	sam.leads(sam.post("/login", "email", "sam@example.com", "password", password), "/")
}

func TestTheToolbarLeadsToTheWindowOfOne(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	_, id := owner.joined("sam@example.com", "Member")
	owner.leads(owner.get("/users/status?user="+id+"&back=%2Fusers%3Fq%3Dsam"), "/users/"+id+"/status?back=%2Fusers%3Fq%3Dsam")
	owner.shows(owner.get("/users/status?back=%2Fusers%3Fq%3Dsam"), http.StatusUnprocessableEntity, "Select a user first.")
	several := owner.get("/users/status?user=" + id + "&user=usr_00000000000000000000000000")
	owner.shows(several, http.StatusUnprocessableEntity, "You can do this to one user at a time.")
	if strings.Contains(several.body, "<button class=\"button danger\"") {
		t.Error("the window has a button for two")
	}
	if a := owner.get("/users/status?user=..%2F..%2Flogin"); a.location() != "/users/..%2F..%2Flogin/status" {
		t.Errorf("an id leads to %q", a.location())
	}
}

// actsOnOne is every form about one user of this file's acts, with its fields.
func actsOnOne(id string) map[string][]string {
	return map[string][]string{
		"/users/" + id + "/status": {"status", "suspended"},
		"/users/" + id + "/lock":   {"reason", "stolen"},
		"/users/" + id + "/logout": {},
		"/users/" + id + "/unlock": {},
		"/users/" + id + "/delete": {"email", "sam@example.com"},
	}
}

func TestAFormThatNamesTwoUsersIsRefused(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	_, id := owner.joined("sam@example.com", "Member")
	other := owner.invite("lee@example.com", "Member")
	before := p.acts()
	for path, fields := range actsOnOne(id) {
		for _, second := range [][]string{{"user", other}, {"id", other}} {
			owner.open("/users")
			owner.leads(owner.post(path, append(fields, append(second, "back", "/users?q=sam")...)...), "/users?q=sam")
			owner.shows(owner.open("/users?q=sam"), http.StatusOK, "one user at a time. Nothing was changed.")
			owner.leads(owner.post(path+"?"+second[0]+"="+other, append(fields, "back", "/users")...), "/users")
		}
		form := owner.form(append(fields, "user", id, "back", "/users")...)
		form.Add("user", other)
		owner.leads(owner.send(owner.request(http.MethodPost, path, strings.NewReader(form.Encode()))), "/users")
	}
	if acts := p.acts() - before; acts != 0 {
		t.Errorf("%d acts were carried out", acts)
	}
}

func TestWindowsSayWhyNothingCanBeDone(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	own := userPath.FindStringSubmatch(owner.open("/users?q=ada").body)[1]
	invited := owner.invite("lee@example.com", "Member")
	_, sam := owner.joined("sam@example.com", "Member")
	for path, sentence := range map[string]string{
		"/users/" + own + "/status":     "You cannot change your own access.",
		"/users/" + own + "/lock":       "You cannot lock your own account.",
		"/users/" + own + "/logout":     "This is your own account.",
		"/users/" + own + "/unlock":     "You cannot unlock your own account.",
		"/users/" + own + "/delete":     "You cannot delete your own account.",
		"/users/" + invited + "/status": "Sam Ito has not set up the account yet",
		"/users/" + invited + "/lock":   "Sam Ito has not set up the account yet",
		"/users/" + invited + "/logout": "Sam Ito has not set up the account yet",
		"/users/" + sam + "/unlock":     "Sam Ito is not locked.",
		"/users/" + sam + "/delete":     "Sam Ito is active. Suspend first.",
	} {
		window := owner.open(path)
		owner.shows(window, http.StatusOK, sentence)
		if strings.Contains(window.body, `action="`+path+`"`) {
			t.Errorf("%s has a form all the same", path)
		}
	}
	before := p.acts()
	for path, fields := range actsOnOne(own) {
		owner.open("/users")
		owner.shows(owner.post(path, fields...), http.StatusForbidden, "your own a")
	}
	owner.open("/users")
	owner.shows(owner.post("/users/"+invited+"/status", "status", "suspended"), http.StatusUnprocessableEntity, "has not set up the account yet")
	owner.open("/users")
	owner.shows(owner.post("/users/"+sam+"/delete", "email", "sam@example.com"), http.StatusUnprocessableEntity, "Sam Ito is active.")
	if acts := p.acts() - before; acts != 0 {
		t.Errorf("%d refused acts were carried out", acts)
	}
}

// TestWhoHoldsMoreIsOutOfReach: the role may do the act, and not settings.
func TestWhoHoldsMoreIsOutOfReach(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam, _ := owner.joined("sam@example.com", "Member")
	p.change(`UPDATE roles SET kind = 'own', permissions = 'users.access users.view users.edit users.reset_password users.change_status' WHERE kind = 'member'`)
	ada := userPath.FindStringSubmatch(owner.open("/users?q=ada").body)[1]
	shown := sam.open("/users/" + ada)
	sam.shows(shown, http.StatusOK, "Ada Byron may do more than you.")
	for path, fields := range actsOnOne(ada) {
		if strings.Contains(shown.body, path) {
			t.Errorf("the page offers %s", path)
		}
		sam.shows(sam.open(path), http.StatusOK, "Ada Byron may do more here than you.")
		sam.open("/users")
		sam.shows(sam.post(path, fields...), http.StatusForbidden, "Ada Byron may do more here than you.")
	}
	// With everything that can be ticked, an Administrator still holds more: the roles.
	p.change(`UPDATE roles SET permissions = permissions || ' users.invite settings.access settings.view settings.edit roles.access roles.edit' WHERE kind = 'own'`)
	for _, act := range []string{"status", "lock"} {
		sam.shows(sam.open("/users/"+ada+"/"+act), http.StatusOK, "Ada Byron may do more here than you.")
		sam.shows(sam.post("/users/"+ada+"/"+act, "status", "suspended", "reason", "stolen"), http.StatusForbidden, "Ada Byron may do more here than you.")
	}
	if a := owner.get("/users"); a.status != http.StatusOK {
		t.Errorf("Ada was taken away: %d", a.status)
	}
}

// TestSomebodyElseWasQuicker opens one window twice.
func TestSomebodyElseWasQuicker(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	_, id := owner.joined("sam@example.com", "Member")
	owner.open("/users/" + id + "/status")
	late := owner.clone()
	form := owner.form("status", "suspended", "back", "/users/"+id)
	owner.leads(owner.send(owner.request(http.MethodPost, "/users/"+id+"/status", strings.NewReader(form.Encode()))), "/users/"+id)
	before := p.acts()
	// The very same form again is the first one's answer; another one learns what is true now.
	owner.leads(owner.send(owner.request(http.MethodPost, "/users/"+id+"/status", strings.NewReader(form.Encode()))), "/users/"+id)
	late.leads(late.post("/users/"+id+"/status", "status", "suspended", "reason", "me too", "back", "/users/"+id), "/users/"+id)
	late.shows(late.open("/users/"+id), http.StatusOK, "Someone changed this user a moment ago.")
	if acts := p.acts() - before; acts != 0 {
		t.Errorf("%d more acts", acts)
	}
	owner.open("/users")
	owner.shows(owner.post("/users/"+id+"/status", "status", "deleted", "back", "/users"), http.StatusUnprocessableEntity, "Nothing was changed.")
	if acts := p.acts() - before; acts != 0 {
		t.Error("a status that there is not was set")
	}
}

// TestAnotherOrganizationsUserIsLikeNone compares every answer, to looks and posts.
func TestAnotherOrganizationsUserIsLikeNone(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	made, err := p.app.Clients().Create(t.Context(), access.Installation(access.Origin{}), client.Draft{Details: client.Details{Name: "Fabrikam"}, FirstName: "Lee", Email: "lee@fabrikam.example"})
	if err != nil {
		t.Fatal(err)
	}
	foreign := made.First
	for path, fields := range actsOnOne(foreign.ID) {
		var answers []string
		for _, id := range []string{foreign.ID, "usr_00000000000000000000000000"} {
			at := strings.Replace(path, foreign.ID, id, 1)
			look := owner.get(at)
			owner.open("/users")
			post := owner.post(at, fields...)
			if look.status != http.StatusNotFound || post.status != http.StatusNotFound {
				t.Errorf("%s: %d and %d", at, look.status, post.status)
			}
			answers = append(answers, words(look.body)+"\n"+words(post.body))
		}
		if answers[0] != answers[1] {
			t.Errorf("%s tells a foreign id apart:\n%s\n%s", path, answers[0], answers[1])
		}
	}
}
