//go:build browser

package browser

import (
	_ "embed"
	"fmt"
	"strings"
)

// axe is axe-core by Deque Systems, under the Mozilla Public License 2.0 (testdata/axe-LICENSE.txt). It is a tool of
// these tests alone and no part of the program.
//
//go:embed testdata/axe-4.14.1.min.js
var axe string

// finding is one rule that a page breaks.
type finding struct {
	Rule  string
	Help  string
	Nodes []string
}

// The rules that axe holds a page to: all of WCAG 2.2 A and AA and of best practice, or those about colours alone.
const (
	everyRule   = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	colourRules = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// accessible fails for every rule that axe sees broken on the page as it is now.
func (p *person) accessible(where string) {
	p.t.Helper()
	p.holdsTo(everyRule, where)
}

func (p *person) holdsTo(rules, where string) {
	p.t.Helper()
	loaded, err := ask[bool](p, `typeof axe === "object"`)
	if err == nil && !loaded {
		// The page's own policy stops it from loading a foreign script; an evaluation from outside is no part of the page.
		_, err = ask[bool](p, axe+"\ntrue")
	}
	if err != nil {
		p.t.Fatalf("%s: load axe: %v", where, err)
	}
	found, err := ask[[]finding](p, `axe.run(document, {
		runOnly: `+rules+`,
		resultTypes: ["violations"],
	}).then(result => result.violations.map(v => ({
		Rule: v.id, Help: v.help,
		Nodes: v.nodes.map(n => n.html.slice(0, 200) + "\n      " + n.failureSummary.replaceAll("\n", "\n      ")),
	})))`)
	if err != nil {
		p.t.Fatalf("%s: run axe: %v", where, err)
	}
	for _, f := range found {
		p.t.Errorf("%s: %s (%s)\n    %s", where, f.Help, f.Rule, strings.Join(f.Nodes, "\n    "))
	}
}

// accessibleEverywhere looks at the page on a wide and a very narrow screen and in both themes, which differ in
// colours alone.
func (p *person) accessibleEverywhere(where string) {
	p.t.Helper()
	for _, w := range []width{wide, narrowest} {
		p.screen(w, light)
		p.accessible(fmt.Sprintf("%s, %d wide, light", where, w))
		p.screen(w, dark)
		p.holdsTo(colourRules, fmt.Sprintf("%s, %d wide, dark", where, w))
		sideways, err := ask[string](p, sidewaysTrouble)
		if err != nil {
			p.t.Fatalf("%s: %v", where, err)
		}
		if sideways != "" {
			p.t.Errorf("%s, %d wide: the page scrolls sideways because of %s", where, w, sideways)
		}
	}
	p.screen(wide, light)
}

// sidewaysTrouble is empty while the page is no wider than the screen, else the innermost element that sticks out.
const sidewaysTrouble = `(() => {
	const width = document.documentElement.clientWidth
	if (document.documentElement.scrollWidth <= width) return ""
	const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width)
	return (out.at(-1) ?? document.body).outerHTML.slice(0, 200)
})()`
