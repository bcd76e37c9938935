package web_test

import (
	"html"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/platform/config"
	"idkit/internal/platform/language"
	"idkit/internal/transport/web"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// rolePath is the path of a role by its name.
func (v *visitor) rolePath(name string) string {
	v.p.Helper()
	shown := v.open("/users/roles")
	found := regexp.MustCompile(`href="(/users/roles/rol_[^"]+)/permissions"[^>]*><bdi>` + name + `<`).FindStringSubmatch(shown.body)
	if found == nil {
		v.p.Fatalf("no role %s:\n%s", name, words(shown.body))
	}
	return found[1]
}

// reviewed are the hidden fields of a review.
func reviewed(a *answer) (fields []string) {
	for _, field := range hiddenField.FindAllStringSubmatch(a.body, -1) {
		if field[1] != "form_token" && field[1] != "back" {
			fields = append(fields, field[1], html.UnescapeString(field[2]))
		}
	}
	return fields
}

// withModules adds the sample's modules to a portal.
func withModules(t *testing.T) func(*config.Config) {
	t.Helper()
	file, err := filepath.Abs("../../../docs/modules.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(c *config.Config) { c.ModulesFile = file }
}

func TestARoleFromItsMakingToItsEnd(t *testing.T) {
	p := newPortal(t, development, withModules(t))
	owner := p.found()
	owner.shows(owner.open("/users"), http.StatusOK, "Manage Roles")
	owner.shows(owner.open("/users/roles"), http.StatusOK, "Administrator always has everything.")
	owner.shows(owner.open("/users/roles/new"), http.StatusOK, "Without 'See users' the module stays closed.")
	owner.shows(owner.post("/users/roles/new", "name", " "), http.StatusUnprocessableEntity, "Enter a role name")
	kept := owner.post("/users/roles/new", "name", "member", "description", "On the phone", "may.reports.access", "yes")
	owner.shows(kept, http.StatusUnprocessableEntity, "A role with this name exists")
	if !strings.Contains(kept.body, `value="On the phone"`) || !strings.Contains(kept.body, `name="may.reports.access" value="yes" checked`) {
		t.Error("what was typed and ticked is lost")
	}
	a := owner.post("/users/roles/new", "name", "Customer Service", "may.users.access", "yes", "may.users.view", "yes", "may.editor.edit", "yes")
	owner.shows(owner.open(a.location()), http.StatusOK, "The role Customer Service is there now.")
	path := owner.rolePath("Customer Service")
	owner.leads(a, path+"/permissions")

	sam, id := owner.joined("sam@example.com", "Member")
	p.change(`UPDATE users SET role_id = (SELECT id FROM roles WHERE name = 'Customer Service') WHERE id = '` + id + `'`)
	home := sam.open("/")
	if !strings.Contains(home.body, `href="/users"`) || strings.Contains(home.body, `href="/reports/"`) {
		t.Errorf("home offers %s", words(home.body))
	}
	sam.shows(sam.open("/modules/reports"), http.StatusForbidden, "You do not have access to Reports . Ask an Administrator of Acme Pty .")
	sam.shows(sam.open("/settings"), http.StatusForbidden, "You do not have access to Settings . Ask an Administrator of Acme Pty .")
	readOnly := sam.open(path + "/permissions")
	sam.shows(readOnly, http.StatusOK, "Only Administrators change roles.")
	if strings.Contains(readOnly.body, "checkbox") || strings.Contains(readOnly.body, path+"/delete") {
		t.Error("who may not edit is offered it")
	}
	explained := sam.open(path + "/explain")
	for _, sentence := range []string{
		"1 user has this role.",
		"Yes: See all users with their email address", "No: Suspend users",
		"This role does not open: Developer, Support, Audit log, Settings, Editor, Remote Verify, Reports, Repository.",
	} {
		sam.shows(explained, http.StatusOK, sentence)
	}
	if strings.Contains(explained.body, "Nobody acts on people") {
		t.Error("a role that acts on nobody is told whom it acts on")
	}

	owner.open(path + "/permissions")
	owner.shows(owner.post(path+"/review", "name", "Customer Service", "may.users.access", "yes", "may.users.view", "yes"), http.StatusUnprocessableEntity, "You have not changed anything.")
	edit := []string{"name", "Customer Care", "may.reports.access", "yes", "may.reports.export", "yes", "may.users.view", "yes"}
	review := owner.post(path+"/review", edit...)
	owner.shows(review, http.StatusOK, "Customer Service : gains Reports (Export) ; loses User Management (See users) . 1 user is affected.")
	owner.shows(review, http.StatusOK, "The name becomes Customer Care .")
	if a := sam.get("/users"); a.status != http.StatusOK {
		t.Errorf("the review took something away: %d", a.status)
	}
	fields := reviewed(review)
	owner.page = review
	owner.shows(owner.post(path+"/review", append(fields, "edit", "yes")...), http.StatusOK, "Review changes")
	owner.leads(owner.post(path+"/permissions", fields...), path+"/permissions")
	for _, lost := range []string{"/users", path + "/explain"} {
		if a := sam.get(lost); a.status != http.StatusForbidden { // the very next request
			t.Errorf("%s of the lost module answers %d", lost, a.status)
		}
	}
	sam.leads(sam.get("/modules/reports"), "/reports/")
	if home := sam.open("/"); !strings.Contains(home.body, `href="/reports/"`) {
		t.Error("the gained module is not at home")
	}
	owner.open(path + "/permissions")
	again := owner.post(path+"/permissions", fields...) // the review of before
	owner.leads(again, path+"/permissions")
	owner.shows(owner.open(path+"/permissions"), http.StatusOK, "This role was changed a moment ago. Here is how it is now.")

	owner.shows(owner.open("/users/"+id), http.StatusOK, "Export Because of the role Customer Care")
	for _, choice := range []string{"/users/" + id + "/role", "/users/invite"} {
		shown := owner.open(choice)
		owner.shows(shown, http.StatusOK, "Opens Reports.")
		owner.shows(shown, http.StatusOK, "Customer Care In Reports: Export.")
	}
	copied := owner.open("/users/roles/new?from=" + strings.TrimPrefix(path, "/users/roles/"))
	if !strings.Contains(copied.body, `value="Copy of Customer Care"`) || !strings.Contains(copied.body, `name="may.reports.export" value="yes" checked`) {
		t.Errorf("the copy begins as %s", words(copied.body))
	}

	owner.shows(owner.open(path+"/delete"), http.StatusOK, "1 user has it and gets another role now.")
	owner.shows(owner.post(path+"/delete"), http.StatusUnprocessableEntity, "Move 1 user to another role first")
	member := strings.TrimPrefix(owner.rolePath("Member"), "/users/roles/")
	owner.open(path + "/delete")
	owner.leads(owner.post(path+"/delete", "to", member), "/users/roles")
	owner.shows(owner.open("/users/roles"), http.StatusOK, "The role Customer Care was deleted.")
	sam.shows(sam.open("/modules/reports"), http.StatusForbidden, "You do not have access to Reports .")
}

// TestEveryPermissionIsASentence: whoever adds a permission says what it allows.
func TestEveryPermissionIsASentence(t *testing.T) {
	catalogue, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := catalogue.Keys(language.Default)
	for _, m := range append(access.BuiltIn(), access.OfConsole()...) {
		for _, p := range m.All() {
			if told := len(m.Permissions) == 0 || p != m.Access(); told && !slices.Contains(keys, "web.role.means."+string(p)) {
				t.Errorf("nothing says what %s allows", p)
			}
		}
	}
}

// TestBuiltInRolesStay: also for a form that nobody was shown.
func TestBuiltInRolesStay(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	for _, name := range []string{"Administrator", "Member"} {
		path := owner.rolePath(name)
		if shown := owner.open(path + "/permissions"); strings.Contains(shown.body, "checkbox") {
			t.Errorf("%s can be ticked", name)
		}
		for _, act := range []string{"/review", "/permissions", "/delete"} {
			owner.open("/users/roles")
			owner.leads(owner.post(path+act, "name", "Mine", "revision", "x"), path+"/permissions")
			owner.shows(owner.open(path+"/permissions"), http.StatusOK, "is built in and stays as it is.")
		}
		owner.leads(owner.get(path+"/delete"), path+"/permissions")
	}
}

// TestForeignRolesAreNoPages: another organization's role is answered like one
// that does not exist, on every path about a role.
func TestForeignRolesAreNoPages(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	p.change(`INSERT INTO organizations (id, name, status, created_at) SELECT 'org_other', 'Other', 'active', created_at FROM organizations`)
	p.change(`INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at)
		SELECT 'org_other', 'rol_11111111111111111111111111', 'Theirs', 'theirs', 'own', '', created_at FROM organizations WHERE id = 'org_other'`)
	for _, line := range web.Lines(p.handler) {
		if !strings.HasPrefix(line.Path, "/users/roles/{id}") {
			continue
		}
		var bodies []string
		for _, id := range []string{"rol_11111111111111111111111111", "rol_00000000000000000000000000", "%2e%2e"} {
			owner.open("/users/roles")
			form := owner.form("name", "Mine", "revision", "x", "to", "y")
			a := owner.clone().send(owner.request(line.Method, strings.Replace(line.Path, "{id}", id, 1), strings.NewReader(form.Encode())))
			if a.status != http.StatusNotFound {
				t.Errorf("%s %s with %s: answer %d %s", line.Method, line.Path, id, a.status, a.location())
			}
			bodies = append(bodies, words(a.body))
		}
		if bodies[0] != bodies[1] || bodies[0] != bodies[2] {
			t.Errorf("%s %s tells roles apart: %q", line.Method, line.Path, bodies)
		}
	}
	owner.open("/users/roles")
	if a := owner.get("/users/roles/new?from=rol_11111111111111111111111111"); a.status != http.StatusNotFound {
		t.Errorf("a copy of another organization's role: %d", a.status)
	}
}
