package directory_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"idkit/internal/domain/directory"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// named adds active people of the usual role.
func (p *place) named(t testing.TB, names ...string) {
	t.Helper()
	present := len(p.people)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		for i, name := range names {
			s := somebody{
				id: id.New("usr"), account: id.New("acc"), name: name, role: p.roles[1], status: user.Active,
				email: fmt.Sprintf("p%d@northwind.example", present+i),
			}
			if err := p.insert(ctx, tx, s); err != nil {
				return err
			}
			p.people[s.id] = s
		}
		return nil
	})
}

// The numbers are counted by hand here, where the list in memory would fold as the list does.
func TestTheListSearchesAsPeopleType(t *testing.T) {
	p := newPlace(t)
	p.named(t, "José García", "Jose\u0301 Núñez", "Zoë 100%_sure", `Back\slash O'Neil`, "Ａｄａ Straße", "王小明", "李 伟", "さくら 佐藤", "김 민준", "Γιώργος Ιωάννου")
	for search, want := range map[string]int{
		"": 10, "  ": 10, "jose": 2, "JOSÉ": 2, "josé g": 1, "g josé": 1, "josé zoe": 0, "garcia": 1, "nunez": 1, "zoe": 1,
		"%": 1, "_": 1, "100%_": 1, "0%s": 0, `\`: 1, `\%`: 0, "o'neil": 1, "' OR '1'='1": 0, "ada": 1, "STRASSE": 1, "straße": 1,
		"王": 1, "小": 1, "小明": 1, "王小明": 1, "明王": 0, "伟": 1, "李伟": 0, "李 伟": 1, "さ": 1, "くら": 1, "藤": 1, "김": 1, "민": 1, "ΓΙΏΡ": 1, "ιωαννου": 1,
		"northwind": 10, "p3@": 1, "nobody": 0, "\u0301": 10, "jo\x00se": 2, "\xff": 0, strings.Repeat("x", 10_000): 0,
	} {
		if list := p.list(t, directory.Query{Search: search}); list.Total != want || len(list.Users) != want {
			t.Errorf("%.20q finds %d (%d shown), want %d", search, list.Total, len(list.Users), want)
		}
	}
}

func TestCountingAWideSearchStops(t *testing.T) {
	p := newPlace(t)
	var names []string
	for i := range 1040 {
		names = append(names, fmt.Sprintf("Ann Okafor %04d", i))
	}
	p.named(t, names...)
	list := p.list(t, directory.Query{Search: "okafor", Sort: directory.SortName, Size: 100})
	if list.Total != 1000 || !list.More || list.Pages() != 10 {
		t.Fatalf("%d found, more: %v, %d pages", list.Total, list.More, list.Pages())
	}
	if _, ok := list.At(10); ok {
		t.Error("a page far away can be reached without knowing where it begins")
	}
	for page := 2; list.Next; page++ {
		cursor, ok := list.At(page)
		if !ok {
			t.Fatalf("page %d cannot be reached", page)
		}
		list = p.list(t, directory.Query{Search: "okafor", Sort: directory.SortName, Size: 100, Cursor: cursor})
		if list.Number != page || list.First != (page-1)*100+1 || list.Users[0].FirstName != fmt.Sprintf("Ann Okafor %04d", list.First-1) {
			t.Fatalf("page %d: number %d, from %d with %s", page, list.Number, list.First, list.Users[0].Name())
		}
	}
	if list.Last != 1040 {
		t.Errorf("the list ends at %d", list.Last)
	}
	for search, more := range map[string]bool{"okafor 000": false, "o": true, "okafor": true, "ann okafor": true} {
		if list := p.list(t, directory.Query{Search: search}); list.More != more {
			t.Errorf("%q: %d found, more: %v", search, list.Total, list.More)
		}
	}
}
