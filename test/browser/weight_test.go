//go:build browser

package browser

import (
	"net/url"
	"path"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// visit is what a browser without any cache had to load for one page, as it went over the wire.
type visit struct {
	mu       sync.Mutex
	requests map[network.RequestID]string
	bytes    map[string]int64 // by path
	foreign  []string
}

// loads opens a page and returns the bytes of everything it took, by path.
func (p *person) loads(path string) map[string]int64 {
	p.t.Helper()
	v := &visit{requests: map[network.RequestID]string{}, bytes: map[string]int64{}}
	base, err := url.Parse(p.base)
	if err != nil {
		p.t.Fatal(err)
	}
	do(p, network.ClearBrowserCache, cdp.Empty{})
	err = chromedp.Listen(p.ctx, func(event any) {
		v.mu.Lock()
		defer v.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			address, err := url.Parse(e.Request.URL)
			if err != nil || address.Scheme != "data" && address.Host != base.Host {
				v.foreign = append(v.foreign, e.Request.URL)
				return
			}
			v.requests[e.RequestID] = address.Path
		case *network.EventLoadingFinished:
			if path, found := v.requests[e.RequestID]; found {
				v.bytes[path] += int64(e.EncodedDataLength)
			}
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.open(path)
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, address := range v.foreign {
		p.t.Errorf("%s loads %s from somewhere else", path, address)
	}
	return v.bytes
}

// budgets are the most that a part of a first view may take on the wire, in bytes, by the ending of its path.
var budgets = map[string]int64{"": 10_000, ".css": 14_000, ".js": 18_000, ".svg": 4_000, ".woff2": 28_000}

// TestWeight holds the first view of the two pages that matter most to what a slow line can carry.
func TestWeight(t *testing.T) {
	j := newJourney(t, way{})
	j.setUpPortal()
	for _, view := range []struct {
		path  string
		who   *person
		bytes int64 // all of it but the font, which may come later or not at all
	}{
		{"/login", j.newPerson(), 25_000},
		{"/users", j.ada, 40_000},
	} {
		var total int64
		parts := view.who.loads(view.path)
		for part, size := range parts {
			kind := path.Ext(part)
			t.Logf("%s: %6d bytes  %s", view.path, size, part)
			if budget, known := budgets[kind]; !known || size > budget {
				t.Errorf("%s: %s takes %d bytes; at most %d", view.path, part, size, budget)
			}
			if kind != ".woff2" {
				total += size
			}
		}
		if len(parts) > 6 || total > view.bytes {
			t.Errorf("%s takes %d requests and, without the font, %d bytes; at most 6 and %d", view.path, len(parts), total, view.bytes)
		}
	}
}
