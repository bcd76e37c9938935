package person_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"idkit/internal/domain/person"
)

func TestNamesStayAsTheirOwnersWriteThem(t *testing.T) {
	for typed, want := range map[string]string{
		"":                        "",
		"  ":                      "",
		"Priya":                   "Priya",
		" Anna  \t Maria ":        "Anna Maria",
		"Jose\u0301":              "Jos\u00e9",
		"O'Brien-Smith":           "O'Brien-Smith",
		"李文":                      "李文",
		"عبد الله":                "عبد الله",
		"می\u200cخواهم":           "می\u200cخواهم", // the joiner is part of the spelling
		"葛\U000e0100":             "葛\U000e0100",   // and so is the variant of the glyph
		"X Æ A-12":                "X Æ A-12",
		"<script>alert(1)":        "<script>alert(1)",
		strings.Repeat("é", 100):  strings.Repeat("é", 100),
		"Line\nbreak\u2028of all": "Line break of all",
	} {
		if got, err := person.ParseName(typed); err != nil || got != want {
			t.Errorf("%q is read as %q, %v, want %q", typed, got, err, want)
		}
	}
}

func TestNamesThatShowNothingOrHideSomethingAreRefused(t *testing.T) {
	for typed, want := range map[string]error{
		"Priya\x00":                 person.ErrNameUnreadable,
		"Pri\x1b[2Jya":              person.ErrNameUnreadable,
		"Priya\u009b":               person.ErrNameUnreadable, // a control sequence in one character
		"\u202eayirP":               person.ErrNameUnreadable, // reads from the right
		"Pri\u2066ya":               person.ErrNameUnreadable,
		"Pri\u200bya":               person.ErrNameUnreadable,
		"Pri\u00adya":               person.ErrNameUnreadable,
		"\ufeffPriya":               person.ErrNameUnreadable,
		"Pri\xffya":                 person.ErrNameUnreadable,
		"Priya\U000e0041":           person.ErrNameUnreadable, // a tag character
		"\u200d":                    person.ErrNameUnreadable,
		"\u200c \u200d":             person.ErrNameUnreadable,
		"\u0301":                    person.ErrNameUnreadable,
		"\u3164":                    person.ErrNameUnreadable, // a filler that counts as a letter
		"\uffa0":                    person.ErrNameUnreadable,
		"\u2800":                    person.ErrNameUnreadable,
		strings.Repeat("n", 101):    person.ErrNameTooLong,
		strings.Repeat("\xff", 1e6): person.ErrNameTooLong,
	} {
		if got, err := person.ParseName(typed); !errors.Is(err, want) {
			t.Errorf("%.20q is read as %.20q, %v", typed, got, err)
		}
	}
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"Priya", " Anna  Maria ", "Jose\u0301", "می\u200cخواهم", "\u202eayirP", "a\x00b", "\xff", "\u200d", "\u3164", "李文"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name, err := person.ParseName(typed)
		if err != nil {
			if name != "" {
				t.Errorf("%q is refused and yet %q", typed, name)
			}
			return
		}
		again, err := person.ParseName(name)
		if err != nil || again != name {
			t.Errorf("%q is stored as %q, which is read as %q, %v", typed, name, again, err)
		}
		if !utf8.ValidString(name) || !norm.NFC.IsNormalString(name) || utf8.RuneCountInString(name) > person.NameLimit {
			t.Errorf("%q is stored as %q", typed, name)
		}
		if strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, "\u2028\u2029\u202e\u200b") || strings.TrimSpace(name) != name || strings.Contains(name, "  ") {
			t.Errorf("%q is stored as %q", typed, name)
		}
	})
}
