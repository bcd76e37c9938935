//go:build browser

package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestListStaysInPlace: a filter, a search and a page change the list alone, with the address; what was typed and the focus
// stay, Back leads through the lists before, and an act leaves the list as it was.
func TestListStaysInPlace(t *testing.T) {
	j := newJourney(t, way{})
	j.setUpPortal()
	j.inviteMany(27)
	p := j.ada
	p.open("/users")
	p.on("Users")
	p.runs(`window.sameDocument = true; document.body.style.minHeight = "3000px"`)

	p.press("Invited 27")
	p.becomes("/users?status=invited", p.address, "the address of the filter")
	p.fill("Search by name, email or user id", "person7")
	p.keys("\r")
	p.becomes("/users?q=person7&status=invited", p.address, "the address of the search")
	p.becomes("1 to 1 of 1", p.told, "what is told of the search")
	p.becomes("search", p.focused, "the focus after a search")

	p.runs(`history.back()`)
	p.becomes("1 to 25 of 27", p.told, "what is told after Back")
	if typed := p.value("Search by name, email or user id"); typed != "" {
		t.Errorf("after Back the field still says %q", typed)
	}
	p.press("Next")
	p.becomes("26 to 27 of 27", p.told, "what is told of the second page")
	p.becomes("list", p.focused, "the focus after a page")
	second := p.address()

	p.runs(`scrollTo(0, 150)`)
	p.press("Actions for Priya 2 Shah")
	p.press("Withdraw invitation")
	p.on("Withdraw the invitation for Priya 2 Shah?")
	p.press("Withdraw")
	p.becomes("Invitation for Priya 2 Shah withdrawn. The link stopped working.", p.told, "what is told of the act")
	p.becomes(second, p.address, "the address after the act")
	if same, err := ask[bool](p, `window.sameDocument === true && scrollY >= 100`); err != nil || !same {
		t.Errorf("the list was left or scrolled by an act (%v)", err)
	}
	if p.title() != "Done: Users - "+organization+" - IDKit" {
		t.Errorf("after the act the title is %q", p.title())
	}
	p.press("Dismiss")
	p.accessible("the list after an act")
}

// inviteMany invites people whose addresses are numbered from one, without the pages.
func (j *journey) inviteMany(n int) {
	j.t.Helper()
	j.ada.open("/users/invite")
	for i := 1; i <= n; i++ {
		status, err := ask[int](j.ada, fmt.Sprintf(`fetch("/users/invite").then(a => a.text()).then(text => {
			const form = new DOMParser().parseFromString(text, "text/html").querySelector('main form[action="/users/invite"]');
			const values = new URLSearchParams(new FormData(form));
			values.set("first_name", "Priya %[1]d");
			values.set("last_name", "Shah");
			values.set("email", "person%[1]d@northwind.example");
			values.set("role", form.elements.role.options[2].value);
			return fetch("/users/invite", { method: "POST", body: values });
		}).then(a => a.status)`, i))
		if err != nil || status != 200 {
			j.t.Fatalf("inviting person %d was answered %d (%v)", i, status, err)
		}
	}
}

// runs does in the page what no key or mouse does.
func (p *person) runs(script string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](script)); err != nil {
		p.t.Fatal(err)
	}
}

// address is the path with its query.
func (p *person) address() string {
	p.t.Helper()
	address, err := ask[string](p, `location.pathname + location.search`)
	if err != nil {
		p.t.Fatal(err)
	}
	return address
}

// told is what the list's status region says to a screen reader.
func (p *person) told() string {
	p.t.Helper()
	text, err := ask[string](p, `document.getElementById("list-said").textContent`)
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}
