//go:build browser

package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestScreenshots saves each page of the journey on both screens and in both themes. It runs only when asked to.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no folder named with -screenshots")
	}
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		t.Fatal(err)
	}
	j := newJourney(t, way{})
	j.look = func(p *person, page string) {
		for _, w := range []width{wide, narrow} {
			for _, theme := range []theme{light, dark} {
				p.screen(w, theme)
				save(t, fmt.Sprintf("%s-%d-%s.png", page, w, theme), p.picture(""))
			}
		}
		p.screen(wide, light)
	}
	j.setUpPortal()
	j.invitePriya()
	j.acceptInvitation()
	j.logOutAndInWithCode()
	j.logInWithRecoveryCode()
}

func save(t *testing.T, name string, picture []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(*screenshots, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
