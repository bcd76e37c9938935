//go:build browser && screenshots

package browser

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/access"
)

// screenshots is where the pictures go, from the folder of this package.
const screenshots = "../../docs/screenshots"

// TestScreenshots saves each page of the journey on two screens and in both themes. It is no test but a way to make them
// ("make screenshots"), so it has a build tag of its own.
func TestScreenshots(t *testing.T) {
	j := newJourney(t, way{})
	j.look = savePictures
	j.setUpPortal()
	j.invitePriya()
	j.acceptInvitation()
	j.logOutAndInWithCode()
	j.logInWithRecoveryCode()
}

// TestScreenshotsOfTheProfile is TestScreenshots for what people do to their own account.
func TestScreenshotsOfTheProfile(t *testing.T) {
	j := newJourney(t, way{})
	j.setUpPortal()
	j.look = savePictures
	j.lookAfterTheAccount()
	j.pictureLetters()
}

// TestScreenshotsOfUsers is TestScreenshots for the list of users, full and narrowed to nobody.
func TestScreenshotsOfUsers(t *testing.T) {
	o := newOffice(t, way{})
	o.look = savePictures
	o.crowd(27)
	o.suspend(o.colleague("Zoë Łukasiewicz", "zoe@northwind.example", access.RoleAdministrator))
	o.narrow()
}

// TestScreenshotsOfActs is TestScreenshots for the page of a user and for the windows of what administrators do.
func TestScreenshotsOfActs(t *testing.T) {
	o := newOffice(t, way{})
	o.look = savePictures
	o.resetFactorByTwo(o.protected("Sam Ito", "sam@northwind.example", access.RoleAdministrator))
	lee := o.colleague("Lee Wen", "lee@northwind.example", access.RoleAdministrator)
	priya := o.protected("Priya Shah", priyaEmail, access.RoleMember)
	tab := o.at(priya)
	o.ada.open("/users/" + priya.userID)
	o.ada.on(priya.name)
	savePictures(o.ada, "user")
	o.sendResetLink(priya)
	o.suspendFromList(priya)
	o.refusedAsSuspended(tab, priya)
	o.undoSuspension(priya)
	o.suspendForAReason(priya)
	o.setActive(priya)
	o.resetFactorByCode(priya)
	o.actOn(lee, priya)
	o.importPeople()
}

// pictureLetters saves the HTML part of one letter of each subject in the mailbox.
func (j *journey) pictureLetters() {
	j.t.Helper()
	p := j.newPerson()
	p.open("/dev/mailbox")
	p.on("Development mailbox")
	type letter struct{ Subject, Path string }
	letters, err := ask[[]letter](p, `[...document.querySelectorAll("tbody tr a")].map(a => ({Subject: a.innerText, Path: a.pathname}))`)
	if err != nil || len(letters) == 0 {
		j.t.Fatalf("the mailbox shows %d letters (%v)", len(letters), err)
	}
	saved := map[string]bool{}
	for _, l := range letters {
		name := "mail-" + strings.Trim(notInName.ReplaceAllString(strings.ToLower(l.Subject), "-"), "-")
		if !saved[name] {
			saved[name] = true
			p.open(l.Path + "/html")
			savePictures(p, name)
		}
	}
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

func savePictures(p *person, page string) {
	p.t.Helper()
	if err := os.MkdirAll(screenshots, 0o755); err != nil {
		p.t.Fatal(err)
	}
	for _, w := range []width{wide, narrow} {
		for _, theme := range []theme{light, dark} {
			p.screen(w, theme)
			p.wholePage()
			content, err := compact(p.picture(""))
			if err != nil {
				p.t.Fatal(err)
			}
			name := fmt.Sprintf("%s-%d-%s.png", page, w, theme)
			if err := os.WriteFile(filepath.Join(screenshots, name), content, 0o644); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	p.screen(wide, light)
}

// The palette of a saved picture: so many colours, and no two nearer to each other than this (sum of the channels' distances).
const (
	paletteSize   = 20
	paletteSpread = 40
)

// compact draws the picture again with few colours. The fine lines of the guilloche have thousands of shades, which nobody
// sees and which would make a picture four times as large.
func compact(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	used := map[color.RGBA]int{}
	shade := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	bounds := full.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			used[shade(x, y)]++
		}
	}
	palette := paletteOf(used)
	nearest := map[color.RGBA]uint8{}
	for c := range used {
		nearest[c] = uint8(palette.Index(c))
	}
	few := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			few.SetColorIndex(x, y, nearest[shade(x, y)])
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&out, few)
	return out.Bytes(), err
}

// paletteOf takes the most used colours that differ visibly.
func paletteOf(used map[color.RGBA]int) color.Palette {
	var palette color.Palette
	byUse := slices.SortedFunc(maps.Keys(used), func(a, b color.RGBA) int { return used[b] - used[a] })
	for _, c := range byUse {
		tooNear := func(other color.Color) bool {
			o := other.(color.RGBA)
			return apart(c.R, o.R)+apart(c.G, o.G)+apart(c.B, o.B) < paletteSpread
		}
		if !slices.ContainsFunc(palette, tooNear) {
			palette = append(palette, c)
		}
		if len(palette) == paletteSize {
			break
		}
	}
	return palette
}

func apart(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }
