//go:build browser

package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a person waits for something to appear before giving up.
const patience = time.Minute

// person is somebody in front of a browser of their own. Every method ends the test when it cannot be done.
type person struct {
	t    *testing.T
	ctx  context.Context
	base string // address of the portal, without a slash at the end
	way  way
}

// way is how a person uses the browser.
type way struct {
	noScripts bool
	keyboard  bool // Tab, Enter, Space and Escape only
}

// newPerson opens a browser without any history.
func newPerson(t *testing.T, base string, way way) *person {
	t.Helper()
	ctx, leave := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(leave)
	p := &person{t: t, ctx: ctx, base: base, way: way}
	p.screen(wide, light)
	if way.noScripts {
		do(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	return p
}

// do sends one command to the browser.
func do[P, R any](p *person, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// ask evaluates an expression in the page. It works with scripts blocked too, because it is not the page that asks.
func ask[T any](p *person, expression string) (T, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until tries again while the page is still on its way; a page that is being replaced answers with all sorts of errors.
func (p *person) until(what string, try func() (bool, error)) {
	p.t.Helper()
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		loaded, err := ask[bool](p, `document.readyState === "complete"`)
		if err == nil && loaded {
			var done bool
			if done, err = try(); done {
				return
			}
		}
		if errors.Is(err, context.Canceled) {
			p.t.Fatalf("%s: the browser is gone: %v", what, err)
		}
		last = err
	}
	reason := ""
	if last != nil {
		reason = fmt.Sprintf(" (%v)", last)
	}
	p.t.Fatalf("%s: not there after %v%s.\n%s", what, patience, reason, p.describe())
}

// becomes waits until something that the person looks at has a value.
func (p *person) becomes(want string, look func() string, what string) {
	p.t.Helper()
	got := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		if got = look(); got == want {
			return
		}
	}
	p.t.Errorf("%s is %s instead of %s", what, quoted(got), quoted(want))
}

// describe says where the person is and what the page says, for a failure.
func (p *person) describe() string {
	text, err := ask[string](p, `location.href + "\n" + document.title + "\n\n" + document.body.innerText`)
	if err != nil {
		return err.Error()
	}
	return "The page is " + text
}

// open types an address: a path of the portal, or a whole address.
func (p *person) open(address string) {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.base + address
	}
	// An answer other than 200 is still a page.
	if err := chromedp.Do(p.ctx, chromedp.Navigate(address)); err != nil {
		p.t.Fatalf("open %s: %v", address, err)
	}
}

// back is the button of the browser.
func (p *person) back() {
	p.t.Helper()
	history := do(p, page.GetNavigationHistory, cdp.Empty{})
	do(p, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID})
}

// path is where the person is.
func (p *person) path() string {
	p.t.Helper()
	path, err := ask[string](p, `location.pathname + location.search`)
	if err != nil {
		p.t.Fatal(err)
	}
	return path
}

// on waits for the page, or the dialog, of that name.
func (p *person) on(heading string) {
	p.t.Helper()
	p.find("the page "+quoted(heading), heading, "heading")
}

// reads waits for a sentence somewhere on the page.
func (p *person) reads(sentence string) {
	p.t.Helper()
	p.until("the words "+quoted(sentence), func() (bool, error) { return p.says(sentence) })
}

func (p *person) says(sentence string) (bool, error) {
	expression := fmt.Sprintf(`document.body.innerText.replace(/\s+/g, " ").includes(%s)`, literal(sentence))
	return ask[bool](p, expression)
}

// press uses a button, a link or a disclosure.
func (p *person) press(name string) {
	p.t.Helper()
	p.activate(p.find("something to press called "+quoted(name), name, "button", "link", "DisclosureTriangle"))
}

// tick uses a checkbox or a radio button.
func (p *person) tick(name string) {
	p.t.Helper()
	box := p.find("the box "+quoted(name), name, "checkbox", "radio")
	switch {
	case !p.way.keyboard:
		p.click(box)
	case p.evaluateOn(box, `function() { return this.type }`) == "radio":
		p.arrowTo(box)
	default:
		p.tabTo(box)
		p.keys(" ")
	}
}

// fill replaces what stands in a field.
func (p *person) fill(label, value string) {
	p.t.Helper()
	p.reach(p.find("the field "+quoted(label), label, "textbox", "searchbox"))
	p.selectAll()
	if value == "" {
		value = kb.Delete
	}
	p.keys(value)
}

// choose picks an option of a select by its words: typing them is how it is done without a mouse, and it is
// the same element that a mouse changes. Where the machine pauses between two letters, the browser takes the
// second for the beginning of another word: then it is typed again.
func (p *person) choose(label, option string) {
	p.t.Helper()
	node := p.find("the choice "+quoted(label), label, "combobox")
	p.tabTo(node)
	const forgetsWordsAfter = 1100 * time.Millisecond
	for deadline := time.Now().Add(patience); ; time.Sleep(forgetsWordsAfter) {
		p.keys(option)
		got := p.evaluateOn(node, `function() { return this.selectedOptions[0].label }`)
		if got == option {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("typing %s into %s chose %s", quoted(option), quoted(label), quoted(got))
		}
	}
}

// value is what stands in a field.
func (p *person) value(label string) string {
	p.t.Helper()
	node := p.find("the field "+quoted(label), label, "textbox", "searchbox", "combobox")
	return p.evaluateOn(node, `function() { return this.value }`)
}

