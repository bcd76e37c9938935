package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// joined is somebody with that role who is logged in, and their user id.
func (v *visitor) joined(email, role string) (other *visitor, userID string) {
	v.p.Helper()
	userID = v.invite(email, role)
	other = v.p.join(v.link(userID))
	other.open("/protect")
	other.leads(other.post("/protect/later"), "/")
	return other, userID
}

func TestAnAdministratorResetsAPassword(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam, id := owner.joined("sam@example.com", "Member")
	window := "/users/" + id + "/reset-password"

	owner.shows(owner.get("/users/reset-password"), http.StatusUnprocessableEntity, "Select a user first.")
	owner.leads(owner.get("/users/reset-password?user="+id+"&back=%2Fusers%3Fstatus%3Dactive"), window+"?back=%2Fusers%3Fstatus%3Dactive")
	owner.shows(owner.get("/users/reset-password?user="+id+"&user=usr_0"), http.StatusUnprocessableEntity, "one user at a time")

	owner.shows(owner.open(window), http.StatusOK, "Send Sam Ito a link to choose a new password?")
	if strings.Contains(owner.page.body, "token=") {
		t.Error("the administrator is shown a link")
	}
	owner.leads(owner.post(window, "back", "/users?status=active"), "/users?status=active")
	shown := owner.open("/users?status=active")
	owner.shows(shown, http.StatusOK, "Reset link sent to sam@example.com.")
	owner.open(window)
	refused := owner.post(window, "back", "/users")
	owner.shows(refused, http.StatusTooManyRequests, "A link was sent a moment ago. Wait 5 minutes.")
	if refused.header.Get("Retry-After") == "" {
		t.Error("the refusal does not say how long to wait")
	}

	first := p.letter("sam@example.com", "/reset")
	link := p.mailedPath(first)
	sam.leads(sam.get(link), "/reset")
	sam.shows(sam.open("/reset"), http.StatusOK, "Ada Byron sent you this link. It works until")
	sam.shows(sam.post("/reset", "password", newPassword, "confirm", "other"), http.StatusUnprocessableEntity, "The two passwords are not the same.")
	sam.leads(sam.post("/reset", "password", newPassword, "confirm", newPassword), "/login?"+url.Values{"email": {"sam@example.com"}, "next": {"/"}}.Encode())
	sam.shows(sam.open("/login"), http.StatusOK, "Your password is changed. Log in with it.")
	sam.leads(sam.post("/login", "email", "sam@example.com", "password", newPassword), "/")
	owner.shows(owner.open("/users/"+id), http.StatusOK, "Ada Byron sent Sam Ito a link to choose a new password")

	p.clock.Advance(5 * time.Minute)
	owner.open(window)
	owner.leads(owner.post(window, "log_out", "yes", "back", "/users/"+id), "/users/"+id)
	owner.shows(owner.open("/users/"+id), http.StatusOK, "1 session was ended, and the old password no longer works.")
	if a := sam.get("/"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), "/login") {
		t.Errorf("the session goes on: %d to %q", a.status, a.location())
	}
	sam.open("/login")
	sam.shows(sam.post("/login", "email", "sam@example.com", "password", newPassword), http.StatusUnprocessableEntity, "The email address or password is not correct.")
	sam.open(p.mailedPath(p.letterAfter(first, "sam@example.com", "/reset")))
	p.clock.Advance(25 * time.Hour)
	sam.shows(sam.open("/reset"), http.StatusGone, "24 hours")
}

func TestWhoseResetTheWindowRefuses(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam, id := owner.joined("sam@example.com", "Administrator")
	invited := owner.invite("lee@example.com", "Member")
	self := userPath.FindStringSubmatch(owner.open("/users?q=" + url.QueryEscape(admin)).body)[1]
	for _, act := range []string{"reset-password", "second-factor"} {
		for user, sentence := range map[string]string{
			self:    "You",
			invited: "Sam Ito has not set up the account yet",
		} {
			shown := owner.open("/users/" + user + "/" + act)
			owner.shows(shown, http.StatusOK, sentence)
			if strings.Contains(shown.body, `action="/users/`+user) {
				t.Errorf("%s of %s is offered", act, user)
			}
		}
	}
	owner.open("/users/" + id + "/reset-password")
	owner.shows(owner.post("/users/"+self+"/reset-password"), http.StatusForbidden, "User Profile")
	owner.shows(owner.post("/users/"+invited+"/reset-password"), http.StatusUnprocessableEntity, "has not set up the account yet")
	owner.leads(owner.post("/users/"+id+"/status", "status", "suspended"), "/users")
	owner.shows(owner.open("/users/"+id+"/reset-password"), http.StatusOK, "Sam Ito is suspended. Set Active first.")
	owner.shows(owner.post("/users/"+id+"/reset-password"), http.StatusUnprocessableEntity, "Sam Ito is suspended. Set Active first.")
	if a := sam.get("/users/" + invited + "/reset-password"); a.status == http.StatusOK {
		t.Error("a suspended Administrator goes on")
	}
}
