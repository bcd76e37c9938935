//go:build browser

package browser

import (
	"strings"
	"testing"
)

// TestGalleryIsAccessible looks at every state of every page and component, as /dev/ui lists them.
func TestGalleryIsAccessible(t *testing.T) {
	t.Parallel()
	portal := startPortal(t)
	p := newPerson(t, portal.base, way{})
	p.open("/dev/ui")
	p.on("Pages and their states")
	p.accessibleEverywhere("/dev/ui")
	states, err := ask[[]string](p, `[...document.querySelectorAll('a[href^="/dev/ui/"]')].map(a => a.pathname + a.search)`)
	if err != nil || len(states) < 20 {
		t.Fatalf("the gallery lists %d states (%v)", len(states), err)
	}
	const pages = 2 // looked at side by side
	for part := range pages {
		p := newPerson(t, portal.base, way{})
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for i := part; i < len(states); i += pages {
				t.Run(strings.TrimPrefix(states[i], "/dev/ui/"), func(t *testing.T) {
					// The same browser, reporting to this test.
					visitor := *p
					visitor.t = t
					visitor.open(states[i])
					visitor.accessibleEverywhere(states[i])
				})
			}
		})
	}
}
