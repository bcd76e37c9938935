package web_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"idkit/internal/platform/db"
	"idkit/internal/transport/web"
)

// file reads the exported list: its mark, its lines, its cells.
func (v *visitor) file(path string) [][]string {
	v.p.Helper()
	a := v.open(path)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		v.p.Fatalf("%s: answer %d, %s", path, a.status, a.header.Get("Content-Type"))
	}
	if name := a.header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="`) || !strings.Contains(name, "-20") || !strings.HasSuffix(name, `.csv"`) {
		v.p.Errorf("the file is called %s", name)
	}
	text, marked := strings.CutPrefix(a.body, "\ufeff")
	if !marked || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		v.p.Errorf("the file begins with %.20q and ends its lines in more than one way", a.body)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		v.p.Fatal(err)
	}
	return rows
}

// exports is how many files the trail tells of.
func (p *portal) exports() (n int) {
	p.Helper()
	err := p.app.DB().Read(p.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(p.Context(), `SELECT count(*) FROM audit_events WHERE action = 'users.exported'`).Scan(&n)
	})
	if err != nil {
		p.Fatal(err)
	}
	return n
}

func TestTheListAsAFile(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	id := owner.invite("sam@example.com", "Member")
	rows := owner.file("/users.csv?sort=name&size=100&at=nonsense")
	if len(rows) != 3 || !slices.Equal(rows[0], []string{"First name", "Last name", "Email", "Role", "Status", "Two-factor", "Here since", "Last active", "User id"}) {
		t.Fatalf("the file holds %q", rows)
	}
	if r := rows[1]; r[2] != "sam@example.com" || r[3] != "Member" || r[4] != "Invited" || r[5] != "Not set up" || r[7] != "" || r[8] != id {
		t.Errorf("the invited one is %q", r)
	}
	if r := rows[2]; r[2] != admin || r[3] != "Administrator" || r[4] != "Active" || r[7] == "" {
		t.Errorf("the Administrator is %q", r)
	}
	for path, want := range map[string]int{
		"/users.csv?status=invited": 2, "/users.csv?q=sam": 2, "/users.csv?q=nobody": 1, "/users.csv?status=suspended": 1, "/users.csv?factor=on": 2, "/users.csv?q=%00%22*": 1,
	} {
		if rows := owner.file(path); len(rows) != want {
			t.Errorf("%s: %d lines, want %d", path, len(rows), want)
		}
	}
	if a := owner.send(owner.request("HEAD", "/users.csv", nil)); a.status != http.StatusOK || a.body != "" {
		t.Errorf("HEAD: %d, %q", a.status, a.body)
	}
	if n := p.exports(); n != 7 {
		t.Errorf("the trail holds %d exports, want 7", n)
	}
}

func TestTheFileIsForWhoMayViewUsers(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	member := p.join(owner.link(owner.invite("sam@example.com", "Member")))
	member.open("/protect")
	member.post("/protect/later")
	if a := member.open("/users.csv"); a.status != http.StatusForbidden || a.header.Get("Content-Disposition") != "" || strings.Contains(a.body, admin) {
		t.Errorf("a Member is answered %d with %q", a.status, a.header.Get("Content-Disposition"))
	}
	if a := p.visitor().get("/users.csv"); a.status != http.StatusSeeOther || strings.Contains(a.body, admin) {
		t.Errorf("a stranger is answered %d", a.status)
	}
	if n := p.exports(); n != 0 {
		t.Errorf("the trail holds %d exports", n)
	}
}

// What a spreadsheet would take for a formula reaches it as text; everything else is left alone.
func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1", "\r=1": "'\r'=1", "\n=1": "'\n'=1", "  =1": "'  =1", "\u00a0=1": "'\u00a0=1",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠a": "'＠a", `=cmd|' /C calc'!A0`: `'=cmd|' /C calc'!A0`,
		// Where semicolons or tabs separate cells, these hold more than one.
		"Ada;=1+1;x": "Ada;'=1+1;x", "a; +1": "a;' +1", "a\t@b": "a\t'@b", "a\r\n-1": "a\r\n'-1", "=1;=2": "'=1;'=2", "Smith; Jones": "Smith; Jones", "a;1": "a;1", "x;?": "x;?",
		"": "", "Ada": "Ada", "O'Neil": "O'Neil", "a=b": "a=b", "Smith-Jones": "Smith-Jones", "li@northwind.example": "li@northwind.example", "'=1": "'=1", "李": "李",
	} {
		if got := web.PlainCell(cell); got != want {
			t.Errorf("%q is written as %q, want %q", cell, got, want)
		}
	}
}
