//go:build browser

package browser

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
)

// TestActsOnAUser is what administrators do beside the two sections of the paper, on the page of a user or from the list.
func TestActsOnAUser(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		lee := o.colleague("Lee Wen", "lee@northwind.example", access.RoleAdministrator)
		priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
		o.actOn(lee, priya)
	})
}

// actOn does everything to an Administrator and to somebody else, who is gone in the end.
func (o *office) actOn(administrator, other *colleague) {
	o.t.Helper()
	o.demote(administrator)
	o.rename(administrator)
	o.logOutElsewhereFromList(administrator)
	o.unlockAfterWrongTries(other)
	o.lockNow(other)
	o.deleteForGood(other)
}

// demote takes the list away from somebody who has it open.
func (o *office) demote(c *colleague) {
	o.t.Helper()
	tab := o.at(c)
	tab.open("/users")
	tab.on("Users")
	p := o.ada
	o.act(p, c, "Change role")
	p.on("Change role")
	p.reads("The role is Administrator now.")
	p.reads("Loses: User Management (See users; Invite users")
	p.reads(c.name + " has the new role from the next click on, without a new log-in.")
	o.look(p, "user-change-role")
	p.choose("Role", "Choose a role")
	p.press("Save")
	p.reads("There is a problem")
	p.choose("Role", "Member")
	p.press("Save")
	p.on(c.name)
	p.reads(c.name + " has the role Member now.")
	tab.press("Invited 0")
	tab.on("You do not have access")
	tab.reads("You do not have access to Users. Ask an Administrator of Northwind.")
	tab.open("/profile")
	tab.on("User Profile") // the session goes on
}

func (o *office) rename(c *colleague) {
	o.t.Helper()
	p := o.ada
	o.act(p, c, "Change name")
	p.on("Change name")
	o.look(p, "user-change-name")
	p.fill("First name", "")
	p.press("Save")
	p.reads("Enter a first name")
	p.fill("First name", "Léa")
	p.press("Save")
	p.reads("The name is Léa Wen now.")
	c.name = "Léa Wen"
	p.reads("Ada Okafor changed the name of Léa Wen")
}

// logOutElsewhereFromList uses the menu of the row.
func (o *office) logOutElsewhereFromList(c *colleague) {
	o.t.Helper()
	tab := o.at(c)
	tab.open("/profile")
	p := o.ada
	p.open("/users")
	p.press("Actions for " + c.name)
	p.press("Log out everywhere")
	p.on("Log out everywhere")
	p.reads("Log " + c.name + " out everywhere?")
	p.reads(c.name + " can log in again at once.")
	o.look(p, "user-log-out-everywhere")
	p.press("Log out everywhere")
	p.on("Users")
	p.reads(c.name + " was logged out everywhere. 2 sessions were ended.")
	tab.open("/profile")
	tab.reads("Your session ended.")

	p.open("/users/" + c.userID + "/logout")
	p.reads(c.name + " is not logged in anywhere.")
}

// unlockAfterWrongTries lets somebody in again who was locked out by wrong passwords.
func (o *office) unlockAfterWrongTries(c *colleague) {
	o.t.Helper()
	tab := o.newPerson()
	tab.open("/login")
	for try := range 11 { // from the fifth on each one doubles the wait, to 128 seconds after the last of these
		if _, words := tab.posted("/login", "email", c.email, "password", fmt.Sprintf("wrong password number %d", try)); !strings.Contains(words, "is not correct.") {
			o.t.Fatalf("try %d is answered %s", try, words)
		}
		o.portal.clock.Advance(time.Second << max(0, try-2))
	}
	o.logIn(tab, c.email, "the last wrong password")
	tab.reads("The email address or password is not correct.")
	tab.fill("Password", colleaguePassword)
	tab.press("Log In")
	tab.reads("Too many attempts. Try again in")
	p := o.ada
	p.open("/users")
	p.becomes("Locked", func() string { return firstWord(p.statusOf(c)) }, "the status in the list")
	p.press("Actions for " + c.name)
	p.press("Unlock")
	p.on("Unlock")
	p.reads("Somebody tried too often to log in as " + c.name + ".")
	p.reads("Ask " + c.name + " first who it was. Unlocking lets the next try through, whoever makes it.")
	o.look(p, "user-unlock")
	p.press("Unlock")
	p.on("Users")
	p.reads(c.name + " is unlocked.")
	o.logInAs(tab, c, colleaguePassword)
	tab.on("Welcome, Priya")
}

func firstWord(text string) string {
	first, _, _ := strings.Cut(strings.Join(strings.Fields(text), " "), " ")
	return first
}

// lockNow is the one button for an account in wrong hands.
func (o *office) lockNow(c *colleague) {
	o.t.Helper()
	tab := o.at(c)
	tab.open("/profile")
	p := o.ada
	o.act(p, c, "Lock this account now")
	p.on("Lock this account now")
	p.reads("Is the account of " + c.name + " in wrong hands? Lock it first, ask later.")
	p.becomes("reason", p.focused, "the focus of the window")
	o.look(p, "user-lock")
	p.press("Lock now")
	p.reads("Enter a reason.")
	p.fill("Reason", "The phone was stolen")
	p.press("Lock now")
	p.on("The account of " + c.name + " is locked")
	p.reads("The phone was stolen")
	p.reads("Talk to " + c.name + " on a phone number that you know. The mailbox may be in wrong hands too.")
	o.look(p, "user-lock-report")
	tab.open("/profile")
	tab.reads(suspendedHere)
	p.press("Done")
	p.on(c.name)
	p.reads("Ada Okafor locked the account of " + c.name)
}

// deleteForGood needs the typed address. The audit line stays when everything else of the user is gone.
func (o *office) deleteForGood(c *colleague) {
	o.t.Helper()
	p := o.ada
	o.act(p, c, "Delete")
	p.on("Delete user")
	p.reads("Delete " + c.name + "?")
	p.reads("The audit log keeps the name.")
	o.look(p, "user-delete")
	p.fill("Email address of the user", "lee@northwind.example")
	p.press("Delete")
	p.reads("There is a problem")
	p.reads("Type " + c.email + " to confirm.")
	p.fill("Email address of the user", c.email)
	p.press("Delete")
	p.on("Users")
	p.reads(c.name + " is deleted. The audit log keeps the name.")
	if p.offers(c.name) {
		o.t.Error("the list still has the deleted user")
	}
	p.open("/users/" + c.userID)
	p.on("Page not found")
	if n := o.auditLines("user.deleted", c.name); n != 1 {
		o.t.Errorf("the audit log has %d lines about the deletion", n)
	}
}

// TestDeletingAnActiveUser is refused with what to do first.
func TestDeletingAnActiveUser(t *testing.T) {
	o := newOffice(t, way{})
	priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
	o.ada.open("/users/" + priya.userID)
	o.ada.on("Priya Shah")
	if o.ada.offers("Delete") {
		t.Error("the page of an active user offers to delete")
	}
	o.ada.open("/users/" + priya.userID + "/delete")
	o.ada.reads("Priya Shah is active. Suspend first. Then you can delete.")
}
