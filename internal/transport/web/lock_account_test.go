package web_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestLockAnAccountAndReadWhatEnded(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam, id := owner.joined("sam@example.com", "Administrator")
	sam.invite("lee@example.com", "Member")
	owner.shows(owner.open("/users/"+id+"/lock"), http.StatusOK, "1 open invitation from Sam Ito is withdrawn.")
	owner.shows(owner.post("/users/"+id+"/lock", "reason", " "), http.StatusUnprocessableEntity, "Enter a reason.")
	owner.shows(owner.post("/users/"+id+"/lock", "reason", strings.Repeat("x", 301)), http.StatusUnprocessableEntity, "Shorten the reason to 300 characters.")
	if a := sam.get("/users"); a.status != http.StatusOK {
		t.Fatalf("a refused lock ended the session: %d", a.status)
	}
	report := owner.post("/users/"+id+"/lock", "reason", "phished", "back", "/users?q=sam")
	owner.shows(report, http.StatusOK, "By Ada Byron Reason phished")
	owner.shows(report, http.StatusOK, "Sessions 1 Mailed links 0 API keys 0 Invitations 1")
	sam.shows(sam.get("/users"), http.StatusForbidden, "is suspended")
	if list := words(owner.open("/users").body); strings.Contains(list, "lee@example.com") {
		t.Error("somebody whom the thief invited is still expected")
	}
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Ada Byron locked the account of Sam Ito")
}

func TestDeleteAUser(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	_, id := owner.joined("sam@example.com", "Member")
	owner.open("/users/" + id + "/status")
	owner.post("/users/"+id+"/status", "status", "suspended")
	back := "/users/" + id + "?back=%2Fusers%3Fq%3Dsam"
	owner.shows(owner.open("/users/"+id+"/delete"), http.StatusOK, "Type sam@example.com to confirm.")
	for _, typed := range []string{"", "sam", "lee@example.com"} {
		refused := owner.post("/users/"+id+"/delete", "email", typed, "back", back)
		owner.shows(refused, http.StatusUnprocessableEntity, "Type sam@example.com to confirm.")
		if !strings.Contains(refused.body, `aria-invalid="true"`) {
			t.Errorf("%q is not told at its field", typed)
		}
	}
	owner.leads(owner.post("/users/"+id+"/delete", "email", "SAM@example.com", "back", back), "/users?q=sam")
	owner.shows(owner.open("/users?q=sam"), http.StatusOK, "Sam Ito is deleted. The audit log keeps the name.")
	if a := owner.get("/users/" + id); a.status != http.StatusNotFound {
		t.Errorf("the page of a deleted user: %d", a.status)
	}
	if a := p.join(owner.link(owner.invite("sam@example.com", "Member"))); a == nil {
		t.Error("the address cannot be invited anew")
	}
	other := owner.invite("lee@example.com", "Member")
	owner.open("/users/" + other + "/delete")
	owner.leads(owner.post("/users/"+other+"/delete", "email", "lee@example.com"), "/users")
}

func TestLogOutEverywhereAndUnlock(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam, id := owner.joined("sam@example.com", "Member")
	owner.shows(owner.open("/users/"+id+"/logout"), http.StatusOK, "1 session ends.")
	owner.leads(owner.post("/users/"+id+"/logout", "back", "/users/"+id), "/users/"+id)
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Sam Ito was logged out. 1 session was ended.")
	if a := sam.get("/profile"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), "/login") {
		t.Errorf("the session goes on: %d %s", a.status, a.location())
	}
	owner.shows(owner.open("/users/"+id+"/logout"), http.StatusOK, "Sam Ito is not logged in anywhere.")
	for _, path := range []string{"/users", "/users/" + id} {
		if strings.Contains(owner.open(path).body, "/users/"+id+"/logout") {
			t.Errorf("%s offers to log somebody out who is logged in nowhere", path)
		}
	}

	p.change(`INSERT INTO throttles (key, failures, recent, touched_at)
		SELECT 'password:account:' || account_id, 100, '', created_at FROM users WHERE id = '` + id + `'`)
	if shown := owner.open("/users/" + id); !strings.Contains(words(shown.body), "Status Locked Unlock") {
		t.Errorf("a lock without an end is not shown as one:\n%s", words(shown.body))
	}
	stranger := p.visitor()
	stranger.open("/login")
	if a := stranger.post("/login", "email", "sam@example.com", "password", password); a.status != http.StatusTooManyRequests {
		t.Errorf("a locked account lets somebody in: %d", a.status)
	}
	owner.shows(owner.open("/users/"+id+"/unlock"), http.StatusOK, "Password Locked until somebody unlocks it")
	owner.leads(owner.post("/users/"+id+"/unlock"), "/users")
	owner.shows(owner.open("/users"), http.StatusOK, "Sam Ito is unlocked.")
	stranger.open("/login")
	stranger.leads(stranger.post("/login", "email", "sam@example.com", "password", password), "/")
	owner.open("/users")
	owner.leads(owner.post("/users/"+id+"/unlock"), "/users")
	owner.shows(owner.open("/users"), http.StatusOK, "Sam Ito is not locked any more.")
}

// Where a limit locks that nobody can shorten, the page says so in place of a
// button that would do nothing.
func TestALimitIsToldInPlaceOfUnlock(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	sam, id := owner.joined("sam@example.com", "Member")
	sam.protect()
	stranger := p.visitor()
	stranger.open("/login")
	stranger.leads(stranger.post("/login", "email", "sam@example.com", "password", password), "/login/code")
	stranger.open("/login/code")
	for range 5 {
		stranger.post("/login/code", "code", "no code")
	}
	shown := owner.open("/users/" + id)
	owner.shows(shown, http.StatusOK, "The limit of wrong codes is used up until")
	if strings.Contains(shown.body, "/users/"+id+"/unlock") {
		t.Error("the page offers what changes nothing")
	}
	owner.shows(owner.open("/users/"+id+"/unlock"), http.StatusOK, "Sam Ito has used up the tries that there are for now.")
	owner.open("/users/" + id)
	owner.leads(owner.post("/users/"+id+"/unlock", "back", "/users/"+id), "/users/"+id)
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Sam Ito has used up the tries that there are for now.")
}

func TestTheUsersPageSaysWhyTheyMay(t *testing.T) {
	p := newPortal(t, production, nil)
	owner := p.found()
	_, id := owner.joined("sam@example.com", "Administrator")
	shown := owner.open("/users/" + id + "?back=%2Fusers%3Fq%3Dsam")
	owner.shows(shown, http.StatusOK, "Suspend, set to Active and lock users")
	for _, act := range []string{"status", "role", "name", "reset-password", "logout", "lock"} {
		if !strings.Contains(shown.body, `href="/users/`+id+"/"+act) {
			t.Errorf("the page does not offer %s", act)
		}
	}
	if strings.Contains(shown.body, "/users/"+id+"/delete") || strings.Contains(shown.body, "/users/"+id+"/unlock") {
		t.Error("the page offers what does not apply")
	}
	own := owner.open("/users/" + userPath.FindStringSubmatch(owner.open("/users?q=ada").body)[1])
	owner.shows(own, http.StatusOK, "You cannot change your own access. Ask another administrator.")
}
