package page

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"idkit/internal/platform/language"
)

// Every sentence that a page asks for exists, and every sentence of the pages is asked for.
func TestCatalogue(t *testing.T) {
	catalogue, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, key := range catalogue.Keys(language.Default) {
		if strings.HasPrefix(key, "page.") {
			keys[key] = false
		}
	}
	asked := regexp.MustCompile(`"(page\.[a-z0-9_.]+)"`)
	for _, name := range sources(t) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range asked.FindAllStringSubmatch(string(content), -1) {
			mention(t, keys, match[1], name)
		}
	}
	for key, used := range keys {
		if !used {
			t.Errorf("nobody says %s", key)
		}
	}
}

// mention marks a key as used; one that ends with a dot stands for all keys that go on from there.
func mention(t *testing.T, keys map[string]bool, key, source string) {
	t.Helper()
	if !strings.HasSuffix(key, ".") {
		if _, ok := keys[key]; !ok && !strings.HasSuffix(source, ".css") && !strings.Contains(key, ".css") && !strings.Contains(key, ".js") {
			t.Errorf("%s asks for %s, which is not in the catalogue", source, key)
		}
		keys[key] = true
		return
	}
	found := false
	for k := range keys {
		if strings.HasPrefix(k, key) {
			keys[k], found = true, true
		}
	}
	if !found {
		t.Errorf("%s asks for %s*, which is not in the catalogue", source, key)
	}
}

func sources(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, pattern := range []string{"*.go", "templates/*.html"} {
		found, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if !strings.HasSuffix(name, "_test.go") {
				list = append(list, name)
			}
		}
	}
	return list
}

// TestLabels: people and their manuals go by these labels, which stand on the pages letter for letter.
func TestLabels(t *testing.T) {
	r := newRenderer(t)
	expected := map[string][]string{
		"users":               {"Users", "Invite user", "Manage Roles", "User Profile"},
		"invite":              {"Invite user", "Send Invite"},
		"join":                {"Enter the new password", "Next"},
		"protect":             {"Setup"},
		"authenticator":       {"Next"},
		"login":               {"Log In"},
		"profile":             {"User Profile", "Email", "Mobile", "Password", "Change", "Reset"},
		"profile-bare":        {"Setup"},
		"change_email":        {"Change Email", "Save"},
		"change_mobile":       {"Change Mobile Number", "Save"},
		"change_password":     {"Save"},
		"reset_second_factor": {"Reset Two-Factor Authentication", "Reset"},
		"reset":               {"Next"},

		"reset_password":           {"Reset Password", "Reset"},
		"change_status-suspend":    {"Change Status", "Suspend"},
		"change_status-active":     {"Change Status", "Active"},
		"reset_user_second_factor": {"Reset Two-Factor Authentication"},
	}
	for _, s := range Gallery() {
		labels := expected[s.Name]
		delete(expected, s.Name)
		texts := map[string]bool{}
		for _, n := range elements(t, render(t, r, s.Shell, s.View)) {
			for child := range n.ChildNodes() {
				if child.Type == html.TextNode {
					texts[strings.TrimSpace(child.Data)] = true
				}
			}
		}
		for _, label := range labels {
			if !texts[label] {
				t.Errorf("%s: no element says %q", s.Name, label)
			}
		}
	}
	for name := range expected {
		t.Errorf("there is no specimen %s", name)
	}
}
