//go:build browser

package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDialog: a dialog is a page with an address. Esc and Back close it, a reload shows the page, and the focus goes to
// the first field and back to what opened it.
func TestDialog(t *testing.T) {
	j := newJourney(t, way{keyboard: true})
	j.setUpPortal()
	p := j.ada
	openDialog := func() {
		t.Helper()
		p.open("/users")
		p.on("Users")
		p.press("Invite user")
		p.on("Invite user")
		p.becomes("first_name", p.focused, "the focus in the dialog")
		p.becomes("/users/invite", p.path, "the address of the dialog")
	}
	closed := func() {
		t.Helper()
		p.becomes("/users", p.path, "the address after the dialog")
		p.becomes("Invite user", p.focused, "the focus after the dialog")
	}

	openDialog()
	p.accessible("the dialog Invite user")
	p.escape()
	closed()

	openDialog()
	if err := chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](`history.back()`)); err != nil {
		t.Fatal(err)
	}
	closed()

	openDialog()
	if err := chromedp.Do(p.ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	p.on("Invite user")
	if heading, err := ask[string](p, `document.querySelector("h1").innerText`); err != nil || heading != "Invite user" {
		t.Errorf("a reload shows the page %q (%v)", heading, err)
	}
}

// TestDialogRefusal: what is wrong is said in the dialog, and what was typed is still there.
func TestDialogRefusal(t *testing.T) {
	j := newJourney(t, way{})
	j.setUpPortal()
	p := j.ada
	p.open("/users")
	p.press("Invite user")
	p.on("Invite user")
	p.fill("First name", "Priya")
	p.press("Send Invite")
	p.reads("There is a problem")
	p.reads("Choose a role")
	if first := p.value("First name"); first != "Priya" {
		t.Errorf("the dialog lost what was typed: the first name is %q", first)
	}
	p.becomes("problems", p.focused, "the focus in the refused dialog")
}
