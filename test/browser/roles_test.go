//go:build browser

package browser

import (
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"idkit/internal/domain/access"
	"idkit/internal/platform/config"
)

// withModules adds the modules of the sample.
func withModules(c *config.Config) { c.ModulesFile = "../../docs/modules.json" }

// TestManageRoles makes a role, changes it while somebody has it, and ends it, in each way that people have.
func TestManageRoles(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way, withModules)
		priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
		o.makeRole()
		o.give(priya, "Customer Service")
		tab := o.at(priya)
		tab.open("/")
		tab.on("Welcome, Priya")
		tab.reads("Reports")
		o.editRole(tab)
		o.copyRole()
		o.endRole(priya)
	})
}

// permit ticks or clears a permission of the page of a role: several modules have one of the same words.
func (p *person) permit(permission access.Permission) {
	p.t.Helper()
	object, err := chromedp.Run(p.ctx, chromedp.Evaluate[*runtime.RemoteObject](`document.getElementById(`+literal("may."+string(permission))+`)`))
	if err != nil || object.ObjectID == "" {
		p.t.Fatalf("there is no box for %s (%v)\n%s", permission, err, p.describe())
	}
	box := do(p, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: object.ObjectID}).Node.BackendNodeID
	p.set(box)
}

// set changes a checkbox.
func (p *person) set(box cdp.BackendNodeID) {
	p.t.Helper()
	if !p.way.keyboard {
		p.click(box)
		return
	}
	p.tabTo(box)
	p.keys(" ")
}

// changedLines are the modules of the page of a role that are marked as changed.
func (p *person) changedLines() string {
	p.t.Helper()
	lines, err := ask[string](p, `[...document.querySelectorAll(".role-table tr")].filter(line => line.innerText.includes("changed")).map(line => line.querySelector("strong").textContent).join(" ")`)
	if err != nil {
		return err.Error() // the page is just being replaced
	}
	return lines
}

// leaving tells whether whoever leaves the page is asked first.
func (p *person) leaving() string {
	p.t.Helper()
	free, err := ask[bool](p, `dispatchEvent(new Event("beforeunload", { cancelable: true }))`)
	if err != nil {
		return err.Error()
	}
	if free {
		return "free to go"
	}
	return "asked"
}

// makeRole goes from the list of users to a role of the office's own.
func (o *office) makeRole() {
	o.t.Helper()
	p := o.ada
	p.open("/users")
	p.on("Users")
	p.press("Manage Roles")
	p.on("Manage Roles")
	p.reads("Administrator always has everything.")
	p.reads("Your organization has no roles of its own yet.")
	o.look(p, "roles-built-in")
	p.press("New role")
	p.on("New role")
	p.press("Make the role")
	p.reads("Enter a role name")
	p.fill("Role name", "Customer Service")
	p.tick("Reports, Module Access")
	p.permit("reports.view")
	p.tick("Editor, Module Access")
	p.permit("editor.edit")
	o.look(p, "role-new")
	p.press("Make the role")
	p.on("Manage Roles")
	p.reads("The role Customer Service is there now.")
}

// give changes somebody's role on the page of the user.
func (o *office) give(c *colleague, role string) {
	o.t.Helper()
	p := o.ada
	o.act(p, c, "Change role")
	p.on("Change role")
	p.choose("Role", role)
	p.press("Save")
	p.reads(c.name + " has the role " + role + " now.")
}

// editRole takes a module away, after a review, from somebody who has it open.
func (o *office) editRole(tab *person) {
	o.t.Helper()
	p := o.ada
	p.open("/users/roles")
	p.on("Manage Roles")
	p.press("Customer Service 1 user")
	p.on("Customer Service")
	p.tick("Reports, Module Access")
	p.permit("editor.publish")
	p.fill("Role name", "Service Desk")
	if !p.way.noScripts {
		p.becomes("Editor Reports", p.changedLines, "what is marked as changed")
		p.becomes("asked", p.leaving, "whoever leaves")
	}
	p.press("Review changes")
	p.on("Review changes")
	p.reads("Customer Service: gains Editor (Publish); loses Reports (View). 1 user is affected.")
	p.reads("The name becomes Service Desk.")
	o.look(p, "role-review")
	p.press("Go back and change it")
	p.on("Customer Service")
	if got := p.value("Role name"); got != "Service Desk" {
		o.t.Errorf("after the way back the name is %s", quoted(got))
	}
	p.becomes("Editor Reports", p.changedLines, "what is marked as changed after the way back")
	p.press("Review changes")
	p.on("Review changes")
	p.press("Save")
	p.reads("The role Service Desk was changed.")

	tab.open("/modules/reports")
	tab.on("You do not have access")
	tab.reads("You do not have access to Reports. Ask an Administrator of Northwind.")
	o.look(tab, "no-access")
	tab.open("/")
	tab.on("Welcome, Priya")
	if tab.offers("Reports") {
		o.t.Error("home offers a module that was taken away")
	}
}

func (o *office) copyRole() {
	o.t.Helper()
	p := o.ada
	p.press("Copy this role")
	p.on("New role")
	if got := p.value("Role name"); got != "Copy of Service Desk" {
		o.t.Errorf("the copy is called %s", quoted(got))
	}
	p.press("Make the role")
	p.reads("The role Copy of Service Desk is there now.")
}

// endRole moves the users of a role to another one and deletes it.
func (o *office) endRole(c *colleague) {
	o.t.Helper()
	p := o.ada
	p.press("Service Desk 1 user")
	p.on("Service Desk")
	p.press("Delete")
	p.on("Delete role")
	p.reads("1 user has it and gets another role now.")
	o.look(p, "role-delete")
	p.press("Delete")
	p.reads("There is a problem")
	p.choose("Their new role", "Copy of Service Desk")
	p.press("Delete")
	p.reads("The role Service Desk was deleted.")
	p.open("/users/" + c.userID)
	p.on(c.name)
	p.reads("Copy of Service Desk")
	if n := o.auditLines("role.deleted", "Service Desk"); n != 1 {
		o.t.Errorf("the log has %d lines about the end of the role", n)
	}
}
