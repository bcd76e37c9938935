//go:build browser

package browser

import "testing"

// logOutElsewhere is "Where you are logged in" with three browsers: one is logged out by its name, the last with the rest.
func (j *journey) logOutElsewhere() {
	j.t.Helper()
	p, second, third := j.ada, j.newPerson(), j.newPerson()
	p.open("/profile/sessions")
	p.on("Where you are logged in")
	p.reads("You are logged in only here.")
	j.look(p, "sessions-only-here")
	j.enter(second, adaEmail, adaPassword)
	j.enter(third, adaEmail, adaPassword)

	p.open("/profile")
	p.press("All devices")
	p.on("Where you are logged in")
	p.reads("This device")
	j.look(p, "sessions")
	p.press("Log out Headless Chrome on Linux")
	p.reads("Headless Chrome on Linux was logged out.")
	if second.loggedIn() == third.loggedIn() {
		j.t.Error("one of the two other browsers should be logged out, and one not")
	}
	p.press("Log out everywhere else")
	p.reads("Logged out at 1 other place.")
	if second.loggedIn() || third.loggedIn() || !p.loggedIn() {
		j.t.Error("this browser, and no other, should still be logged in")
	}
	p.open("/profile")
}

// loggedIn opens the profile and tells whether it is shown.
func (p *person) loggedIn() bool {
	p.t.Helper()
	p.open("/profile")
	var path string
	p.until("a page", func() (bool, error) {
		path = p.path()
		return path != "", nil
	})
	return path == "/profile"
}

// TestLoggingOutASessionTwice: the button of a page that is older than the log-out says so.
func TestLoggingOutASessionTwice(t *testing.T) {
	t.Parallel()
	j := newJourney(t, way{})
	j.setUpPortal()
	other := j.newPerson()
	j.enter(other, adaEmail, adaPassword)
	j.ada.open("/profile/sessions")
	j.logOut(other, "Ada Okafor")
	j.ada.press("Log out Headless Chrome on Linux")
	j.ada.reads("This session has ended already.")
}
