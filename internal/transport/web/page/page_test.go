package page

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"idkit/internal/platform/language"
)

func newRenderer(t testing.TB) *Renderer {
	t.Helper()
	catalogue, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Catalogue: catalogue})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func render(t testing.TB, r *Renderer, shell Shell, view View) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.Render(&out, shell, view); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// everyAnswer renders each specimen as a page and as a window.
func everyAnswer(t *testing.T, check func(t *testing.T, s Specimen, text string)) {
	r := newRenderer(t)
	for _, s := range append(Gallery(), Specimen{Name: "gallery", Shell: stranger(), View: GalleryIndex{}}) {
		t.Run(s.Name, func(t *testing.T) { check(t, s, render(t, r, s.Shell, s.View)) })
		s.Shell.Fragment = true
		t.Run(s.Name+"/window", func(t *testing.T) { check(t, s, render(t, r, s.Shell, s.View)) })
	}
}

func TestEveryTemplateHasASpecimen(t *testing.T) {
	r := newRenderer(t)
	room, err := r.room("en")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"gallery_index": true}
	names := map[string]bool{}
	for _, s := range Gallery() {
		if names[s.Name] {
			t.Errorf("two specimens are called %s", s.Name)
		}
		names[s.Name], seen[s.View.describe().template] = true, true
	}
	for _, file := range room.templates.Templates() {
		if name, isPage := strings.CutSuffix(file.Name(), ".html"); isPage && !strings.HasPrefix(name, "_") && !seen[name] {
			t.Errorf("page %s has no specimen", name)
		}
	}
}

// The content security policy of every answer allows no inline script and no inline style.
func TestNothingInline(t *testing.T) {
	everyAnswer(t, func(t *testing.T, _ Specimen, text string) {
		for _, n := range elements(t, text) {
			if n.Data == "style" || n.Data == "script" && attribute(n, "src") == "" {
				t.Errorf("inline %s", n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") || strings.Contains(a.Val, "javascript:") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
				if strings.Contains(a.Val, "ZgotmplZ") {
					t.Errorf("<%s %s> was refused by the escaping", n.Data, a.Key)
				}
			}
		}
	})
}

func TestStructure(t *testing.T) {
	everyAnswer(t, func(t *testing.T, s Specimen, text string) {
		balanced(t, text)
		ids := map[string]bool{}
		count := map[string]int{}
		for _, n := range elements(t, text) {
			count[n.Data]++
			if id := attribute(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("id %s stands twice", id)
				}
				ids[id] = true
			}
		}
		if !s.Shell.Fragment && !strings.HasPrefix(text, "<div class=\"dialog\"") && (count["h1"] != 1 || count["main"] != 1 || count["title"] != 1) {
			t.Errorf("%d h1, %d main, %d title; want one of each", count["h1"], count["main"], count["title"])
		}
		for _, n := range elements(t, text) {
			for _, key := range []string{"for", "aria-describedby", "aria-labelledby", "data-copy", "data-show", "data-counts"} {
				for _, id := range strings.Fields(attribute(n, key)) {
					if !ids[id] && id != "dialog-title" {
						t.Errorf("<%s %s=%q> points nowhere", n.Data, key, id)
					}
				}
			}
		}
	})
}

// A form that changes something carries the token that makes a second sending harmless.
func TestEveryPostFormCarriesTheToken(t *testing.T) {
	open := []string{"/theme", "/language"}
	everyAnswer(t, func(t *testing.T, s Specimen, text string) {
		for _, form := range elements(t, text) {
			if form.Data != "form" || attribute(form, "method") != "post" || slices.Contains(open, attribute(form, "action")) {
				continue
			}
			found := false
			for n := range form.Descendants() {
				found = found || n.Data == "input" && attribute(n, "name") == "form_token" && attribute(n, "value") == s.Shell.FormToken
			}
			if !found || attribute(form, "action") == "" {
				t.Errorf("form to %q lacks its token or its address", attribute(form, "action"))
			}
		}
	})
}

