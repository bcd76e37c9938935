//go:build browser

package browser

import (
	"net/http"
	"strings"
	"testing"

	"idkit/internal/domain/access"
)

// suspendedHere is what somebody suspended reads, once they have shown who they are.
const suspendedHere = "Your account at Northwind is suspended. Ask an administrator of Northwind."

// TestChangeAccountStatus is that section of the paper, and what the suspended person sees meanwhile.
func TestChangeAccountStatus(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
		tab := o.at(priya)
		tab.open("/")
		tab.on("Welcome, Priya")

		o.suspendFromList(priya)
		o.refusedAsSuspended(tab, priya)
		o.undoSuspension(priya)
		tab.open("/profile")
		tab.on("Log in") // what had ended stays ended
		o.logInAs(tab, priya, colleaguePassword)
		tab.on("Welcome, Priya")

		o.suspendForAReason(priya)
		o.setActive(priya)
		tab.open("/profile")
		tab.on("Log in")
	})
}

// suspendFromList goes the way of the paper: Users, the user, Change Status, Suspend.
func (o *office) suspendFromList(c *colleague) {
	o.t.Helper()
	p := o.ada
	p.open("/users")
	p.on("Users")
	p.press("Change Status")
	p.reads("Select a user first.")
	p.tick("Select " + c.name)
	p.press("Change Status")
	p.on("Change Status")
	p.reads("Suspend " + c.name + "?")
	p.reads("Logged out at once: 1 session ends.")
	p.reads(c.name + " cannot log in.")
	p.reads("Role and history stay. You can undo this.")
	if p.offers("Active") {
		o.t.Error("the window offers more than the possible step")
	}
	p.becomes("Cancel", p.focused, "the focus of the window")
	o.look(p, "user-change-status")
	p.press("Suspend")
	p.on("Users")
	p.reads(c.name + " is suspended and logged out everywhere.")
	p.becomes("Suspended", func() string { return p.statusOf(c) }, "the status in the list")
}

// statusOf is what the list says about somebody's status.
func (p *person) statusOf(c *colleague) string {
	p.t.Helper()
	status, err := ask[string](p, `[...document.querySelectorAll("#list tbody tr")].find(row => row.innerText.includes(`+literal(c.email)+`)).querySelector(".state").innerText.trim()`)
	if err != nil {
		return err.Error() // the list is just being replaced
	}
	return status
}

// refusedAsSuspended: the open tab is told at its next click, the log-in only after the right password.
func (o *office) refusedAsSuspended(tab *person, c *colleague) {
	o.t.Helper()
	tab.open("/profile")
	tab.on("Your access is suspended")
	tab.reads(suspendedHere)
	o.look(tab, "suspended")
	o.logIn(tab, c.email, "not the password at all")
	tab.refusedAt("password", "The email address or password is not correct.")
	if told, err := tab.says("suspended"); err != nil || told {
		o.t.Errorf("a wrong password is told about the suspension (%v)", err)
	}
	o.logInAs(tab, c, colleaguePassword)
	tab.on("Your access is suspended")
	tab.reads(suspendedHere)
}

func (o *office) undoSuspension(c *colleague) {
	o.t.Helper()
	p := o.ada
	p.press("Undo")
	p.on("Users")
	p.reads(c.name + " is Active.")
	p.becomes("Active", func() string { return p.statusOf(c) }, "the status in the list")
}

func (o *office) suspendForAReason(c *colleague) {
	o.t.Helper()
	p := o.ada
	o.act(p, c, "Change Status")
	p.on("Change Status")
	p.fill("Reason (optional)", strings.Repeat("x", 301))
	p.press("Suspend")
	p.reads("Shorten the reason to 300 characters.")
	p.fill("Reason (optional)", "Away until spring")
	p.press("Suspend")
	p.reads(c.name + " is suspended and logged out everywhere.")
	p.on(c.name)
	p.reads("Reason: Away until spring")
	p.reads("Ada Okafor suspended " + c.name)
	o.look(p, "user-suspended")
}

// setActive repeats the steps and presses Active.
func (o *office) setActive(c *colleague) {
	o.t.Helper()
	p := o.ada
	o.selectAnd(p, c, "Change Status")
	p.on("Change Status")
	p.reads("Set " + c.name + " to Active?")
	p.reads(c.name + " can log in again with the same password and two-factor authentication.")
	p.reads("Away until spring")
	p.becomes("Cancel", p.focused, "the focus of the window")
	o.look(p, "user-set-active")
	p.press("Active")
	p.on("Users")
	p.reads(c.name + " is Active.")
	p.becomes("Active", func() string { return p.statusOf(c) }, "the status in the list")
}

// TestOneUserAtATime: no form and no address changes the status of two.
func TestOneUserAtATime(t *testing.T) {
	o := newOffice(t, way{})
	priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
	sam := o.colleague("Sam Ito", "sam@northwind.example", access.RoleMember)
	p := o.ada
	p.open("/users/status?user=" + priya.userID + "&user=" + sam.userID)
	p.on("Change Status")
	p.reads("You can do this to one user at a time. Go back and select one.")

	p.open("/users/" + priya.userID + "/status")
	p.on("Change Status")
	window := "/users/" + priya.userID + "/status"
	for _, two := range [][]string{{"user", sam.userID}, {"id", sam.userID}} {
		_, words := p.posted(window, append([]string{"status", "suspended"}, two...)...)
		if !strings.Contains(words, "You can do this to one user at a time. Nothing was changed. Select one user.") {
			t.Errorf("a form that names another user as its %s is answered %s", two[0], words)
		}
	}
	if _, words := p.posted(window, "status", "suspended", "user", priya.userID, "user", sam.userID); !strings.Contains(words, "Nothing was changed.") {
		t.Errorf("a form that names two users is answered %s", words)
	}
	p.open("/users")
	p.on("Users")
	for _, c := range []*colleague{priya, sam} {
		if s := p.statusOf(c); s != "Active" {
			t.Errorf("%s is %s after a form that names two users", c.name, s)
		}
	}
}

// TestOwnAccess: nobody changes their own, whichever way they ask, and every window says whom to ask or where to go.
func TestOwnAccess(t *testing.T) {
	o := newOffice(t, way{})
	p := o.ada
	p.open("/users/" + o.administrator.userID)
	p.reads("You cannot change your own access. Ask another administrator.")
	for _, button := range []string{"Change Status", "Change role", "Delete", "Lock this account now"} {
		if p.offers(button) {
			t.Errorf("the own page offers %s", quoted(button))
		}
	}
	own := "/users/" + o.administrator.userID
	for path, sentence := range map[string]string{
		"/status":         "You cannot change your own access. Ask another administrator.",
		"/role":           "You cannot change your own access. Ask another administrator.",
		"/delete":         "You cannot delete your own account. Ask another administrator.",
		"/lock":           "You cannot lock your own account. Ask another administrator at once.",
		"/unlock":         "You cannot unlock your own account. Ask another administrator.",
		"/reset-password": "This is your own account. You change your password in User Profile.",
		"/second-factor":  "This is your own account. You reset two-factor authentication in User Profile.",
		"/logout":         "This is your own account. You see and end your sessions in User Profile.",
		"/name":           "This is your own account. You change your name in User Profile.",
	} {
		p.open(own + path)
		p.reads(sentence)
	}
	if status, words := p.posted(own+"/status", "status", "suspended"); status != http.StatusForbidden || !strings.Contains(words, "You cannot change your own access.") {
		t.Errorf("a form about oneself is answered %d: %s", status, words)
	}
	p.open("/users")
	p.on("Users") // still in
}
