//go:build browser

package browser

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
)

// TestFindingAUser narrows, orders and pages the list, and starts anew, in each way that people have.
func TestFindingAUser(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		o.crowd(27)
		zoe := o.colleague("Zoë Łukasiewicz", "zoe@northwind.example", access.RoleAdministrator)
		o.suspend(zoe)
		o.narrow()
		o.searchWithoutAccents()
		o.turnPages()
	})
}

// crowd puts so many Members into the office.
func (o *office) crowd(n int) {
	o.t.Helper()
	for i := 1; i <= n; i++ {
		o.colleague(fmt.Sprintf("Priya %02d Shah", i), fmt.Sprintf("priya%02d@northwind.example", i), access.RoleMember)
	}
}

// narrow uses the filters with their counts and the two selects.
func (o *office) narrow() {
	o.t.Helper()
	p := o.ada
	p.open("/users")
	p.on("Users")
	for _, filter := range []string{"All 29", "Active 28", "Invited 0", "Suspended 1"} {
		if !p.offers(filter) {
			o.t.Errorf("there is no filter %s", quoted(filter))
		}
	}
	o.look(p, "users-many")
	p.press("Suspended 1")
	p.reads("1 to 1 of 1")
	p.becomes("/users?status=suspended", p.path, "the address of the filter")
	p.press("Clear filters")
	p.reads("1 to 25 of 29")
	p.choose("Role", "Administrator")
	p.press("Apply")
	p.reads("1 to 2 of 2")
	p.choose("Two-factor", "On")
	p.press("Apply")
	p.reads("No users match these filters.")
	o.look(p, "users-no-match")
	p.press("Clear filters")
	p.reads("1 to 25 of 29")
	p.becomes("/users", p.path, "the address of the whole list")
}

func (o *office) searchWithoutAccents() {
	o.t.Helper()
	p := o.ada
	const field = "Search by name, email or user id"
	for _, typed := range []string{"zoe", "LUKASIE", "zoe@north"} {
		p.fill(field, typed)
		p.keys("\r")
		p.searched(typed)
		p.reads("1 to 1 of 1")
		p.reads("Zoë Łukasiewicz")
		if got := p.value(field); got != typed {
			o.t.Errorf("after a search for %s the field says %s", quoted(typed), quoted(got))
		}
	}
	p.fill(field, "nobody@northwind.example")
	p.keys("\r")
	p.searched("nobody@northwind.example")
	p.reads("No users match 'nobody@northwind.example'.")
	if !p.offers("Invite nobody@northwind.example") {
		o.t.Error("an address that nobody has is not offered to be invited")
	}
	p.press("Clear filters")
	p.reads("1 to 25 of 29")
}

// searched waits for the list of a search.
func (p *person) searched(text string) {
	p.t.Helper()
	p.until("the list of the search "+quoted(text), func() (bool, error) {
		return ask[bool](p, `new URLSearchParams(location.search).get("q") === `+literal(text))
	})
}

// turnPages orders by name, turns the page and back, finds the list again after the page of a user, and takes longer pages.
func (o *office) turnPages() {
	o.t.Helper()
	p := o.ada
	p.press("User")
	p.becomes("Ada Okafor", p.firstRow, "the first in the order of names")
	p.becomes("ascending", p.orderOfNames, "the order as it is told")
	p.press("User")
	p.becomes("Zoë Łukasiewicz", p.firstRow, "the first in the order turned around")
	p.becomes("descending", p.orderOfNames, "the order as it is told")
	p.press("Next")
	p.becomes("Priya 03 Shah", p.firstRow, "the first of the second page")
	p.reads("26 to 29 of 29")
	second := p.path()
	p.press("Previous")
	p.becomes("Zoë Łukasiewicz", p.firstRow, "the first of the first page, from the second")
	p.press("Next")
	p.becomes("Priya 03 Shah", p.firstRow, "the first of the second page")

	p.press("Priya 02 Shah")
	p.on("Priya 02 Shah")
	if way, err := ask[string](p, `(a => a.pathname + a.search)(document.querySelector("a.way-back"))`); err != nil || way != second {
		o.t.Errorf("the way back from a user leads to %s (%v) instead of %s", way, err, second)
	}
	p.back()
	p.becomes(second, p.path, "the address after Back")
	p.reads("26 to 29 of 29")
	p.press("50")
	p.reads("1 to 29 of 29")
}

// orderOfNames is what the head of the first column tells about the order.
func (p *person) orderOfNames() string {
	p.t.Helper()
	order, err := ask[string](p, `document.getElementById("sort-user").closest("th").ariaSort ?? ""`)
	if err != nil {
		return err.Error() // the list is just being replaced
	}
	return order
}

