package id

import "testing"

func TestNewIsValidAndSortsByTime(t *testing.T) {
	last := ""
	for range 1000 {
		next := New("usr")
		if !Valid("usr", next) {
			t.Fatalf("New made %q, which Valid refuses", next)
		}
		if next <= last {
			t.Fatalf("%q does not sort after %q", next, last)
		}
		last = next
	}
}

func TestValidRefusesWhatIsNoId(t *testing.T) {
	good := New("usr")
	for _, bad := range []string{"", "usr_", good[:len(good)-1], good + "0", "org" + good[3:], "USR" + good[3:], "usr_zzzzzzzzzzzzzzzzzzzzzzzzzz"} {
		if Valid("usr", bad) {
			t.Errorf("Valid accepts %q", bad)
		}
	}
}
