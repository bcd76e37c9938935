package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// roleID is the id of a role that the window offers.
func (v *visitor) roleID(userID, role string) string {
	v.p.Helper()
	shown := v.open("/users/" + userID + "/role")
	for _, option := range roleOption.FindAllStringSubmatch(shown.body, -1) {
		if option[2] == role {
			return option[1]
		}
	}
	v.p.Fatalf("no role %s on the page:\n%s", role, words(shown.body))
	return ""
}

func TestAnAdministratorChangesARole(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam, id := owner.joined("sam@example.com", "Member")
	if a := sam.get("/users"); a.status != http.StatusForbidden {
		t.Fatalf("a Member sees the users: %d", a.status)
	}
	window := "/users/" + id + "/role"
	owner.shows(owner.open(window), http.StatusOK, "The role is Member now.")
	owner.shows(owner.open(window), http.StatusOK, "Gains: User Management (See users; Invite users;")
	owner.shows(owner.post(window, "role", ""), http.StatusUnprocessableEntity, "Choose a role")
	owner.shows(owner.post(window, "role", "rol_0"), http.StatusUnprocessableEntity, "This role no longer exists. Choose another.")
	administrator := owner.roleID(id, "Administrator")
	owner.leads(owner.post(window, "role", administrator, "back", "/users/"+id), "/users/"+id)
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Sam Ito has the role Administrator now.")
	sam.shows(sam.open("/users"), http.StatusOK, "Ada Byron") // the very next request

	self := userPath.FindStringSubmatch(owner.open("/users?q=" + url.QueryEscape(admin)).body)[1]
	owner.shows(owner.open("/users/"+self+"/role"), http.StatusOK, "You cannot change your own access.")
	owner.open(window)
	owner.shows(owner.post("/users/"+self+"/role", "role", administrator), http.StatusForbidden, "You cannot change your own access.")
	owner.leads(owner.post(window, "role", owner.roleID(id, "Member")), "/users")
	if a := sam.get("/users"); a.status != http.StatusForbidden {
		t.Errorf("the demoted one sees the users: %d", a.status)
	}
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Ada Byron changed the role of Sam Ito")
}

func TestTheRoleOfAnInvitedUserChangesToo(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	id := owner.invite("lee@example.com", "Member")
	link := owner.link(id)
	owner.leads(owner.post("/users/"+id+"/role", "role", owner.roleID(id, "Administrator")), "/users")
	lee := p.join(link)
	lee.open("/protect")
	lee.leads(lee.post("/protect/later"), "/")
	lee.shows(lee.open("/users"), http.StatusOK, "Ada Byron")
}

func TestAnAdministratorChangesAName(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	_, id := owner.joined("sam@example.com", "Member")
	window := "/users/" + id + "/name"
	if shown := owner.open(window); !strings.Contains(shown.body, `value="Sam"`) || !strings.Contains(shown.body, `value="Ito"`) {
		t.Errorf("the window does not show the present name:\n%s", words(shown.body))
	}
	refused := owner.post(window, "first_name", " ", "last_name", "Itō")
	owner.shows(refused, http.StatusUnprocessableEntity, "Enter a first name")
	if !strings.Contains(refused.body, `value="Itō"`) {
		t.Error("what was typed is lost")
	}
	owner.leads(owner.post(window, "first_name", "Samuel", "last_name", "Itō", "back", "/users?q=samuel"), "/users?q=samuel")
	owner.shows(owner.open("/users?q=samuel"), http.StatusOK, "The name is Samuel Itō now.")
	owner.shows(owner.open("/users?q=ito"), http.StatusOK, "Samuel Itō") // found without its accent
	self := userPath.FindStringSubmatch(owner.open("/users?q=" + url.QueryEscape(admin)).body)[1]
	owner.shows(owner.open("/users/"+self+"/name"), http.StatusOK, "User Profile")
}
