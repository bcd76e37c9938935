package directory_test

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/directory"
)

var sorts = []directory.Sort{directory.SortNewest, directory.SortName, directory.SortRole, directory.SortStatus, directory.SortLastActive}

// hostileCursors are what could hide in an address: not one of them may lead to anything but a page of the list.
var hostileCursors = []string{
	"x", "2", "-1", "=", "é", "\x00", "' OR 1=1 --", strings.Repeat("A", 7000), "bnVsbA", "e30",
	encoded(`{"o":"","p":5}`), encoded(`{"o":"","f":["","",""]}`), encoded(`{"o":"","f":["","","usr_"],"s":-1}`), encoded(`{"o":"","f":["","","x\u0000"]}`),
	encoded(`{"o":"","f":["","","x"],"s":1000000}`), encoded(`{"o":"","f":["","","x"],"p":99999999999}`), encoded(`{"o":"","f":["","","x"],"p":-4}`),
	encoded(`{"o":"name","f":["","\ud800","x"]}`), encoded(`{"o":"last_active","f":["","soon","x"]}`), encoded(`{"o":"last_active","f":["","0001-01-01T00:00:00.000000Z","x"]}`),
	encoded(`{"o":"last_active","f":["","9999-12-31T23:59:59.999999Z","x"]}`), encoded(`{"o":"role","f":["rol_none","a","x"]}`), encoded(`{"o":"","b":true}`),
	encoded(`{"o":"","b":true,"s":300}`), encoded(`{"o":"","b":true,"f":["","","x"],"s":300,"p":1}`), encoded(`{"o":"-"}`), encoded(`[]`), encoded(`{"o":{}}`), encoded(`{"o":"","f":["","","` + strings.Repeat("z", 5000) + `"]}`),
}

func encoded(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestHostileCursorsLeadToAPage(t *testing.T) {
	p := newPlace(t)
	p.settlers(t, rand.New(rand.NewPCG(1, 2)), 60)
	for _, sort := range sorts {
		for _, cursor := range hostileCursors {
			p.checkCursor(t, directory.Query{Sort: sort, Cursor: cursor})
			p.checkCursor(t, directory.Query{Sort: sort, Cursor: cursor, Search: "ann"})
		}
	}
}

// checkCursor holds a page to what every page is: a run of the list with numbers that fit it.
func (p *place) checkCursor(t testing.TB, q directory.Query) {
	t.Helper()
	list := p.list(t, q)
	shown := ids(list)
	var all []string
	for _, s := range p.expected(q) {
		all = append(all, s.id)
	}
	if len(all) > 0 && len(shown) == 0 || len(shown) > list.Size || list.Total != len(all) || list.Last-list.First+1 != len(shown) || list.First < 1 || list.Last > list.Total {
		t.Fatalf("cursor %.80q: %d shown, %d to %d of %d", q.Cursor, len(shown), list.First, list.Last, list.Total)
	}
	if start := slices.Index(all, shown[0]); !slices.Equal(all[start:start+len(shown)], shown) {
		t.Fatalf("cursor %.80q: the page is no run of the list", q.Cursor)
	}
}

func FuzzCursor(f *testing.F) {
	p := newPlace(f)
	p.settlers(f, rand.New(rand.NewPCG(1, 2)), 60)
	for i, sort := range sorts {
		list := p.list(f, directory.Query{Sort: sort})
		for _, page := range []int{2, 3} {
			cursor, _ := list.At(page)
			plain, err := base64.RawURLEncoding.DecodeString(cursor)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(i), plain, 0)
			f.Add(uint8(i), plain, 7)
			f.Add(uint8(i+1), plain, 0)
		}
	}
	f.Fuzz(func(t *testing.T, sort uint8, plain []byte, flip int) {
		if len(plain) > 0 && flip > 0 {
			plain = slices.Clone(plain)
			plain[flip/8%len(plain)] ^= 1 << (flip % 8)
		}
		p.checkCursor(t, directory.Query{Sort: sorts[int(sort)%len(sorts)], Cursor: base64.RawURLEncoding.EncodeToString(plain)})
	})
}
