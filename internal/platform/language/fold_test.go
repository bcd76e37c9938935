package language_test

import (
	"testing"

	"idkit/internal/platform/language"
)

func TestFoldTakesLettersApartThatUnicodeDoesNot(t *testing.T) {
	for typed, want := range map[string]string{
		"Łukasiewicz": "lukasiewicz", "Bjørn": "bjorn", "ĐORĐE": "dorde", "Straße": "strasse", "Æthelred": "aethelred", "Þórður": "thordur",
	} {
		if got := language.Fold(typed); got != want {
			t.Errorf("%s is folded to %s, want %s", typed, got, want)
		}
	}
}
