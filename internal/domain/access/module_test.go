package access_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/access"
)

var icons = []string{"editor", "remote_verify", "reports", "repository"}

func TestTheSampleOfModules(t *testing.T) {
	content, err := os.ReadFile("../../../docs/modules.json")
	if err != nil {
		t.Fatal(err)
	}
	modules, err := access.BuiltIn().WithAdded(content, icons)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) != len(access.BuiltIn())+4 {
		t.Errorf("%d modules", len(modules))
	}
	reports, there := modules.Find("reports")
	if !there || !slices.Equal(reports.All(), []access.Permission{"reports.access", "reports.view", "reports.export"}) {
		t.Errorf("Reports are %+v", reports)
	}
	if got := modules.Of(access.OfRole(access.RoleAdministrator, "")); len(got) != len(modules.All()) {
		t.Errorf("an Administrator holds %v of the added modules", got)
	}
	if got := modules.Of(access.OfRole(access.RoleOwn, "reports.access reports.export editor.view")); !slices.Equal(got, []access.Permission{"reports.access", "reports.export"}) {
		t.Errorf("an own role holds %v", got)
	}
}

func TestAModuleFileThatIsWrong(t *testing.T) {
	const good = `{"key": "a", "title": "A", "description": "D", "icon": "reports", "address": "/a/", "permissions": [{"key": "view", "title": "View"}]}`
	with := func(from, to string) string { return "[" + strings.Replace(good, from, to, 1) + "]" }
	if _, err := access.BuiltIn().WithAdded([]byte("["+good+"]"), icons); err != nil {
		t.Fatal(err)
	}
	for content, says := range map[string]string{
		"":                            "JSON list",
		"{}":                          "JSON list",
		"[" + good + "] x":            "behind the end",
		"[" + good + "," + good + "]": "there already",
		"[" + strings.Repeat(good+",", 30) + good + "]": "too many",
		with(`"key": "a"`, `"key": "users"`):            "there already",
		with(`"key": "a"`, `"key": "roles"`):            "there already",
		with(`"key": "a"`, `"key": "A b"`):              "write a key",
		with(`"key": "a"`, `"key": "a.b"`):              "write a key",
		with(`"title": "A"`, `"title": ""`):             "write a title",
		with(`"title": "A"`, `"title": "A\u202e"`):      "write a title",
		with(`"D"`, `" "`):                              "write a description",
		with(`"reports"`, `"<svg>"`):                    "no icon",
		with(`"/a/"`, `"//evil.example/"`):              "no address",
		with(`"/a/"`, `"/a/../users"`):                  "no address",
		with(`"/a/"`, `"javascript:alert(1)"`):          "no address",
		with(`"/a/"`, `"http://a.example/"`):            "no address",
		with(`"/a/"`, `"https://u:p@a.example/"`):       "no address",
		with(`"view"`, `"access"`):                      "there already",
		with(`"view"`, `"View"`):                        "key in small letters",
		with(`"title": "View"`, `"title": ""`):          "title of 1 to",
		with(`"address"`, `"adress"`):                   "adress",
	} {
		if _, err := access.BuiltIn().WithAdded([]byte(content), icons); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s\nis answered with %v, want something about %q", content, err, says)
		}
	}
}

// FuzzModules: whatever the file says, what comes of it can be shown, linked and held.
func FuzzModules(f *testing.F) {
	f.Add([]byte(`[{"key": "a", "title": "A", "description": "D", "icon": "reports", "address": "https://a.example/x", "permissions": []}]`))
	f.Add([]byte(`[{"key": "a", "title": "A", "description": "D", "icon": "reports", "address": "/a", "permissions": [{"key": "x", "title": "X"}]}]`))
	f.Fuzz(func(t *testing.T, content []byte) {
		modules, err := access.BuiltIn().WithAdded(content, icons)
		if err != nil {
			return
		}
		seen := map[access.Permission]bool{}
		for _, p := range modules.All() {
			if seen[p] || strings.ContainsAny(string(p), " \n") || p == access.RolesEdit || strings.Count(string(p), ".") != 1 {
				t.Errorf("%q is a permission", p)
			}
			seen[p] = true
		}
		for _, m := range modules {
			if !strings.HasPrefix(m.Address, "https://") && (!strings.HasPrefix(m.Address, "/") || strings.HasPrefix(m.Address, "//")) || strings.ContainsAny(m.Address, "\\\"<> \n") {
				t.Errorf("%q is an address", m.Address)
			}
		}
	})
}
