package page

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// The pairs of colours that meet on a page, with the least contrast that WCAG 2.2 asks for: 4.5 for text (1.4.3),
// 3 for the edges of controls and the focus ring (1.4.11).
var pairs = []struct {
	front, back string
	least       float64
}{
	{"ink", "surface", 4.5},
	{"ink", "canvas", 4.5},
	{"ink", "sunken", 4.5},
	{"ink", "accent-soft", 4.5},
	{"ink", "danger-soft", 4.5},
	{"ink", "warn-soft", 4.5},
	{"ink", "ok-soft", 4.5},
	{"ink", "info-soft", 4.5},
	{"ink-2", "surface", 4.5},
	{"ink-2", "canvas", 4.5},
	{"ink-2", "sunken", 4.5},
	{"ink-3", "surface", 4.5},
	{"ink-3", "canvas", 4.5},
	{"ink-3", "sunken", 4.5},
	{"edge", "surface", 3},
	{"edge", "canvas", 3},
	{"accent", "surface", 4.5},
	{"accent", "canvas", 4.5},
	{"accent", "accent-soft", 4.5},
	{"on-accent", "accent", 4.5},
	{"accent", "ok-soft", 4.5},
	{"accent", "warn-soft", 4.5},
	{"accent", "info-soft", 4.5},
	{"focus", "surface", 3},
	{"focus", "canvas", 3},
	{"focus", "sunken", 3},
	{"danger", "surface", 4.5},
	{"danger", "canvas", 4.5},
	{"danger", "danger-soft", 4.5},
	{"on-danger", "danger", 4.5},
	{"warn", "surface", 4.5},
	{"warn", "warn-soft", 4.5},
	{"ok", "surface", 4.5},
	{"ok", "ok-soft", 4.5},
	{"info", "surface", 4.5},
	{"info", "info-soft", 4.5},
}

func TestContrast(t *testing.T) {
	css, err := staticFiles.ReadFile("static/css/1-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	for theme, name := range []string{"light", "dark"} {
		for _, p := range pairs {
			front, back := tokens[p.front], tokens[p.back]
			if front[theme] == "" || back[theme] == "" {
				t.Fatalf("no token %s or %s", p.front, p.back)
			}
			if got := contrast(front[theme], back[theme]); got < p.least {
				t.Errorf("%s: %s on %s has %.2f, want %.1f", name, p.front, p.back, got, p.least)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(hex string) float64 {
	channel := func(i int) float64 {
		n, err := strconv.ParseUint(hex[i:i+2], 16, 8)
		if err != nil {
			panic(err) // the expression that found it allows hexadecimal digits only
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(1) + 0.7152*channel(3) + 0.0722*channel(5)
}
