package organization

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// LeastContrast is the ratio that text needs (WCAG 2.2, 1.4.3).
const LeastContrast = 4.5

// Colour is an opaque colour in sRGB.
type Colour struct{ Red, Green, Blue uint8 }

var errColour = errors.New("a colour looks like #0B5A63")

// ParseColour reads "#0b5a63", with or without its sign.
func ParseColour(text string) (Colour, error) {
	digits := strings.TrimPrefix(text, "#")
	n, err := strconv.ParseUint(digits, 16, 24)
	if err != nil || len(digits) != 6 {
		return Colour{}, errColour
	}
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

func mustColour(text string) Colour {
	c, err := ParseColour(text)
	if err != nil {
		panic(err) // the texts are constants
	}
	return c
}

func (c Colour) String() string { return fmt.Sprintf("#%02X%02X%02X", c.Red, c.Green, c.Blue) }

// mix is so much of the other colour in this one, from 0 to 1.
func (c Colour) mix(other Colour, share float64) Colour {
	channel := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-share) + float64(b)*share)) }
	return Colour{channel(c.Red, other.Red), channel(c.Green, other.Green), channel(c.Blue, other.Blue)}
}

// luminance is the relative luminance of WCAG 2.2.
func (c Colour) luminance() float64 {
	channel := func(n uint8) float64 {
		v := float64(n) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.Red) + 0.7152*channel(c.Green) + 0.0722*channel(c.Blue)
}

// Contrast is the ratio of two colours by WCAG 2.2, from 1 to 21.
func Contrast(a, b Colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// Theme is what an accent colour meets in one of the two themes of the pages.
type Theme struct {
	Surface Colour
	Ink     Colour   // text on the accent's soft tint
	Under   []Colour // what links stand on
	On      []Colour // what text on the accent may be, the best liked first
	towards Colour   // where more contrast lies
	tint    float64  // how much of the accent is in its soft tint
}

// The themes. A test compares them with the style sheet.
var (
	LightTheme = Theme{
		Surface: mustColour("#FFFFFF"), Ink: mustColour("#14201F"),
		Under: []Colour{mustColour("#FFFFFF"), mustColour("#F5F6F3"), mustColour("#E2F2E7"), mustColour("#FFF2D2"), mustColour("#E5EFFA")},
		On:    []Colour{mustColour("#FFFFFF")}, towards: mustColour("#000000"), tint: 0.12,
	}
	DarkTheme = Theme{
		Surface: mustColour("#151E1D"), Ink: mustColour("#E8EEEC"),
		Under: []Colour{mustColour("#151E1D"), mustColour("#0E1514"), mustColour("#0F2E1B"), mustColour("#33260A"), mustColour("#122A45")},
		On:    []Colour{mustColour("#04262A"), mustColour("#000000")}, towards: mustColour("#FFFFFF"), tint: 0.18,
	}
)

// Palette is what a theme makes of an accent colour.
type Palette struct{ Accent, On, Soft Colour }

// Palette returns the accent with the text on it and its soft tint.
func (t Theme) Palette(accent Colour) Palette {
	p := Palette{Accent: accent, On: t.On[len(t.On)-1], Soft: t.Surface.mix(accent, t.tint)}
	for _, on := range t.On {
		if Contrast(on, accent) >= LeastContrast {
			p.On = on
			break
		}
	}
	return p
}

// Contrast is the least ratio of all pairs of an accent colour in the theme.
func (t Theme) Contrast(accent Colour) float64 {
	p := t.Palette(accent)
	least := min(Contrast(p.On, accent), Contrast(p.Soft, accent), Contrast(p.Soft, t.Ink))
	for _, under := range t.Under {
		least = min(least, Contrast(under, accent))
	}
	return least
}

// Nearest is the colour itself if it can be read in the theme, or else the first
// one on the way to black or white that can.
func (t Theme) Nearest(accent Colour) Colour {
	const steps = 256
	for i := range steps {
		if c := accent.mix(t.towards, float64(i)/steps); t.Contrast(c) >= LeastContrast {
			return c
		}
	}
	return t.towards
}