// offers reports whether there is such a thing to press right now.
func (p *person) offers(name string) bool {
	p.t.Helper()
	node, err := p.lookup(name, "button", "link", "DisclosureTriangle")
	if err != nil {
		p.t.Fatal(err)
	}
	return node != nil
}

// focused describes the element that has the focus by its id, or else its words.
func (p *person) focused() string {
	p.t.Helper()
	name, err := ask[string](p, `document.activeElement.id || document.activeElement.textContent.trim()`)
	if err != nil {
		p.t.Fatal(err)
	}
	return name
}

// title is the text of the browser's tab.
func (p *person) title() string {
	p.t.Helper()
	title, err := chromedp.Run(p.ctx, chromedp.Title())
	if err != nil {
		p.t.Fatal(err)
	}
	return title
}

// find waits for the element with that computed name and one of the roles.
func (p *person) find(what, name string, roles ...string) cdp.BackendNodeID {
	p.t.Helper()
	var found *accessibility.Node
	p.until(what, func() (bool, error) {
		node, err := p.lookup(name, roles...)
		found = node
		return node != nil, err
	})
	return found.BackendDOMNodeID
}

func (p *person) lookup(name string, roles ...string) (*accessibility.Node, error) {
	document, err := chromedp.Run(p.ctx, chromedp.Evaluate[*runtime.RemoteObject]("document"))
	if err != nil {
		return nil, err
	}
	result, err := chromedp.Call(p.ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{
		ObjectID: document.ObjectID, AccessibleName: name,
	})
	if err != nil {
		return nil, err
	}
	for _, node := range result.Nodes {
		var role string
		if node.Ignored || node.Role == nil || json.Unmarshal(node.Role.Value, &role) != nil {
			continue
		}
		if slices.Contains(roles, role) {
			return node, nil
		}
	}
	return nil, nil
}

// activate presses an element the person's way.
func (p *person) activate(node cdp.BackendNodeID) {
	p.t.Helper()
	if p.way.keyboard {
		p.tabTo(node)
		p.keys("\r")
		return
	}
	p.click(node)
}

// reach puts the focus on an element the person's way.
func (p *person) reach(node cdp.BackendNodeID) {
	p.t.Helper()
	if p.way.keyboard {
		p.tabTo(node)
		return
	}
	p.click(node)
}

func (p *person) click(node cdp.BackendNodeID) {
	p.t.Helper()
	do(p, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: node})
	quads := do(p, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: node}).Quads
	if len(quads) == 0 {
		p.t.Fatalf("there is nothing to click on.\n%s", p.describe())
	}
	q := quads[0]
	x, y := (q[0]+q[2]+q[4]+q[6])/4, (q[1]+q[3]+q[5]+q[7])/4
	if err := chromedp.Do(p.ctx, chromedp.MouseClickXY(x, y)); err != nil {
		p.t.Fatal(err)
	}
}

// evaluateOn calls a function with the element as "this" and returns its text.
func (p *person) evaluateOn(node cdp.BackendNodeID, function string) string {
	p.t.Helper()
	object := do(p, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: node}).Object
	yes := true
	result := do(p, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: function, ObjectID: object.ObjectID, ReturnByValue: &yes,
	})
	if result.ExceptionDetails != nil {
		p.t.Fatal(result.ExceptionDetails.Text)
	}
	var text string
	if err := json.Unmarshal(result.Result.Value, &text); err != nil {
		p.t.Fatalf("%s: %v", function, err)
	}
	return text
}

// The screens and the themes in which pages are looked at. The narrowest is a wide one at 400 % zoom (WCAG 1.4.10).
type (
	width int64
	theme string
)

const (
	wide      width = 1280
	narrow    width = 390
	narrowest width = 320

	light theme = "light"
	dark  theme = "dark"
)

// screen changes the size of the screen and the colours that the device prefers.
func (p *person) screen(w width, t theme) {
	p.t.Helper()
	height := int64(900)
	if w < wide {
		height = 844
	}
	p.metrics(w, height)
	do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: string(t)},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // nothing is looked at halfway
		},
	})
}

func (p *person) metrics(w width, height int64) {
	p.t.Helper()
	do(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(w), Height: height, DeviceScaleFactor: 1, Mobile: w < wide,
	})
}

// picture takes a picture of a part of the page, or of the whole page when the part is empty.
func (p *person) picture(selector string) []byte {
	p.t.Helper()
	type box struct{ X, Y, Width, Height float64 }
	expression := `({X: 0, Y: 0, Width: document.documentElement.clientWidth, Height: document.documentElement.scrollHeight})`
	if selector != "" {
		expression = fmt.Sprintf(`(() => { const r = document.querySelector(%s).getBoundingClientRect();
			return {X: r.x + scrollX, Y: r.y + scrollY, Width: r.width, Height: r.height} })()`, literal(selector))
	}
	part, err := ask[box](p, expression)
	if err != nil {
		p.t.Fatal(err)
	}
	yes := true
	return do(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format:                page.CaptureScreenshotFormatPng,
		Clip:                  &page.Viewport{X: part.X, Y: part.Y, Width: part.Width, Height: part.Height, Scale: 1},
		CaptureBeyondViewport: &yes,
	}).Data
}

func quoted(s string) string { return "\u201c" + s + "\u201d" }

// literal writes a string as JavaScript does.
func literal(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}
