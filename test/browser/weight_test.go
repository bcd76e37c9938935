//go:build browser

package browser

import (
	"net/url"
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

// loads opens a page and reports what it took.
func (p *person) loads(path string) (requests int, bytes int64) {
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
	for part, size := range v.bytes {
		p.t.Logf("%s: %6d bytes  %s", path, size, part)
		requests++
		bytes += size
	}
	p.t.Logf("%s: %d requests, %d bytes", path, requests, bytes)
	return requests, bytes
}

// TestWeight holds the first view of the two pages that matter most to what a slow line can carry.
func TestWeight(t *testing.T) {
	j := newJourney(t, way{})
	j.setUpPortal()
	for _, page := range []struct {
		path  string
		who   *person
		bytes int64
	}{
		{"/login", j.newPerson(), 25_000},
		{"/users", j.ada, 60_000},
	} {
		requests, bytes := page.who.loads(page.path)
		if requests > 6 || bytes > page.bytes {
			t.Errorf("%s takes %d requests and %d bytes; at most 6 and %d", page.path, requests, bytes, page.bytes)
		}
	}
}
