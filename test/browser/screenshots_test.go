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
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

const (
	// screenshots is where the pictures go, from the folder of this package.
	screenshots = "../../docs/screenshots"
	// longest is how much of a long page is saved, in pixels.
	longest = 1400
	// visiting is the browser that the pages are looked at with.
	visiting = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"
)

// demo is the demo as a visitor starts it.
type demo struct {
	t               *testing.T
	portal, console string
	password        string
	keys            map[string]string // of the guests' authenticators, by address; "" without one
}

var (
	demoAddress = regexp.MustCompile(`(Portal|Console) +(http://\S+)`)
	demoGuest   = regexp.MustCompile(`(\S+@\S+\.example) .*(?:no code|key ([A-Z2-7]+))`)
)

// startDemo builds and starts the demo, reads what it prints, and ends it with the test.
func startDemo(t *testing.T) *demo {
	t.Helper()
	program := filepath.Join(t.TempDir(), "demo")
	if out, err := exec.Command("go", "build", "-o", program, "../demo").CombinedOutput(); err != nil {
		t.Fatalf("build the demo: %v\n%s", err, out)
	}
	printed := filepath.Join(t.TempDir(), "printed")
	file, err := os.Create(printed)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	command := exec.Command(program, "-data", filepath.Join(t.TempDir(), "data"), "-port", "8190")
	command.Stdout, command.Stderr = file, os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	})
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if text, err := os.ReadFile(printed); err == nil && bytes.Contains(text, []byte("Ctrl+C")) {
			return readDemo(t, string(text))
		}
	}
	t.Fatal("the demo does not start")
	return nil
}

func readDemo(t *testing.T, printed string) *demo {
	t.Helper()
	d := &demo{t: t, keys: map[string]string{}}
	for _, found := range demoAddress.FindAllStringSubmatch(printed, -1) {
		if found[1] == "Portal" {
			d.portal = found[2]
		} else {
			d.console = found[2]
		}
	}
	for _, found := range demoGuest.FindAllStringSubmatch(printed, -1) {
		d.keys[found[1]] = found[2]
	}
	_, after, _ := strings.Cut(printed, "password is: ")
	d.password, _, _ = strings.Cut(after, "\n")
	return d
}

// visitor is somebody at one of the doors.
func (d *demo) visitor(door string) *person {
	p := newPerson(d.t, door, way{})
	do(p, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: visiting})
	return p
}

// guest is a visitor who has logged in as one of the guests.
func (d *demo) guest(door, email string) *person {
	d.t.Helper()
	p := d.visitor(door)
	p.open("/login")
	p.on("Log in")
	p.fill("Email", email)
	p.fill("Password", d.password)
	p.press("Log In")
	if key := d.keys[email]; key != "" {
		p.on("Enter your code")
		app := &authenticator{t: d.t, now: time.Now, secret: key}
		p.fill("6-digit code", app.code())
		p.press("Next")
	}
	p.until("the menu of whoever is logged in", func() (bool, error) { return ask[bool](p, `!!document.querySelector("header .menu")`) })
	return p
}

// The looks of a picture.
var (
	bright = look{wide, light}
	night  = look{wide, dark}
	phone  = look{narrow, light}
	bed    = look{narrow, dark}
)

type look struct {
	width width
	theme theme
}

// TestScreenshots saves what a visitor of the demo sees. It is no test but a way to make pictures ("make screenshots"), so it
// has a build tag of its own.
func TestScreenshots(t *testing.T) {
	d := startDemo(t)
	if err := os.RemoveAll(screenshots); err != nil {
		t.Fatal(err)
	}
	d.pictureEntry()
	d.pictureNorthwind()
	d.pictureOthers()
	d.pictureLetters()
}

func (d *demo) pictureEntry() {
	p := d.visitor(d.portal)
	p.open("/login")
	p.on("Log in")
	p.save("login", bright, bed)
	priya := d.guest(d.portal, "priya@northwind.example")
	priya.on("Welcome, Priya")
	priya.save("home-of-a-user", bright)
	priya.open("/protect")
	priya.press("Setup")
	priya.on("Scan and confirm")
	priya.save("authenticator", bright, phone)
}

