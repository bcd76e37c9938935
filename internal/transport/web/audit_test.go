package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/transport/web"
)

// declaredActions reads the source for every audit.Action that a package of the house declares.
func declaredActions(t *testing.T) (actions []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			declared, ok := declaration.(*ast.GenDecl)
			if !ok || strings.HasSuffix(path, "audit_groups.go") {
				continue
			}
			for _, spec := range declared.Specs {
				if value, ok := spec.(*ast.ValueSpec); ok && named(value) == "Action" {
					ast.Inspect(value, func(n ast.Node) bool {
						if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
							action, err := strconv.Unquote(text.Value)
							if err != nil {
								t.Fatal(err)
							}
							actions = append(actions, action)
						}
						return true
					})
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

// named is the type that a constant, or a map of actions, is declared with.
func named(value *ast.ValueSpec) string {
	of := value.Type
	if of == nil && len(value.Values) == 1 {
		if literal, ok := value.Values[0].(*ast.CompositeLit); ok {
			if m, ok := literal.Type.(*ast.MapType); ok {
				of = m.Value
			}
		}
	}
	switch name := of.(type) {
	case *ast.Ident:
		return name.Name
	case *ast.SelectorExpr:
		return name.Sel.Name
	}
	return ""
}

// TestEveryActionHasASentenceAndAGroup walks all actions of the house: each has
// its words, and one group of the filter finds it. A group names nothing else.
func TestEveryActionHasASentenceAndAGroup(t *testing.T) {
	catalogue, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := catalogue.Keys(language.Default)
	actions := declaredActions(t)
	slices.Sort(actions)
	actions = slices.Compact(actions)
	if len(actions) < 60 {
		t.Fatalf("only %d actions were found", len(actions))
	}
	groups := map[string]string{}
	for group, grouped := range web.AuditGroups() {
		if !slices.Contains(keys, "web.audit.group."+group) {
			t.Errorf("the group %s has no name", group)
		}
		for _, action := range grouped {
			if other := groups[action]; other != "" {
				t.Errorf("%s is in the groups %s and %s", action, other, group)
			}
			if groups[action] = group; !slices.Contains(actions, action) {
				t.Errorf("the group %s names %s, which nobody declares", group, action)
			}
		}
	}
	for _, action := range actions {
		if !slices.Contains(keys, "audit."+action) {
			t.Errorf("%s has no sentence", action)
		}
		if groups[action] == "" {
			t.Errorf("%s is in no group of the filter", action)
		}
	}
}

func TestTheAuditLogShowsWhatHappened(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	sam := owner.invite("sam@example.com", "Member")
	owner.open("/users/" + sam + "/role")
	owner.post("/users/"+sam+"/role", "role", owner.roleID(sam, "Administrator"))
	a := owner.open("/audit")
	for _, words := range []string{"invited", "changed the role of", "<bdi>Member</bdi> → <bdi>Administrator</bdi>", "192.0.2.7", "Firefox on Linux", "Reference of the request", "set up Acme"} {
		if a.status != http.StatusOK || !strings.Contains(a.body, words) {
			t.Errorf("%d: the log does not say %q", a.status, words)
		}
	}
	today := time.Now().UTC()
	for path, want := range map[string]int{
		"/audit?what=roles": 1, "/audit?what=invitations": 1, "/audit?whom=" + sam: 2, "/audit?what=roles&whom=" + sam + "&name=ADA": 1, "/audit?who=nobody": 0,
		"/audit?from=" + today.AddDate(0, 0, 1).Format(time.DateOnly): 0, "/audit?to=" + today.AddDate(0, 0, -1).Format(time.DateOnly): 0, "/audit?what=roles&from=never": 1,
	} {
		a := owner.open(path)
		if got := strings.Count(a.body, `class="what"><details`); a.status != http.StatusOK || got != want {
			t.Errorf("%s shows %d (%d), want %d", path, got, a.status, want)
		}
		if want == 0 && !strings.Contains(a.body, "Try a longer period") {
			t.Errorf("%s does not say what to try", path)
		}
		if !strings.Contains(a.body, `<details class="fold" open>`) {
			t.Errorf("%s folds the filters away that it has", path)
		}
		if got := strings.Count(a.body, "Clear filters"); got != 1 {
			t.Errorf("%s offers %d times to clear the filters", path, got)
		}
	}
	if a := owner.open("/users/" + sam); !strings.Contains(a.body, "/audit?from="+today.Format(time.DateOnly)+"&amp;whom="+sam) {
		t.Error("the user's page does not lead to all of what happened")
	}
}

// TestTheExportedLogProvesItself: the file of a whole trail is sound, a changed one is not.
func TestTheExportedLogProvesItself(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	owner.invite("sam@example.com", "Member")
	if a := owner.open("/audit/export?what=invitations"); !strings.Contains(a.body, "The file holds 1 event,") {
		t.Error("the window does not say how long the file will be")
	}
	before := p.acts()
	lines := owner.open("/audit.jsonl?from=2000-01-01")
	end, err := audit.VerifyLines(strings.NewReader(lines.body))
	if err != nil || !strings.HasPrefix(lines.header.Get("Content-Disposition"), `attachment; filename="audit-20`) {
		t.Fatalf("the file of %s is answered with %v", lines.header.Get("Content-Disposition"), err)
	}
	if _, err := audit.VerifyLines(strings.NewReader(strings.Replace(lines.body, "sam@example.com", "eve@example.com", 1)), end); err == nil {
		t.Error("a changed file is sound")
	}
	table := owner.file("/audit.csv?what=exports")
	if len(table) != 2 || !strings.Contains(table[1][2], "exported the audit log to a file") || !strings.Contains(table[1][10], "JSON lines") {
		t.Errorf("the table holds %q", table)
	}
	if a := owner.send(owner.request("HEAD", "/audit.csv", nil)); a.status != http.StatusOK || a.body != "" {
		t.Errorf("HEAD: %d, %q", a.status, a.body)
	}
	if now := p.acts(); now != before+2 {
		t.Errorf("two exports are %d lines", now-before)
	}
}

func TestTheLogIsForWhoMaySeeIt(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	member, id := owner.joined("sam@example.com", "Member")
	for _, held := range []string{"", "audit.access audit.view"} {
		p.change(`UPDATE roles SET kind = 'own', permissions = '` + held + `' WHERE id = (SELECT role_id FROM users WHERE id = '` + id + `')`)
		for path, want := range map[string]int{"/audit": http.StatusOK, "/audit/export": http.StatusForbidden, "/audit.csv": http.StatusForbidden, "/audit.jsonl": http.StatusForbidden} {
			if held == "" {
				want = http.StatusForbidden
			}
			if a := member.open(path); a.status != want || a.header.Get("Content-Disposition") != "" {
				t.Errorf("%q at %s is answered with %d, want %d", held, path, a.status, want)
			}
		}
	}
}

// TestTheLogOfOthersIsNotThere: another organization's people and cursors find nothing.
func TestTheLogOfOthersIsNotThere(t *testing.T) {
	p := newPortal(t, development, nil)
	owner := p.found()
	const foreignUser = "usr_00000000000000000000000001"
	err := p.app.DB().Write(t.Context(), func(tx *db.Tx) error {
		return audit.Record(t.Context(), tx, access.Actor{OrganizationID: "org_fabrikam", Name: "Marco Rossi"}, audit.Event{Action: "user.invited", Target: audit.Target{Kind: "user", ID: foreignUser, Name: "Marco Rossi"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/audit?name=marco", "/audit?whom=" + foreignUser, "/audit?who=marco&from=2000-01-01"} {
		if a := owner.open(path); strings.Contains(a.body, "Marco Rossi") || !strings.Contains(a.body, "Try a longer period") {
			t.Errorf("%s shows another organization", path)
		}
	}
}
