package page

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
)

// What a first visit costs over the wire, in bytes after gzip.
func TestWeights(t *testing.T) {
	assets, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	for name, limit := range map[string]int{"page.css": 14 << 10, "portal.js": 18 << 10, "entry.js": 3 << 10, "icons.svg": 4 << 10, font: 28 << 10, "mark.svg": 1 << 10} {
		p, err := assets.Path(name)
		if err != nil {
			t.Fatal(err)
		}
		asset, _ := assets.Get(p)
		weight := len(asset.Body)
		if asset.Gzip != nil {
			weight = len(asset.Gzip())
		}
		if t.Logf("%-10s %6d", name, weight); weight > limit {
			t.Errorf("%s weighs %d bytes, the budget is %d", name, weight, limit)
		}
	}
	r := newRenderer(t)
	for _, s := range Gallery() {
		if weight := len(compressed([]byte(render(t, r, s.Shell, s.View)))); weight > 10<<10 {
			t.Errorf("%s weighs %d bytes, the budget is %d", s.Name, weight, 10<<10)
		}
	}
}

// The one script that is not ours is the file that was reviewed.
func TestVendoredScriptIsPinned(t *testing.T) {
	const want = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
	script, err := staticFiles.ReadFile("static/vendor/htmx-4.0.1.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(script); hex.EncodeToString(sum[:]) != want {
		t.Errorf("htmx 4.0.1 has the SHA-256 %x, want %s", sum, want)
	}
}

func TestAssetsLoadNothingFromElsewhere(t *testing.T) {
	assets, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`url\("?([^")]+)`)
	for p, asset := range assets.byPath {
		if !strings.HasSuffix(p, ".css") {
			continue
		}
		for _, m := range address.FindAllStringSubmatch(string(asset.Body), -1) {
			if _, ok := assets.Get("/static/" + m[1]); !ok {
				t.Errorf("the style sheet loads %s, which is not an asset", m[1])
			}
		}
	}
}

// Right-to-left pages mirror by themselves as long as the style sheet names no side.
func TestStylesNameNoSide(t *testing.T) {
	side := regexp.MustCompile(`(?m)[{;\s](margin|padding|border|inset)-(left|right)|[{;\s](left|right|float):|text-align: (left|right)`)
	for _, name := range styles() {
		css, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if found := side.FindString(string(css)); found != "" {
			t.Errorf("%s names a side: %s", name, strings.TrimSpace(found))
		}
	}
}
