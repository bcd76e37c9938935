package page

import (
	"strings"
	"testing"
	"time"
)

func TestProgressAsksAgainOnlyWhileItRuns(t *testing.T) {
	r := newRenderer(t)
	for _, c := range []struct {
		view ImportProgress
		want bool
	}{
		{ImportProgress{ID: "imp_1", Of: 10}, true},
		{ImportProgress{ID: "imp_1", Of: 10, Paused: true}, false},
		{ImportProgress{ID: "imp_1", Of: 10, GoesOn: galleryNow.Add(time.Hour)}, false},
	} {
		text := render(t, r, viewer("users"), c.view)
		refresh, poll := strings.Contains(text, `<noscript><meta http-equiv="refresh" content="5"></noscript>`), strings.Contains(text, `hx-trigger="every 2s"`)
		if refresh != c.want || poll != c.want {
			t.Errorf("%+v: reloads %v, polls %v, want %v", c.view, refresh, poll, c.want)
		}
	}
}
