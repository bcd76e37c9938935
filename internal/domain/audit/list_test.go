package audit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/throttle"
)

// auditor is an actor who may see and export the trail.
func auditor(organizationID string) access.Actor {
	a := priya
	a.OrganizationID, a.Permissions = organizationID, access.OfRole(access.RoleAdministrator, "")
	return a
}

func newLog(d *db.DB) *audit.Service {
	return audit.New(audit.Options{DB: d, Throttle: throttle.New(d), Recheck: session.Recheck})
}

func list(t testing.TB, s *audit.Service, q audit.Query) audit.List {
	t.Helper()
	page, err := s.List(t.Context(), auditor(northwind), q)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// matches says of one line what a reader expects of a query.
func matches(e audit.Entry, q audit.Query) bool {
	meant := func(text, id, name string) bool {
		for _, word := range strings.Fields(strings.ToLower(text)) {
			if audit.WholeID.MatchString(text) {
				return text == id
			}
			if !strings.Contains(strings.ToLower(name), word) {
				return false
			}
		}
		return true
	}
	return meant(q.Who, e.ActorID, e.ActorName) && meant(q.Whom, e.Target.ID, e.Target.Name) &&
		(meant(q.Name, e.ActorID, e.ActorName) || meant(q.Name, e.Target.ID, e.Target.Name)) &&
		(len(q.Actions) == 0 || slices.Contains(q.Actions, e.Action)) &&
		!e.At.Before(q.From) && (q.To.IsZero() || e.At.Before(q.To))
}

// TestEveryFilterFindsWhatItSays holds random queries to the plain reading of
// them, over all pages forth and back, and their exports.
func TestEveryFilterFindsWhatItSays(t *testing.T) {
	d := newCrowd(t)
	crowded(t, d, northwind, 900, time.Minute)
	crowded(t, d, fabrikam, 50, time.Minute)
	s := newLog(d)
	var all []audit.Entry // the newest first
	write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.Collect(ctx, tx, audit.Scan, `SELECT `+audit.Columns+` FROM audit_events WHERE organization_id = $1 ORDER BY at DESC, sequence DESC`, northwind)
		return err
	})
	const seed = 4
	r := rand.New(rand.NewPCG(seed, seed))
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	for range 120 {
		q := audit.Query{
			Who: pick("", "", idOf(r.IntN(20)), "person00", "of0 PERSON", "person00"+strconv.Itoa(r.IntN(9)), "nobody", "%"), Whom: pick("", "", "", idOf(r.IntN(20)), "of01", "_"),
			Name: pick("", "", "", "of0", "person"+strconv.Itoa(100+r.IntN(300)), "of00 person0"),
		}
		if r.IntN(3) == 0 {
			q.Actions = actionsOfCrowd[r.IntN(3) : 3+r.IntN(4)]
		}
		if r.IntN(2) == 0 {
			q.From = now.Add(-time.Duration(r.IntN(900)) * time.Minute)
		}
		q.To = now.Add(time.Minute) // before the exports of this very test
		if r.IntN(2) == 0 {
			q.To = now.Add(-time.Duration(r.IntN(400)) * time.Minute)
		}
		var want []int64
		for _, e := range all {
			if matches(e, q) {
				want = append(want, e.Sequence)
			}
		}
		checkPages(t, s, q, want)
		checkExport(t, s, q, want)
	}
}

// checkPages walks all pages of a query forth and back.
func checkPages(t *testing.T, s *audit.Service, q audit.Query, want []int64) {
	t.Helper()
	var got []int64
	var page audit.List
	numbers := func(p audit.List) (all []int64) {
		for _, e := range p.Entries {
			all = append(all, e.Sequence)
		}
		return all
	}
	for more := true; more; more = page.Older != "" {
		page = list(t, s, q)
		if len(page.Entries) > 0 && page.First != len(got)+1 || page.Total != len(want) || page.More {
			t.Errorf("%+v: page from %d of %d (%v), want from %d of %d", q, page.First, page.Total, page.More, len(got)+1, len(want))
		}
		got, q.Cursor = append(got, numbers(page)...), page.Older
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%+v finds %d: %v, want %d: %v", q, len(got), got, len(want), want)
	}
	for page.First > 1 {
		end := page.First - 1
		q.Cursor = page.Newer
		page = list(t, s, q)
		if begin := end - audit.PageSize; page.First != begin+1 || !slices.Equal(numbers(page), want[begin:end]) {
			t.Fatalf("%+v: back to %d: %v, want %v", q, page.First, numbers(page), want[begin:end])
		}
	}
}

func checkExport(t *testing.T, s *audit.Service, q audit.Query, want []int64) {
	t.Helper()
	q.Cursor = ""
	var got []int64
	n, err := s.Count(t.Context(), auditor(northwind), q)
	if err != nil || n != len(want) {
		t.Errorf("%+v counts %d, %v, want %d", q, n, err, len(want))
	}
	one := auditor(northwind)
	one.UserID = id.New("usr") // whom no limit holds up
	err = s.Export(t.Context(), one, q, "csv", func(e audit.Entry) error {
		got = append(got, e.Sequence)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(got)
	if !slices.Equal(got, want) {
		t.Errorf("%+v exports %v, want %v", q, got, want)
	}
}

func TestTheLogIsForWhoMaySeeIt(t *testing.T) {
	d := newCrowd(t)
	s := newLog(d)
	for _, c := range []struct{ held, list, export bool }{{}, {held: true, list: true}} {
		a := auditor(northwind)
		a.Permissions = access.Permissions{}
		if c.held {
			a.Permissions = access.OfRole(access.RoleOwn, "audit.access audit.view")
		}
		_, err := s.List(t.Context(), a, audit.Query{})
		if allowed := !errors.Is(err, access.ErrForbidden); allowed != c.list {
			t.Errorf("list: %v", err)
		}
		_, err = s.Count(t.Context(), a, audit.Query{})
		if allowed := !errors.Is(err, access.ErrForbidden); allowed != c.export {
			t.Errorf("count: %v", err)
		}
		err = s.Export(t.Context(), a, audit.Query{}, "csv", func(audit.Entry) error { return nil })
		if allowed := !errors.Is(err, access.ErrForbidden); allowed != c.export {
			t.Errorf("export: %v", err)
		}
	}
	holds(t, d, northwind, 0)
}

func TestAnExportIsALineOfTheTrail(t *testing.T) {
	d := newTrail(t)
	record(t, d, priya, event(1), event(2), event(3))
	s := newLog(d)
	full := errors.New("the disk is full")
	err := s.Export(t.Context(), auditor(northwind), audit.Query{Whom: "li wen"}, "jsonl", func(e audit.Entry) error {
		if e.Sequence == 3 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) {
		t.Errorf("a failed export is answered with %v", err)
	}
	newest := list(t, s, audit.Query{}).Entries[0]
	if want := `{"format":"jsonl","rows":"2","whom":"li wen"}`; newest.Action != "audit.exported" || newest.Details != want {
		t.Errorf("the trail says %s %s, want %s", newest.Action, newest.Details, want)
	}
	holds(t, d, northwind, 4)
}

func TestExportsAreBounded(t *testing.T) {
	s := newLog(newTrail(t))
	for n := range 21 {
		err := s.Export(t.Context(), auditor(northwind), audit.Query{}, "csv", func(audit.Entry) error { return nil })
		if refused := fault.IsKind(err, fault.TooMany); refused != (n == 20) || !refused && err != nil {
			t.Errorf("export %d is answered with %v", n+1, err)
		}
	}
}

func TestCursorsFromAnywhereAreTheBeginning(t *testing.T) {
	d := newTrail(t)
	record(t, d, priya, event(1), event(2))
	s := newLog(d)
	for _, cursor := range []string{"x", "o", "n", "o..", "o1.1", "o-1.1.1", "o1.-1.1", "ozzzzzzzzzzzzz.1.1", "o1.zzzzzzzzzzzzzz.1", "n1.1.1", "o\x00.1.1", "o1.1.1", strings.Repeat("o1.", 99)} {
		if page := list(t, s, audit.Query{Cursor: cursor}); len(page.Entries) != 2 || page.First != 1 {
			t.Errorf("%q leads to %d entries from %d", cursor, len(page.Entries), page.First)
		}
	}
}

// TestNamesThatPeopleHadFindThem also in other letter cases and without accents.
func TestNamesThatPeopleHadFindThem(t *testing.T) {
	d := newTrail(t)
	tomas := audit.Target{Kind: "user", ID: idOf(1), Name: "Tomás Ó Súilleabháin"}
	record(t, d, priya, audit.Event{Action: "user.invited", Target: tomas})
	tomas.Name = "Tom O'Sullivan"
	record(t, d, priya, audit.Event{Action: "user.suspended", Target: tomas})
	record(t, d, access.Visitor(priya.Origin), audit.Event{OrganizationID: northwind, Action: "login.failed"})
	s := newLog(d)
	for name, want := range map[string]int{"tomas": 2, "SULLIVAN": 2, "suilleabhain o": 2, "shah": 2, "tom shah": 0, "": 3} {
		if page := list(t, s, audit.Query{Name: name}); len(page.Entries) != want {
			t.Errorf("%q finds %d, want %d", name, len(page.Entries), want)
		}
	}
	if page := list(t, s, audit.Query{Whom: tomas.ID}); page.Whom != "Tom O'Sullivan" || len(page.Entries) != 2 {
		t.Errorf("the id finds %d of %q", len(page.Entries), page.Whom)
	}
}

// BenchmarkViews measures views of a long log: TEST_AUDIT_LINES=1000000.
func BenchmarkViews(b *testing.B) {
	lines, err := strconv.Atoi(os.Getenv("TEST_AUDIT_LINES"))
	if err != nil {
		lines = 20_000
	}
	d := newCrowd(b)
	crowded(b, d, northwind, lines, 30*time.Second)
	write(b, d, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "ANALYZE")
		return err
	})
	s := newLog(d)
	month := now.AddDate(0, 0, -30)
	deep := ""
	for range 20 {
		deep = list(b, s, audit.Query{Cursor: deep}).Older
	}
	for name, q := range map[string]audit.Query{
		"first": {From: month}, "everything": {}, "deep": {Cursor: deep}, "old": {To: now.Add(-time.Duration(lines/2) * 30 * time.Second)}, "action": {Actions: actionsOfCrowd[:1]},
		"rare-actions": {Actions: actionsOfCrowd[5:]}, "who": {Who: idOf(0)}, "who-rare": {Who: idOf(499)}, "whom-month": {Whom: idOf(3), From: month},
		"name": {Name: "person499"}, "names": {Name: "person"}, "who-and-whom": {Who: idOf(0), Whom: idOf(499)}, "who-and-rare-action": {Who: idOf(0), Actions: actionsOfCrowd[6:]}, "nobody": {Name: "zzz"},
	} {
		b.Run(fmt.Sprintf("%s-%d", name, lines), func(b *testing.B) {
			for b.Loop() {
				list(b, s, q)
			}
		})
	}
}