// firstRow is who stands on top of the list.
func (p *person) firstRow() string {
	p.t.Helper()
	name, err := ask[string](p, `document.querySelector("#list tbody .who bdi").innerText`)
	if err != nil {
		return err.Error() // the list is just being replaced
	}
	return name
}

// TestExportIsWhatIsFiltered downloads the list as a file, as it was narrowed, with the status and nothing that a
// spreadsheet would run.
func TestExportIsWhatIsFiltered(t *testing.T) {
	o := newOffice(t, way{})
	o.crowd(30)
	zoe := o.colleague("=HYPERLINK(1) Zoë", "zoe@northwind.example", access.RoleMember)
	o.suspend(zoe)
	p := o.ada
	p.open("/users?status=suspended")
	p.on("Users")
	rows := p.downloaded("Export CSV")
	if len(rows) != 2 || !strings.Contains(strings.Join(rows[1], " "), zoe.email) || !strings.Contains(strings.ToLower(strings.Join(rows[1], " ")), "suspended") {
		t.Errorf("the file of the suspended users has the rows %q", rows)
	}
	for _, cell := range rows[1] {
		if strings.HasPrefix(cell, "=") {
			t.Errorf("a spreadsheet takes %q for a formula", cell)
		}
	}
	p.open("/users")
	if rows := p.downloaded("Export CSV"); len(rows) != 33 {
		t.Errorf("the file of everybody has %d rows", len(rows))
	}
	if n := o.exports(); n != 2 {
		t.Errorf("the audit log has %d lines about 2 exports", n)
	}
}

// downloaded is the file behind a link that downloads one, as a table.
func (p *person) downloaded(name string) [][]string {
	p.t.Helper()
	text := p.downloadedText(name)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", name, err, text)
	}
	return rows
}

// downloadedText is the file behind a link that downloads one.
func (p *person) downloadedText(name string) string {
	p.t.Helper()
	link := p.find("the download "+quoted(name), name, "link")
	address := p.evaluateOn(link, `function() { return this.hasAttribute("download") ? this.href : "" }`)
	text, err := ask[string](p, `fetch(`+literal(address)+`).then(a => a.text())`)
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// exports counts the lines of the trail about exports.
func (o *office) exports() (n int) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM audit_events WHERE organization_id = $1 AND action = 'users.exported'`, o.organizationID).Scan(&n)
	})
	return n
}

// TestUsersOnAPhone: cards instead of a table, nothing sticks out, and a selected row brings the buttons into sight.
func TestUsersOnAPhone(t *testing.T) {
	o := newOffice(t, way{})
	o.crowd(12)
	priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
	p := o.ada
	p.screen(narrow, light)
	for _, path := range []string{"/users", "/users/" + priya.userID, "/users/" + priya.userID + "/status", "/users/import"} {
		p.open(path)
		p.until("the page", func() (bool, error) { return p.path() == path, nil })
		if trouble, err := ask[string](p, sidewaysTrouble); err != nil || trouble != "" {
			t.Errorf("%s scrolls sideways because of %s (%v)", path, trouble, err)
		}
	}
	p.open("/users")
	p.tick("Select Priya 03 Shah")
	p.reads("Priya 03 Shah selected")
	inSight, err := ask[bool](p, `(() => { const r = document.getElementById("do-status").getBoundingClientRect(); return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight })()`)
	if err != nil || !inSight {
		t.Errorf("Change Status is out of sight once a row is selected (%v)", err)
	}
	p.press("Change Status")
	p.on("Change Status")
	p.reads("Suspend Priya 03 Shah?")
}

// TestRowMenuByKeyboard: the menu of a row opens, leads somewhere, and closes again with Esc.
func TestRowMenuByKeyboard(t *testing.T) {
	o := newOffice(t, way{keyboard: true})
	priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
	p := o.ada
	p.open("/users")
	p.on("Users")
	p.press("Actions for Priya Shah")
	p.find("the menu", "Change role", "link")
	p.accessible("the open menu of a row")
	p.escape()
	p.becomes("acts-"+priya.userID, p.focused, "the focus after Esc")
	if p.offers("Change role") {
		t.Error("Esc leaves the menu open")
	}
	p.press("Actions for Priya Shah")
	p.press("Change role")
	p.on("Change role")
	p.becomes("role", p.focused, "the focus of the window")
	p.escape()
	p.becomes("/users", p.path, "the address after Esc")
	p.becomes("acts-"+priya.userID, p.focused, "the focus after Esc in the window")
}
