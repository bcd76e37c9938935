package organization

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"idkit/internal/platform/fault"
)

// NameLimit is the longest name of an organization, in code points.
const NameLimit = 100

// Refusals of a name.
var (
	ErrNameMissing    = fault.New(fault.Invalid, "organization.name_missing")
	ErrNameTooLong    = fault.New(fault.Invalid, "organization.name_too_long").With("Maximum", NameLimit)
	ErrNameUnreadable = fault.New(fault.Invalid, "organization.name_unreadable")
)

// CheckName judges the name of an organization. Faults: ErrNameMissing,
// ErrNameTooLong, ErrNameUnreadable.
func CheckName(name string) error {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return ErrNameMissing
	case utf8.RuneCountInString(name) > NameLimit:
		return ErrNameTooLong
	case !Readable(name) || !Shows(name):
		return ErrNameUnreadable
	}
	return nil
}

// Readable reports whether all of a text is there to see, in the names of
// people too: no control and format characters, and no fillers. The two joiners
// are part of how several scripts are written.
func Readable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unseen)
}

func unseen(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r != nonJoiner && r != joiner &&
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}

// Shows reports whether anything of a name leaves a trace by itself, unlike
// joiners and marks: a name of those alone would stand in every list as nobody.
func Shows(name string) bool { return strings.ContainsFunc(name, inked) }

func inked(r rune) bool {
	const blankBraille = '\u2800'
	return r != blankBraille && unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
}
