package page

import (
	"crypto/sha256"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A guilloche is the fine line pattern of passports and banknotes. Each organization has its own, drawn from its id, so
// that people notice when they are in the wrong place. It is decoration: hidden from screen readers, forced colours and paper.

// rosette is the large pattern of the entry pages: rings of one lobed curve, turned many times in small steps.
type rosette struct {
	Rings []ring
}

// ring is one lobed curve and the angles at which it is repeated, in degrees.
type ring struct {
	ID    string
	Path  string
	Turns []string
}

// band is the narrow pattern above the navigation: waves that repeat every Width pixels.
type band struct {
	Width int
	Waves []string
}

// traits are the numbers in which two patterns differ.
type traits [sha256.Size]byte

func traitsOf(organizationID string) traits {
	return sha256.Sum256([]byte("guilloche\x00" + organizationID))
}

// between picks a whole number from low to high, both included.
func (t traits) between(i, low, high int) int {
	return low + int(t[i])%(high-low+1)
}

// share picks a number from low to high.
func (t traits) share(i int, low, high float64) float64 {
	return low + (high-low)*float64(t[i])/255
}

// newRosette draws the pattern of one organization around the origin; the plate shows a cut of 600 by 1000 of it.
func newRosette(organizationID string) rosette {
	t := traitsOf(organizationID)
	lobes := t.between(0, 6, 10)
	return rosette{Rings: []ring{
		newRing("g1", 470, t.share(1, 0.17, 0.24), lobes*2, 10),
		newRing("g2", t.share(2, 292, 306), t.share(3, 0.24, 0.32), lobes, 16),
		newRing("g3", t.share(4, 168, 182), t.share(5, 0.34, 0.48), t.between(6, 5, 8), 18),
		newRing("g4", t.share(7, 70, 82), t.share(8, 0.3, 0.5), t.between(9, 4, 7), 12),
	}}
}

// newRing repeats a curve of the given mean radius and number of lobes; depth is the height of a lobe as a share
// of the radius.
func newRing(id string, radius, depth float64, lobes, turns int) ring {
	r := ring{ID: id, Path: lobed(radius, depth, lobes)}
	step := 360 / float64(lobes*turns)
	for i := range turns {
		r.Turns = append(r.Turns, short(float64(i)*step))
	}
	return r
}

// lobed draws r = radius * (1 + depth * cos(lobes * angle)) as a closed curve of cubic Bézier pieces, two for each
// lobe: from its tip to its valley and back.
func lobed(radius, depth float64, lobes int) string {
	n := 2 * lobes
	step := 2 * math.Pi / float64(n)
	at := func(a float64) (x, y float64) {
		r := radius * (1 + depth*math.Cos(float64(lobes)*a))
		return r * math.Cos(a), r * math.Sin(a)
	}
	slope := func(a float64) (dx, dy float64) {
		r := radius * (1 + depth*math.Cos(float64(lobes)*a))
		dr := -radius * depth * float64(lobes) * math.Sin(float64(lobes)*a)
		return dr*math.Cos(a) - r*math.Sin(a), dr*math.Sin(a) + r*math.Cos(a)
	}
	var path strings.Builder
	x, y := at(0)
	fmt.Fprintf(&path, "M%.0f %.0f", x, y)
	for i := range n {
		from, to := float64(i)*step, float64(i+1)*step
		x0, y0 := at(from)
		x1, y1 := at(to)
		dx0, dy0 := slope(from)
		dx1, dy1 := slope(to)
		if i == 0 {
			fmt.Fprintf(&path, "C%.0f %.0f ", x0+dx0*step/3, y0+dy0*step/3)
		} else {
			path.WriteString("S") // the curve is smooth, so the first handle mirrors the last one
		}
		fmt.Fprintf(&path, "%.0f %.0f %.0f %.0f", x1-dx1*step/3, y1-dy1*step/3, x1, y1)
	}
	return path.String() + "Z"
}

// newBand draws the pattern of one organization, 8 pixels high.
func newBand(organizationID string) band {
	t := traitsOf(organizationID)
	b := band{Width: 12 * t.between(9, 5, 8)}
	cycles := t.between(10, 2, 3)
	for i := range 5 {
		height := 3.5 - 0.45*float64(i)*t.share(11, 0.6, 1)
		b.Waves = append(b.Waves, wave(b.Width, cycles, height, float64(i)/5*t.share(12, 0.7, 1)))
	}
	return b
}

// wave draws whole cycles of a sine over the width around the middle of the band. Phase is a share of one cycle.
func wave(width, cycles int, height, phase float64) string {
	n := 6 * cycles
	step := float64(width) / float64(n)
	slope := height * 2 * math.Pi * float64(cycles) / float64(width)
	angle := func(i int) float64 { return 2 * math.Pi * (float64(cycles)*float64(i)/float64(n) + phase) }
	var path strings.Builder
	for i := range n + 1 {
		x, y, dy := float64(i)*step, 4+height*math.Sin(angle(i)), slope*math.Cos(angle(i))
		switch i {
		case 0:
			fmt.Fprintf(&path, "M0 %sC%s %s ", short(y), short(step/3), short(y+dy*step/3))
			continue
		case 1:
		default:
			path.WriteString("S")
		}
		fmt.Fprintf(&path, "%s %s %s %s", short(x-step/3), short(y-dy*step/3), short(x), short(y))
	}
	return path.String()
}

// short prints a number with at most two decimals, without needless zeros.
func short(f float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
