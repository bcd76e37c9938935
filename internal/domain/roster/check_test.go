package roster_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/roster"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

func TestACheckSaysWhatBecomesOfEachRow(t *testing.T) {
	p := newPlace(t)
	here := p.member.AccountID + "@NORTHWIND.example"
	i := p.check(t, p.priya,
		"Ada,Okafor,ada@northwind.example,member",
		"Björk,,bjork@northwind.example,Administrator",
		"Ada again,,ADA@northwind.example,Member",
		"Wei,,"+here+",Member",
		",,bad,Nobody",
		strings.Repeat("n", 101)+",\u202e,c@northwind.example,",
		"=1+1,,formula@northwind.example,Recruiter",
		",,ada@northwind.example,Member",
	)
	if i.State != roster.Checked || i.ToInvite != 3 || i.Twice != 1 || i.Here != 1 || i.Wrong != 3 || i.All() != 8 {
		t.Errorf("checked: %+v", i)
	}
	want := []string{
		"2 invite", "3 invite", "4 twice 2", "5 here", "6 wrong [email=person.email_invalid first_name=person.first_name_missing role=roster.role_unknown]",
		"7 wrong [first_name=person.name_too_long last_name=person.name_unreadable role=user.role_missing]", "8 invite", "9 wrong [first_name=person.first_name_missing]",
	}
	var got []string
	for _, r := range p.rows(t, i.ID) {
		line := fmt.Sprint(r.Line, " ", r.Verdict)
		switch r.Verdict {
		case roster.Twice:
			line += fmt.Sprint(" ", r.FirstLine)
		case roster.Wrong:
			line += fmt.Sprint(" ", codes(r))
		case roster.Here:
			if r.UserID != p.member.UserID {
				t.Errorf("line %d is said to be %s", r.Line, r.UserID)
			}
		}
		got = append(got, line)
	}
	if !slices.Equal(got, want) {
		t.Errorf("verdicts\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if p.finish(t) != 0 || p.count(t, `SELECT count(*) FROM letters`) != 0 || p.count(t, `SELECT count(*) FROM users WHERE status = 'invited'`) != 0 {
		t.Error("a check sent something")
	}
	if p.events(t, "import.checked") != 1 {
		t.Error("the check is not in the trail")
	}
}

func TestRowsAreShownByVerdictAndPageTheMistakesFirst(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, people(250)+"priya0@northwind.example,,priya0@northwind.example,Member\n,,x@northwind.example,Member")
	for _, c := range []struct {
		verdict    roster.Verdict
		page, rows int
		first      int // line
	}{
		{"", 1, 100, 253},
		{"", 2, 100, 100},
		{"", 3, 52, 200},
		{"", 4, 0, 0},
		{roster.Invite, 1, 100, 2},
		{roster.Invite, 3, 50, 202},
		{roster.Invite, 4, 0, 0},
		{roster.Twice, 1, 1, 252},
		{roster.Twice, 2, 0, 0},
		{roster.Wrong, 1, 1, 253},
		{roster.Here, 1, 0, 0},
	} {
		rows, err := p.Rows(t.Context(), p.priya, i.ID, c.verdict, c.page)
		if err != nil || len(rows) != c.rows || c.rows > 0 && rows[0].Line != c.first {
			t.Errorf("%q, page %d: %d rows, %v", c.verdict, c.page, len(rows), err)
		}
	}
}

func TestARefusedFileLeavesNothingBehind(t *testing.T) {
	p := newPlace(t)
	before := p.dump(t)
	for _, file := range []string{"", header, header + people(roster.RowLimit+1), header + people(3) + "\xff", header + people(3) + "\"", "a,b\n1,2\n"} {
		if _, err := p.Check(t.Context(), p.priya, "people.csv", strings.NewReader(file)); !fault.IsKind(err, fault.Invalid) {
			t.Errorf("%.20q: %v", file, err)
		}
	}
	_, err := p.Check(t.Context(), p.member, "people.csv", strings.NewReader(header+people(1)))
	domaintest.Refused(t, err, access.ErrForbidden)
	if after := p.dump(t); after != before {
		t.Errorf("left behind:\n%s\nbefore:\n%s", after, before)
	}
}

