package internal_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityNamesRealTests: a promise is worth the test that shows it.
func TestSecurityNamesRealTests(t *testing.T) {
	named := regexp.MustCompile("`(\\w+)\\.(Test\\w+)`").FindAllStringSubmatch(read(t, "../SECURITY.md"), -1)
	if len(named) == 0 {
		t.Fatal("SECURITY.md names no test")
	}
	for _, name := range named {
		if folder := name[1]; !strings.Contains(testsOf(t, folder), "func "+name[2]+"(t *testing.T)") {
			t.Errorf("SECURITY.md names %s.%s, which is no test there", folder, name[2])
		}
	}
}

// TestArchitectureShowsEveryPackage that lies in no other.
func TestArchitectureShowsEveryPackage(t *testing.T) {
	page := read(t, "../ARCHITECTURE.md")
	for _, p := range packages(t, "../cmd", "../internal") {
		inside := strings.Count(p.path, "/") > 2 // internal/floor/package
		if !inside && !strings.Contains(page, path.Base(p.path)+"/") {
			t.Errorf("ARCHITECTURE.md does not show %s", p.path)
		}
	}
}

// testsOf returns all test code of the packages of that name.
func testsOf(t *testing.T, name string) string {
	t.Helper()
	var all strings.Builder
	for _, floor := range []string{"*", "../cmd"} {
		files, err := filepath.Glob(filepath.Join(floor, name, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			all.WriteString(read(t, file))
		}
	}
	return all.String()
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