// What only a script can serve is hidden until the script shows it.
func TestScriptControlsAreHidden(t *testing.T) {
	everyAnswer(t, func(t *testing.T, _ Specimen, text string) {
		for _, n := range elements(t, text) {
			for _, key := range []string{"data-show", "data-copy", "data-print"} {
				if has(n, key) && !has(n, "hidden") {
					t.Errorf("a control with %s is visible without script", key)
				}
			}
		}
	})
}

func TestPasswordsAndCodesNeverComeBack(t *testing.T) {
	r := newRenderer(t)
	secret := Field{Value: "correct horse battery staple", Error: "wrong"}
	for _, v := range []View{
		Login{Password: secret},
		Join{Password: secret},
		Reset{Password: secret, Confirm: secret},
		ChangePassword{Current: secret, Password: secret},
		ConfirmYou{Password: secret},
		Setup{Password: secret},
		ChangeEmail{Password: secret},
		ResetSecondFactor{Password: secret},
	} {
		if strings.Contains(render(t, r, stranger(), v), secret.Value) {
			t.Errorf("%T prints the password", v)
		}
	}
}

func TestTitles(t *testing.T) {
	r := newRenderer(t)
	plain, failed, done := viewer("users"), viewer("users"), withFlash(viewer("users"), "Invitation withdrawn.", nil)
	for _, c := range []struct {
		shell Shell
		view  View
		want  string
	}{
		{plain, Users{}, "Users - Northwind - IDKit"},
		{stranger(), Login{}, "Log in - IDKit"},
		{failed, Invite{Role: Field{Error: "Choose a role"}}, "Error: Invite user - Northwind - IDKit"},
		{done, Users{}, "Done: Users - Northwind - IDKit"},
	} {
		if text := render(t, r, c.shell, c.view); !strings.Contains(text, "<title>"+c.want+"</title>") {
			t.Errorf("%T: title is not %q", c.view, c.want)
		}
	}
}

// Names come from strangers: they are escaped, and isolated from the sentence around them.
func TestNamesAreEscapedAndIsolated(t *testing.T) {
	r := newRenderer(t)
	hostile := `<img src=x onerror=alert(1)>"'{{.}}` + theirsBegin + "x" + theirsEnd
	text := render(t, r, guest(), Join{Organization: hostile, Role: hostile, Email: "priya@northwind.example"})
	if strings.Contains(text, "<img") || strings.Contains(text, theirsBegin) {
		t.Error("a name reaches the page as markup")
	}
	if !strings.Contains(text, "<bdi>&lt;img src=x onerror=alert(1)&gt;&#34;&#39;{{.}}x</bdi> invited you as") {
		t.Error("the name of the organization is not isolated")
	}
}

func TestFragmentIsTheSameBody(t *testing.T) {
	r := newRenderer(t)
	shell := viewer("users")
	shell.Fragment = true
	text := render(t, r, shell, Invite{})
	for _, unwanted := range []string{"<html", "<main", "<h1", "<nav"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("the window contains %s", unwanted)
		}
	}
	for _, wanted := range []string{`data-title="Invite user - Northwind - IDKit"`, `<h2 id="dialog-title"`, `hx-post="/users/invite"`, `action="/users/invite"`} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the window lacks %s", wanted)
		}
	}
}

func TestAuthenticatorRefusesOtherAddresses(t *testing.T) {
	for _, address := range []string{"javascript:alert(1)", "https://evil.example", "", "otpauth"} {
		if _, err := (Authenticator{Address: address}).Link(); err == nil {
			t.Errorf("%q became a link", address)
		}
	}
}

// elements lists the elements of a page in document order.
func elements(t *testing.T, text string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var list []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			list = append(list, n)
		}
	}
	return list
}

// balanced compares the tags as written; the parser would repair them silently.
func balanced(t *testing.T, text string) {
	t.Helper()
	void := []string{"meta", "link", "input", "br", "wbr"}
	var open []string
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("never closed: %v", open)
			}
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); !slices.Contains(void, string(name)) {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}
