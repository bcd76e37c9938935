//go:build browser

package browser

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tabsAtMost is more than any page has stops; whoever needs more is in a trap.
const tabsAtMost = 150

// keys types text, or presses keys where kb has a name for them.
func (p *person) keys(text string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) escape() {
	p.t.Helper()
	p.keys(kb.Escape)
}

// selectAll marks what stands in the field, so that typing replaces it.
func (p *person) selectAll() {
	p.t.Helper()
	key := input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeRawKeyDown, Key: "a", Code: "KeyA", WindowsVirtualKeyCode: 65,
		Modifiers: int64(chromedp.ModifierCtrl), Commands: []string{"selectAll"},
	}
	do(p, input.DispatchKeyEvent, key)
	key.Type, key.Commands = input.DispatchKeyEventTypeKeyUp, nil
	do(p, input.DispatchKeyEvent, key)
}

// tabTo presses Tab until the element has the focus, and looks at every stop on the way
// whether the focus can be seen there (WCAG 2.4.7) and is not covered (2.4.11).
func (p *person) tabTo(node cdp.BackendNodeID) {
	p.t.Helper()
	for range tabsAtMost {
		if p.evaluateOn(node, `function() { return String(this === document.activeElement) }`) == "true" {
			return
		}
		p.tab()
	}
	p.t.Fatalf("not reached with %d presses of Tab.\n%s", tabsAtMost, p.describe())
}

// arrowTo selects a radio button: Tab leads to one of its group, the arrows to the others.
func (p *person) arrowTo(radio cdp.BackendNodeID) {
	p.t.Helper()
	const inGroup = `function() {
		const e = document.activeElement
		return String(e.type === "radio" && e.name === this.name && e.form === this.form)
	}`
	for range tabsAtMost {
		if p.evaluateOn(radio, inGroup) == "true" {
			break
		}
		p.tab()
	}
	for range tabsAtMost {
		if p.evaluateOn(radio, `function() { return String(this === document.activeElement) }`) == "true" {
			p.keys(" ")
			return
		}
		p.keys(kb.ArrowDown)
	}
	p.t.Fatalf("not reached with the arrows.\n%s", p.describe())
}

// tab goes on to the next stop, where the focus has to be seen.
func (p *person) tab() {
	p.t.Helper()
	p.keys("\t")
	if trouble, err := ask[string](p, focusTrouble); err != nil || trouble != "" {
		p.t.Fatalf("after Tab: %s%v\n%s", trouble, err, p.describe())
	}
}

// focusTrouble is empty while the element with the focus has a visible outline and is on top where it is.
const focusTrouble = `(() => {
	const e = document.activeElement
	if (!e || e === document.body || e === document.documentElement || e.tagName === "IFRAME") return ""
	const name = e.outerHTML.slice(0, 120)
	const style = getComputedStyle(e)
	const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
	if (!outlined && style.boxShadow === "none") return "the focus cannot be seen on " + name
	const r = e.getBoundingClientRect()
	const points = [[.5, .5], [.1, .1], [.9, .9], [.1, .9], [.9, .1]]
	const free = points.some(([x, y]) => {
		const top = document.elementFromPoint(r.x + r.width * x, r.y + r.height * y)
		return top && (top === e || e.contains(top) || top.contains(e) && top.tagName === "LABEL")
	})
	return free ? "" : "the focus is covered on " + name
})()`
