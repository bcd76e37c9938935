//go:build browser

package browser

import (
	"strings"
	"testing"

	"idkit/internal/domain/access"
)

// TestTwoAdministratorsSuspendEachOther: both have the window about the other open. The first wins, the second is told what
// is true, and somebody is left to look after the office.
func TestTwoAdministratorsSuspendEachOther(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		sam := o.colleague("Sam Ito", "sam@northwind.example", access.RoleAdministrator)
		his := o.at(sam)
		o.selectAnd(o.ada, sam, "Change Status")
		o.ada.reads("Suspend Sam Ito?")
		o.selectAnd(his, o.administrator, "Change Status")
		his.reads("Suspend Ada Okafor?")

		o.ada.press("Suspend")
		o.ada.reads("Sam Ito is suspended and logged out everywhere.")
		his.press("Suspend")
		his.on("Your access is suspended")
		his.reads(suspendedHere)

		o.ada.open("/users")
		o.ada.on("Users")
		if s := o.ada.statusOf(o.administrator); s != "Active" {
			t.Errorf("Ada is %s", s)
		}
	})
}

// TestTwoAdministratorsChangeOneUser: whoever comes second finds the state that the first one left.
func TestTwoAdministratorsChangeOneUser(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
		second := o.at(o.colleague("Sam Ito", "sam@northwind.example", access.RoleAdministrator))
		o.selectAnd(o.ada, priya, "Change Status")
		o.ada.reads("Suspend Priya Shah?")
		o.selectAnd(second, priya, "Change Status")
		second.reads("Suspend Priya Shah?")
		o.ada.press("Suspend")
		o.ada.reads("Priya Shah is suspended and logged out everywhere.")
		second.press("Suspend")
		second.reads("Someone changed this user a moment ago. Here is the current state.")
		second.becomes("Suspended", func() string { return second.statusOf(priya) }, "the status in the list")

		// Somebody demoted with a window open can no longer do what it offers.
		second.open("/users/" + priya.userID + "/status")
		second.reads("Set Priya Shah to Active?")
		o.demoteByHand("Sam Ito")
		second.press("Active")
		second.reads("You do not have access to Users. Ask an Administrator of Northwind.")
		o.ada.open("/users")
		o.ada.on("Users")
		if s := o.ada.statusOf(priya); s != "Suspended" {
			t.Errorf("Priya is %s", s)
		}
	})
}

// demoteByHand makes somebody a Member from their page.
func (o *office) demoteByHand(name string) {
	o.t.Helper()
	p := o.ada
	p.open("/users")
	p.press(name)
	p.on(name)
	p.press("Change role")
	p.on("Change role")
	p.choose("Role", "Member")
	p.press("Save")
	p.reads(name + " has the role Member now.")
}

// TestEverythingTicked: who holds all that can be ticked holds less than an Administrator, who edits roles. What would
// leave the office without one is not offered, and refused in words where somebody asks all the same.
func TestEverythingTicked(t *testing.T) {
	o := newOffice(t, way{})
	const more = "Ada Okafor may do more here than you. Ask an Administrator."
	p := o.at(o.colleague("Li Wen", "li@northwind.example", o.ownRole("Office", access.BuiltIn().All()...)))
	p.open("/users/" + o.administrator.userID)
	p.on("Ada Okafor")
	for _, button := range []string{"Change Status", "Change role", "Delete", "Lock this account now"} {
		if p.offers(button) {
			t.Errorf("the page of the last Administrator offers %s", quoted(button))
		}
	}
	for _, window := range []string{"/status", "/role", "/lock", "/delete"} {
		p.open("/users/" + o.administrator.userID + window)
		p.reads(more)
	}
	_, words := p.posted("/users/"+o.administrator.userID+"/status", "status", "suspended")
	if !strings.Contains(words, more) {
		t.Errorf("a form that suspends the last Administrator is answered %s", words)
	}
}

// TestHoldingLess: nobody acts on somebody who may do more, and the pages say whom to ask.
func TestHoldingLess(t *testing.T) {
	o := newOffice(t, way{})
	p := o.at(o.colleague("Li Wen", "li@northwind.example", o.ownRole("Desk", access.UsersView, access.UsersResetPassword)))
	p.open("/users/" + o.administrator.userID)
	p.on("Ada Okafor")
	p.reads("Ada Okafor may do more than you. Only an Administrator can change this account.")
	p.open("/users/" + o.administrator.userID + "/reset-password")
	p.reads("Ada Okafor may do more here than you. Ask an Administrator.")
	p.open("/users/" + o.administrator.userID + "/status")
	p.on("You do not have access")
	p.reads("Only an Administrator can do this. Ask an Administrator of Northwind.")
}
