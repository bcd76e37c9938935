package internal_test

import (
	"errors"
	"go/build"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// module is the path that go.mod declares.
const module = "idkit"

// floors is the house from top to bottom. A package may import what lies on a floor below its own,
// never above; what it may import on its own floor stands in neighbours. Three dots stand for the rest of a path.
var floors = [][]string{
	{"cmd/idkit"},
	{"internal/app/apptest"},
	{"internal/app"},
	{"internal/transport/..."},
	{"internal/domain/domaintest"},
	{"internal/domain/signin", "internal/domain/epoch", "internal/domain/operator"},
	{
		"internal/domain/administration", "internal/domain/client", "internal/domain/directory", "internal/domain/recovery", "internal/domain/role",
		"internal/domain/roster", "internal/domain/settings",
	},
	{"internal/domain/profile"},
	{"internal/domain/address"},
	{"internal/domain/invitation", "internal/domain/proof"},
	{"internal/domain/account"},
	{"internal/domain/notice"},
	{"internal/domain/user"},
	{"internal/domain/session", "internal/domain/credential/...", "internal/domain/attempt"},
	{"internal/domain/audit", "internal/domain/access", "internal/domain/organization", "internal/domain/person"},
	{"internal/platform/..."},
}

// neighbours are the imports allowed within one floor. A package and its own sub-packages need no line.
var neighbours = map[string][]string{
	"internal/domain/audit":         {"internal/domain/access", "internal/domain/person"},
	"internal/domain/organization":  {"internal/domain/access"},
	"internal/domain/person":        {"internal/domain/organization"},
	"internal/platform/db":          {"internal/platform/fault"},
	"internal/platform/db/dbtest":   {"internal/platform/id"},
	"internal/platform/backup":      {"internal/platform/db", "internal/platform/id", "internal/platform/secret"},
	"internal/platform/config":      {"internal/platform/secret"},
	"internal/platform/idempotency": {"internal/platform/db", "internal/platform/fault"},
	"internal/platform/throttle":    {"internal/platform/db", "internal/platform/fault"},
	"internal/platform/mail": {
		"internal/platform/db", "internal/platform/fault", "internal/platform/id",
		"internal/platform/job", "internal/platform/language", "internal/platform/secret",
	},
}

// strict lists packages that may import less of the house than their floor allows.
var strict = map[string][]string{
	// A page is printed from ready values: no domain, no database, no request.
	"internal/transport/web/page": {"internal/platform/language"},
}

// reserved says where a package of the standard library or of others may be imported; nowhere if the list is empty.
var reserved = []struct {
	what  string // import path, with three dots for all below it
	where []string
	why   string
}{
	{"net/http", []string{"internal/transport/web", "internal/app"}, "rules are the same for every way in"},
	{"database/sql/...", []string{"internal/platform/db/..."}, "one place knows an engine"},
	{"github.com/jackc/pgx/...", []string{"internal/platform/db/..."}, "one place knows an engine"},
	{"modernc.org/sqlite/...", []string{"internal/platform/db/..."}, "one place knows an engine"},
	{"net/smtp", nil, "go-mail is the one SMTP client"},
	{"github.com/wneessen/go-mail/...", []string{"internal/platform/mail"}, "one place speaks SMTP"},
	{"math/rand", nil, "whatever must not be guessed comes from crypto/rand"},
	{"math/rand/v2", []string{"internal/platform/db", "internal/platform/mail"}, "only the waits between attempts are drawn from it"},
	{"os/exec", nil, "the program starts no other program"},
	{"plugin", nil, "the program loads no code"},
	{"unsafe", nil, "nothing here needs it"},
}

// vague are names that say nothing about what a package owns.
var vague = []string{"common", "helper", "helpers", "impl", "lib", "manager", "misc", "model", "models", "shared", "util", "utils"}

func TestImports(t *testing.T) {
	for _, p := range packages(t, "../cmd", "../internal") {
		floor := floorOf(p.path)
		if floor < 0 {
			t.Errorf("%s stands on no floor of the house: give it a place in the table", p.path)
			continue
		}
		for _, imported := range p.imports {
			if ours, found := strings.CutPrefix(imported, module+"/"); found {
				if !mayImport(p.path, floor, ours) {
					t.Errorf("%s imports %s, which the table does not allow", p.path, ours)
				}
				continue
			}
			for _, rule := range reserved {
				if within(imported, rule.what) && !slices.ContainsFunc(rule.where, func(w string) bool { return within(p.path, w) }) {
					t.Errorf("%s imports %s: %s", p.path, imported, rule.why)
				}
			}
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, p := range packages(t, "../cmd", "../internal", "../test") {
		if slices.Contains(vague, p.name) || slices.Contains(vague, path.Base(p.path)) {
			t.Errorf("%s: the name does not say what the package owns", p.path)
		}
	}
}

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	for _, p := range packages(t, "../internal", "../test") {
		content, err := os.ReadFile(filepath.Join("..", p.path, "doc.go"))
		if err != nil {
			t.Errorf("%s has no doc.go", p.path)
			continue
		}
		if !regexp.MustCompile(`(?m)^// Package ` + p.name + ` |^// Command ` + path.Base(p.path) + ` `).Match(content) {
			t.Errorf("%s/doc.go does not start with \"Package %s\"", p.path, p.name)
		}
	}
}

// TestTable holds the table to the tree, so that no line of it outlives what it was about.
func TestTable(t *testing.T) {
	var known []string
	for _, p := range packages(t, "../cmd", "../internal") {
		known = append(known, p.path)
	}
	exists := func(pattern string) {
		t.Helper()
		if !slices.ContainsFunc(known, func(k string) bool { return within(k, pattern) }) {
			t.Errorf("the table names %s, which is not there", pattern)
		}
	}
	for _, floor := range floors {
		for _, pattern := range floor {
			exists(pattern)
		}
	}
	for from, to := range neighbours {
		exists(from)
		for _, pattern := range to {
			exists(pattern)
		}
	}
	for _, rule := range reserved {
		for _, pattern := range rule.where {
			exists(pattern)
		}
	}
}

// TestLinkedModules compares what is linked into the program with docs/dependencies.txt, where each module has its reason.
func TestLinkedModules(t *testing.T) {
	content, err := os.ReadFile("../docs/dependencies.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, _ := strings.Cut(line, " ")
		if reasons[name] != "" {
			t.Errorf("docs/dependencies.txt names %s twice", name)
		}
		reasons[name] = strings.TrimSpace(reason)
	}
	linked := strings.Fields(goList(t, "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", module+"/cmd/idkit"))
	slices.Sort(linked)
	linked = slices.Compact(linked)
	if len(linked) == 0 {
		t.Fatal("go list named no linked module")
	}
	for _, name := range linked {
		if reasons[name] == "" {
			t.Errorf("%s is linked into the program and has no reason in docs/dependencies.txt", name)
		}
		delete(reasons, name)
	}
	for name := range reasons {
		t.Errorf("docs/dependencies.txt names %s, which is not linked into the program", name)
	}
}

// TestSQLiteRuntime: modernc.org/sqlite is C translated for one exact modernc.org/libc and breaks in silence on another.
func TestSQLiteRuntime(t *testing.T) {
	content, err := os.ReadFile(goList(t, "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindSubmatch(content)
	if wanted == nil {
		t.Fatal("the go.mod of modernc.org/sqlite names no modernc.org/libc")
	}
	if linked := goList(t, "-m", "-f", "{{.Version}}", "modernc.org/libc"); linked != string(wanted[1]) {
		t.Errorf("modernc.org/libc is %s; modernc.org/sqlite asks for %s", linked, wanted[1])
	}
}

type pkg struct {
	path    string // below the module, such as internal/platform/db
	name    string
	imports []string // of everything but tests
}

// packages finds every package below the folders that has more than tests.
func packages(t *testing.T, folders ...string) []pkg {
	t.Helper()
	var found []pkg
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(dir string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return err
			}
			if entry.Name() == "testdata" {
				return fs.SkipDir
			}
			read, err := build.ImportDir(dir, 0)
			if none := (*build.NoGoError)(nil); errors.As(err, &none) {
				return nil
			} else if err != nil {
				return err
			}
			if len(read.GoFiles) > 0 {
				place := strings.TrimPrefix(filepath.ToSlash(dir), "../")
				found = append(found, pkg{path: place, name: read.Name, imports: read.Imports})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// within reports whether a path is the pattern, or below it where the pattern ends in three dots.
func within(path, pattern string) bool {
	root, deep := strings.CutSuffix(pattern, "/...")
	return path == root || deep && strings.HasPrefix(path, root+"/")
}

func floorOf(path string) int {
	return slices.IndexFunc(floors, func(floor []string) bool {
		return slices.ContainsFunc(floor, func(pattern string) bool { return within(path, pattern) })
	})
}

func mayImport(from string, floor int, to string) bool {
	if list, found := strict[from]; found {
		return slices.Contains(list, to)
	}
	if within(from, to+"/...") || within(to, from+"/...") {
		return true
	}
	return floorOf(to) > floor || slices.Contains(neighbours[from], to)
}

func goList(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.Command("go", append([]string{"list"}, args...)...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list %s: %v\n%s", strings.Join(args, " "), err, &complaint)
	}
	return strings.TrimSpace(string(out))
}