// A role that the actor cannot give is answered like one that does not exist (P26).
func TestNobodyImportsARoleBeyondTheirOwnRights(t *testing.T) {
	p := newPlace(t)
	p.exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, 'rol_edit', 'Editor', 'editor', 'own', 'users.access users.invite users.edit', $2)`,
		p.northwind, morning)
	editor := p.person(t, p.northwind, "Kim", "rol_edit")
	may := map[string][]string{
		"Priya": {"Administrator", "Member", "Recruiter", "Editor"}, "Kim": {"Member", "Recruiter", "Editor"}, "Sam": {"Member", "Recruiter"},
	}
	for _, actor := range []access.Actor{p.priya, editor, p.recruiter} {
		var rows []string
		names := []string{"Administrator", "Member", "Recruiter", "Editor", "Nobody", p.roles["Administrator"]}
		for n, name := range names {
			rows = append(rows, fmt.Sprintf("Ada,,%s%d@x.example,%s", actor.Name, n, name))
		}
		checked := p.check(t, actor, rows...)
		if n := p.count(t, `SELECT count(*) FROM import_rows WHERE faults LIKE '%Recruiter%'`); n != 0 {
			t.Errorf("%d rows keep the list of roles", n)
		}
		for n, r := range p.rowsFor(t, actor, checked.ID) {
			if want := slices.Contains(may[actor.Name], names[n]); want != (r.Verdict == roster.Invite) {
				t.Errorf("%s and %s: %s", actor.Name, names[n], r.Verdict)
			} else if !want && (len(r.Faults) != 1 || r.Faults[0].Code != roster.ErrRoleUnknown.Code || r.Faults[0].Params["Roles"] != strings.Join(may[actor.Name], ", ")) {
				t.Errorf("%s and %s: %+v", actor.Name, names[n], r.Faults)
			}
		}
	}
}

// A deletion finds the rows of an address by its canonical form, however it was typed.
func TestRowsKeepTheCanonicalAddress(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, "Zoe,,ZOE@BÜCHER.example,Member", "Ada,,zoe@bücher.example,Nobody", "Wei,,wei@wei,Member", "Li,,li@x.example,Member")
	for key, want := range map[string]int{"zoe@xn--bcher-kva.example": 2, "": 1, "li@x.example": 1} {
		if n := p.count(t, `SELECT count(*) FROM import_rows WHERE import_id = $1 AND email_key = $2`, i.ID, key); n != want {
			t.Errorf("%d rows have %q, want %d", n, key, want)
		}
	}
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, i.ID))
	domaintest.MustNot(t, p.Pause(t.Context(), p.priya, i.ID))
	if n := p.count(t, `SELECT count(*) FROM imports WHERE paused_by_id = $1`, p.priya.UserID); n != 1 {
		t.Errorf("%d imports are paused by her", n)
	}
	domaintest.MustNot(t, p.Continue(t.Context(), p.priya, i.ID))
	if n := p.count(t, `SELECT count(*) FROM imports WHERE paused_by_id = ''`); n != 1 {
		t.Errorf("%d imports are paused by nobody", n)
	}
}

// Somebody with fewer rights carries out another one's check: what they may not
// give is not given.
func TestWhoeverStartsAnswersForTheRoles(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, "Ada,,ada@x.example,Administrator", "Wei,,wei@x.example,Member")
	domaintest.MustNot(t, p.Start(t.Context(), p.recruiter, i.ID))
	p.finish(t)
	rows := p.rows(t, i.ID)
	if rows[0].Outcome != roster.Failed || fmt.Sprint(codes(rows[0])) != "[role=user.role_gone]" || rows[1].Outcome != roster.Invited {
		t.Errorf("%+v", rows)
	}
	p.eachOnce(t, i.ID, 1)
}

func TestChecksAreBounded(t *testing.T) {
	p := newPlace(t)
	for range 30 {
		p.check(t, p.priya, people(1))
	}
	_, err := p.Check(t.Context(), p.priya, "people.csv", strings.NewReader(header+people(1)))
	if !errors.Is(err, throttle.ErrWaitMinutes) {
		t.Errorf("the 31st file of an hour: %v", err)
	}
	p.check(t, p.marco, people(1))
	p.clock.Advance(time.Hour)
	p.check(t, p.priya, people(1))
}

func TestImportsOfOthersDoNotExist(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, people(2))
	elsewhere, roles := p.organization(t, "Elsewhere")
	stranger := p.person(t, elsewhere, "Lee", roles["Administrator"])
	before := p.dump(t)
	for who, c := range map[string]struct {
		actor access.Actor
		want  *fault.Fault
	}{"somebody of another organization": {stranger, roster.ErrNotFound}, "a Member": {p.member, access.ErrForbidden}} {
		for _, importID := range []string{i.ID, "imp_nothing"} {
			for what, act := range map[string]func() error{
				"get":      func() error { _, err := p.Get(t.Context(), c.actor, importID); return err },
				"rows":     func() error { _, err := p.Rows(t.Context(), c.actor, importID, "", 1); return err },
				"failures": func() error { _, err := p.Failures(t.Context(), c.actor, importID, 9); return err },
				"result":   func() error { return p.Result(t.Context(), c.actor, importID, func(roster.Row) error { return nil }) },
				"start":    func() error { return p.Start(t.Context(), c.actor, importID) },
				"pause":    func() error { return p.Pause(t.Context(), c.actor, importID) },
				"continue": func() error { return p.Continue(t.Context(), c.actor, importID) },
				"discard":  func() error { return p.Discard(t.Context(), c.actor, importID) },
			} {
				if err := act(); !errors.Is(err, c.want) {
					t.Errorf("%s, %s of %s: %v", who, what, importID, err)
				}
			}
		}
	}
	if list, err := p.List(t.Context(), stranger); err != nil || len(list) != 0 {
		t.Errorf("the other organization sees %v, %v", list, err)
	}
	if _, err := p.List(t.Context(), p.member); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("a Member sees the list: %v", err)
	}
	if p.get(t, i.ID).State != roster.Checked || p.dump(t) != before {
		t.Error("a stranger changed the import")
	}
}
