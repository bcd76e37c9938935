package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// A page of 250 sentences used to read the wish for languages as often: with a
// header of the largest size, that took more than a second of one processor.
func TestAttackerAsksForFiveThousandLanguages(t *testing.T) {
	p := newPortal(t, development, nil)
	v := p.found()
	r := v.request(http.MethodGet, "/profile/mobile", nil)
	r.Header.Set("Accept-Language", strings.Repeat("aa,", 5000))
	began := time.Now()
	a := v.send(r)
	if took := time.Since(began); a.status != http.StatusOK || took > 500*time.Millisecond {
		t.Errorf("status %d after %s", a.status, took)
	}
}
