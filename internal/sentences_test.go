package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"idkit/internal/platform/language"
)

var (
	declaredFault  = regexp.MustCompile(`fault\.New\(fault\.\w+, "([\w.]+)"\)`)
	declaredAction = regexp.MustCompile(`audit\.Action\s*=\s*"([\w.]+)"`)
)

// TestEveryRefusalAndEveryEventHasASentence reads the source: whoever declares a
// fault or an event of the trail below the way in, and forgets its sentence, hears
// of it here. The refusals of requests as such have pages of their own.
func TestEveryRefusalAndEveryEventHasASentence(t *testing.T) {
	catalogue, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := catalogue.Keys("en")
	declared := 0
	err = filepath.WalkDir("domain", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for prefix, pattern := range map[string]*regexp.Regexp{"fault.": declaredFault, "audit.": declaredAction} {
			for _, found := range pattern.FindAllSubmatch(source, -1) {
				declared++
				if key := prefix + string(found[1]); !slices.Contains(keys, key) {
					t.Errorf("%s: no sentence for %s", path, key)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if declared < 100 {
		t.Errorf("only %d declarations were found", declared)
	}
}