func (d *demo) pictureNorthwind() {
	ada := d.guest(d.portal, "ada@northwind.example")
	ada.on("Welcome, Ada")
	ada.save("home", bright, night, phone)
	ada.visit("/users", "Users")
	ada.save("users", bright, night, phone)
	ada.press("Invite user")
	ada.find("the field of the window", "First name", "textbox")
	ada.save("invite", bright, phone)
	ada.toUser("Rosanne")
	ada.save("user", bright, bed)
	ada.toUser("Marco")
	ada.save("user-approval", bright)
	ada.toUser("Priya")
	ada.press("Change Status")
	ada.find("the field of the window", "Reason (optional)", "textbox")
	ada.save("suspend", night)
	ada.visit("/users/import", "Import people")
	ada.follow("reviewers-december.csv")
	ada.reads("reviewers-december.csv")
	ada.save("import", bright)
	ada.visit("/users/roles", "Manage Roles")
	ada.follow("Customer Service")
	ada.reads("Review")
	ada.save("roles", bright, bed)
	ada.visit("/audit", "Audit log")
	ada.save("audit", bright, phone)
	ada.visit("/settings/security", "Security")
	ada.save("settings", bright)
	ada.visit("/profile", "User Profile")
	ada.save("profile", bright, bed)
}

func (d *demo) pictureOthers() {
	grace := d.guest(d.portal, "grace@fabrikam.example")
	grace.visit("/settings/brand", "Brand")
	grace.save("brand", bright)
	leo := d.guest(d.console, "leo@idkit.example")
	leo.visit("/clients", "Client Management")
	leo.save("clients", bright, bed)
	leo.follow("Trial")
	leo.follow("Tailspin")
	leo.on("Tailspin")
	leo.save("client", bright)
	leo.open(strings.Split(leo.path(), "?")[0] + "/recovery")
	leo.reads("Nadia Petrova")
	leo.save("recovery", night)
}

func (d *demo) pictureLetters() {
	p := d.visitor(d.portal)
	p.visit("/dev/mailbox", "Development mailbox")
	p.save("mailbox", bright)
	p.follow("IDKit User Invitation")
	p.reads("From")
	p.open(p.path() + "/html")
	p.save("mail-invitation", bright, bed)
}

func (p *person) visit(path, heading string) {
	p.t.Helper()
	p.open(path)
	p.on(heading)
}

// toUser finds somebody by name and opens their page.
func (p *person) toUser(name string) {
	p.t.Helper()
	p.visit("/users?q="+name, "Users")
	address, err := ask[string](p, `document.querySelector(".who-cell a").pathname`)
	if err != nil {
		p.t.Fatal(err)
	}
	p.open(address)
	p.reads("What happened")
}

// follow opens the first link whose words begin so.
func (p *person) follow(words string) {
	p.t.Helper()
	address, err := ask[string](p, `[...document.querySelectorAll("main a")].find(a => a.innerText.startsWith(`+literal(words)+`)).href`)
	if err != nil {
		p.t.Fatal(err)
	}
	p.open(address)
}

// save saves the page, or its beginning if it is long.
func (p *person) save(name string, looks ...look) {
	p.t.Helper()
	if err := os.MkdirAll(screenshots, 0o755); err != nil {
		p.t.Fatal(err)
	}
	for _, l := range looks {
		p.screen(l.width, l.theme)
		height, err := ask[int64](p, `document.querySelector("dialog[open]") ? innerHeight : document.documentElement.scrollHeight`)
		if err != nil {
			p.t.Fatal(err)
		}
		p.metrics(l.width, min(height, longest))
		content, err := compact(do(p, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng}).Data)
		if err != nil {
			p.t.Fatal(err)
		}
		file := fmt.Sprintf("%s-%d-%s.png", name, l.width, l.theme)
		if err := os.WriteFile(filepath.Join(screenshots, file), content, 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
	p.screen(wide, light)
}

// The palette of a saved picture: so many colours, and no two nearer to each other than this (sum of the channels' distances).
const (
	paletteSize   = 64
	paletteSpread = 16
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
