package directory_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/directory"
	"idkit/internal/domain/user"
	"idkit/internal/platform/language"
)

func (p *place) list(t testing.TB, q directory.Query) directory.List {
	t.Helper()
	list, err := p.List(t.Context(), p.administrator(), q)
	if err != nil {
		t.Fatalf("%+.100v: %v", q, err)
	}
	return list
}

func ids(list directory.List) (all []string) {
	for _, u := range list.Users {
		all = append(all, u.ID)
	}
	return all
}

// searches are words of the names, parts of them, and what could mean something to an engine.
var searches = []string{
	"", "  ", "a", "an", "ann", "ANN", "annah", "oka for", "jose", "JOSÉ", "josé g", "garcia", "zoe", "李", "王", "王伟", "伟", "łukasz", "lukasz", "анна", "нна",
	"o'neil", `"`, `q"u`, `quo"`, "%", "_", "100%", "0%s", `\`, `\%`, "*", "ann*", "AND", "ann AND", "NEAR(ann,2)", "text:ann", "organization : ac1", "-ann", "ann OR bo",
	"(", "{", "^ann", "+", "xn--bcher", "@northwind", ".example", "example", "nobody", "\u0301", "ann\x00joa", "\xff", "straße", "strasse", "σίσυφος", "σισυφος", "ΣΊΣ",
	"\U00020000", "x", "ann bo li okafor", "de la cruz", "la  de", "' OR '1'='1", "usr_", "ac1", strings.Repeat("x", 10_000), strings.Repeat("ann ", 2_000), strings.Repeat("a b c d e f g h i j k l m n o p q r s ", 20),
}

// follow walks through all pages and returns everybody met.
func (p *place) follow(t testing.TB, q directory.Query) (met []string) {
	t.Helper()
	for {
		list := p.list(t, q)
		met = append(met, ids(list)...)
		cursor, ok := list.At(list.Number + 1)
		if ok != list.Next {
			t.Fatalf("%+.100v: page %d of %d says that another follows: %v, and has a cursor for it: %v", q, list.Number, list.Pages(), list.Next, ok)
		}
		if !ok {
			return met
		}
		q.Cursor = cursor
	}
}

// retrace walks from the last page to the first.
func (p *place) retrace(t testing.TB, q directory.Query) (met []string) {
	t.Helper()
	last, ok := p.list(t, q).At(p.list(t, q).Pages())
	if !ok {
		t.Fatalf("%+.100v: the last page cannot be reached", q)
	}
	for q.Cursor = last; ; {
		list := p.list(t, q)
		met = append(ids(list), met...)
		if list.Number == 1 {
			return met
		}
		if q.Cursor, ok = list.At(list.Number - 1); !ok {
			t.Fatalf("%+.100v: no way back from page %d", q, list.Number)
		}
	}
}

// check holds one query against the list in memory: all of it forward, and its numbers.
func (p *place) check(t testing.TB, q directory.Query) {
	t.Helper()
	var want []string
	for _, s := range p.expected(q) {
		want = append(want, s.id)
	}
	first := p.list(t, q)
	size := first.Size
	total, more := len(want), false
	if strings.TrimSpace(language.Fold(q.Search)) != "" && total > 1000 {
		total, more = 1000, true
	}
	if first.Total != total || first.More != more || first.First != min(1, total) || first.Last != min(size, total) || first.Number != 1 {
		t.Errorf("%+.100v: %d (%v more), %d to %d, page %d; %d are there", q, first.Total, first.More, first.First, first.Last, first.Number, len(want))
	}
	if got := p.follow(t, q); !slices.Equal(got, want) {
		t.Errorf("%+.100v: met %d, want %d; they differ from number %d on", q, len(got), len(want), difference(got, want))
	}
	if !more {
		if got := p.retrace(t, q); !slices.Equal(got, want) {
			t.Errorf("%+.100v, backwards: met %d, want %d; they differ from number %d on", q, len(got), len(want), difference(got, want))
		}
	}
}

func difference(got, want []string) int {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return i
		}
	}
	return min(len(got), len(want))
}

func (p *place) anyQuery(r *rand.Rand) directory.Query {
	return directory.Query{
		Status: pick(r, []user.Status{"", "", "", user.Active, user.Invited, user.Suspended}),
		RoleID: pick(r, []string{"", "", "", p.roles[0].ID, p.roles[1].ID, p.roles[3].ID}),
		Factor: pick(r, []directory.Factor{"", "", directory.FactorOn, directory.FactorOff}),
		Sort:   pick(r, []directory.Sort{"", directory.SortName, directory.SortRole, directory.SortStatus, directory.SortLastActive}),
		Search: pick(r, searches), Descending: r.IntN(2) == 0, Size: pick(r, []int{0, 25, 50, 100}),
	}
}

// Few people are looked through one by one, many by index: both answer as a list in memory does.
func TestEveryViewIsWhatAListInMemoryShows(t *testing.T) {
	for _, c := range []struct{ people, queries, searches int }{{0, 40, 100}, {1, 40, 100}, {75, 150, 100}, {1300, 15, 30}} {
		t.Run(fmt.Sprint(c.people), func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			r := rand.New(rand.NewPCG(seed, 1))
			p := newPlace(t)
			p.settlers(t, r, c.people)
			p.elsewhere(t).settlers(t, r, 30)
			for range c.queries {
				p.check(t, p.anyQuery(r))
			}
			for i, at := range r.Perm(len(searches)) {
				if i < c.searches {
					p.check(t, directory.Query{Search: searches[at], Size: 100})
				}
			}
		})
	}
}

func TestAUserIsFoundByTheirWholeID(t *testing.T) {
	p := newPlace(t)
	r := rand.New(rand.NewPCG(1, 1))
	p.settlers(t, r, 30)
	other := p.elsewhere(t)
	other.settlers(t, r, 1)
	for _, s := range p.people {
		for search, want := range map[string]int{s.id: 1, "  " + strings.ToUpper(s.id) + "\t": 1, s.id[:12]: 0, s.id + "0": 0} {
			if list := p.list(t, directory.Query{Search: search, Sort: directory.SortName}); list.Total != want || len(list.Users) != want {
				t.Errorf("%q finds %d", search, list.Total)
			}
		}
		if list := p.list(t, directory.Query{Search: s.id, RoleID: "rol_none"}); list.Total != 0 {
			t.Errorf("a filter lets %d through", list.Total)
		}
	}
	for stranger := range other.people {
		if list := p.list(t, directory.Query{Search: stranger}); list.Total != 0 || len(list.Users) != 0 {
			t.Errorf("the id of another organization's user finds %+v", list.Users)
		}
	}
}

func TestAnotherOrganizationIsNeverSeen(t *testing.T) {
	p := newPlace(t)
	r := rand.New(rand.NewPCG(1, 1))
	p.settlers(t, r, 40)
	other := p.elsewhere(t)
	other.settlers(t, r, 40)
	page := other.list(t, directory.Query{Sort: directory.SortName})
	cursor, _ := page.At(2)
	for _, q := range []directory.Query{{}, {Search: "ann"}, {Search: "a"}, {RoleID: other.roles[1].ID}, {Sort: directory.SortName, Cursor: cursor}, {Sort: directory.SortRole}} {
		for _, id := range p.follow(t, q) {
			if _, ours := p.people[id]; !ours {
				t.Errorf("%+v shows a stranger", q)
			}
		}
	}
	if list := p.list(t, directory.Query{RoleID: other.roles[1].ID}); list.Total != 0 || list.Counts.All() != 0 {
		t.Errorf("the role of another organization counts %+v", list.Counts)
	}
}

func TestTheListNeedsThePermission(t *testing.T) {
	p := newPlace(t)
	actor := p.administrator()
	actor.Permissions = access.OfRole(access.RoleOwn, "users.access users.invite settings.access settings.view")
	if _, err := p.List(t.Context(), actor, directory.Query{}); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("the list is answered with %v", err)
	}
	if err := p.Export(t.Context(), actor, directory.Query{}, func(user.User) error { t.Error("a row was written"); return nil }); !errors.Is(err, access.ErrForbidden) {
		t.Errorf("the export is answered with %v", err)
	}
}
