package id

import (
	"regexp"
	"testing"
)

func TestIdsHaveOneFormAndSortByTime(t *testing.T) {
	form := regexp.MustCompile(`^usr_[0-9a-v]{26}$`)
	last := ""
	for range 1000 {
		next := New("usr")
		if !form.MatchString(next) {
			t.Fatalf("New made %q", next)
		}
		if next <= last {
			t.Fatalf("%q does not sort after %q", next, last)
		}
		last = next
	}
}
