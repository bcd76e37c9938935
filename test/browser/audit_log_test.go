//go:build browser

package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
)

// TestAuditLog finds an event by each filter, opens it, and takes the log away in both kinds of file, in each way that people have.
func TestAuditLog(t *testing.T) {
	inEachWay(t, func(t *testing.T, way way) {
		o := newOffice(t, way)
		priya := o.colleague("Priya Shah", priyaEmail, access.RoleMember)
		lee := o.colleague("Lee Wen", "lee@northwind.example", access.RoleAdministrator)
		o.rememberedActs(priya, lee)
		o.findEvents(priya)
		o.takeLogAway()
	})
}

// rememberedActs are some of Ada's on Priya, and one of Lee's.
func (o *office) rememberedActs(priya, lee *colleague) {
	o.t.Helper()
	o.give(priya, "Administrator")
	o.give(priya, "Member")
	p := o.at(lee)
	o.act(p, priya, "Change name")
	p.on("Change name")
	p.fill("First name", "Priyanka")
	p.press("Save")
	p.on("Priyanka Shah")
	priya.name = "Priyanka Shah"
}

// findEvents narrows the log by who, whom, what and when.
func (o *office) findEvents(priya *colleague) {
	o.t.Helper()
	p := o.ada
	p.open("/audit")
	p.on("Audit log")
	p.reads("Ada Okafor changed the role of Priya Shah")
	o.look(p, "audit")
	p.runs(`window.sameDocument = true`)

	p.fill("Who", "lee")
	p.press("Apply")
	p.reads("1 to 1 of 1")
	p.press("Clear filters")
	p.reads("of 3")
	p.fill("Whom", priya.userID)
	p.choose("What", "Roles")
	p.press("Apply")
	p.reads("1 to 2 of 2")
	p.press("Clear filters")
	p.reads("of 3")
	p.fill("Search by a person's name", "PRIYANKA")
	p.keys("\r")
	p.becomes("PRIYANKA", func() string { return p.asked("name") }, "the name that is searched")
	p.reads("1 to 3 of 3")

	if same, err := ask[bool](p, `window.sameDocument === true`); err != nil || same == p.way.noScripts {
		o.t.Errorf("the filters have left the page: %v (%v)", !same, err)
	}

	yesterday := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	p.open("/audit?from=2020-01-01&to=" + yesterday)
	p.reads("Nothing happened between")
	o.look(p, "audit-nothing")
	p.press("Clear filters")
	p.reads("of 3")

	p.choose("What", "Names, email and mobile")
	p.press("Apply")
	p.reads("1 to 1 of 1")
	p.press("Lee Wen changed the name of Priyanka Shah")
	p.reads("Priya Shah → Priyanka Shah")
	o.look(p, "audit-details")
}

// asked is what stands in the address under that name.
func (p *person) asked(name string) string {
	p.t.Helper()
	value, err := ask[string](p, `new URLSearchParams(location.search).get(`+literal(name)+`) ?? ""`)
	if err != nil {
		return err.Error() // the page is just being replaced
	}
	return value
}

// takeLogAway exports what is shown, and the whole log, which then proves itself.
func (o *office) takeLogAway() {
	o.t.Helper()
	p := o.ada
	p.press("Export")
	p.on("Export")
	p.reads("1 event")
	o.look(p, "audit-export")
	if rows := p.downloaded("CSV For spreadsheets: sentences, names and details"); len(rows) != 2 ||
		!slices.Contains(rows[1], "Changed: Priya Shah → Priyanka Shah") {
		o.t.Errorf("the file with what is shown holds %q", rows)
	}
	p.open("/audit/export?from=2020-01-01")
	p.on("Export")
	lines := p.downloadedText(`JSON lines For programs. Of all days and without filters it holds what "idkit audit verify" needs to prove the log.`)
	if n := strings.Count(lines, "\n"); n != 4 { // with the export before
		o.t.Errorf("the whole log has %d lines:\n%s", n, lines)
	}
	o.proves(lines, "intact")
	o.proves(strings.Replace(lines, "Priyanka Shah", "Priyanka Shaw", 1), "broken")
}

// proves holds the verdict of the command line on a file to what it should be.
func (o *office) proves(lines, verdict string) {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		o.t.Fatal(err)
	}
	said, err := exec.CommandContext(o.t.Context(), "go", "run", "idkit/cmd/idkit", "audit", "verify", "--file", file).CombinedOutput()
	if !strings.Contains(string(said), verdict) || (err == nil) != (verdict == "intact") {
		o.t.Errorf("the check of the file says %s (%v)", said, err)
	}
}
