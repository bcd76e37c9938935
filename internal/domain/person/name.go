package person

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/language"
)

// NameLimit is the longest first or last name, in code points.
const NameLimit = 100

// Refusals of names.
var (
	ErrFirstNameMissing = fault.New(fault.Invalid, "person.first_name_missing")
	ErrNameTooLong      = fault.New(fault.Invalid, "person.name_too_long").With("Maximum", NameLimit)
	ErrNameUnreadable   = fault.New(fault.Invalid, "person.name_unreadable")
)

// parseName normalises a name (NFC, single spaces) and refuses characters that
// nobody sees but that change what is around them.
func parseName(typed string) (string, error) {
	name := strings.Join(strings.Fields(norm.NFC.String(typed)), " ")
	switch {
	case utf8.RuneCountInString(name) > NameLimit:
		return "", ErrNameTooLong
	case !organization.Readable(name) || name != "" && !organization.Shows(name):
		return "", ErrNameUnreadable
	}
	return name, nil
}

// stretch makes three characters of one: the shortest text that an index of
// parts of three characters can find. No name has them.
const stretch = "\u02ac\u02ad"

// SearchForm is how names are searched and searched for: folded, and with every
// ideograph and kana stretched, because names are written in one or two of them.
// A part of a text is a part of its form as well.
func SearchForm(text string) string {
	folded := language.Fold(text)
	var b strings.Builder
	for _, r := range folded {
		b.WriteRune(r)
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			b.WriteString(stretch)
		}
	}
	return b.String()
}

// SearchText is what a search of users looks in.
func SearchText(fullName string, email Email) string {
	return SearchForm(fullName + " " + email.Address)
}

// FullName joins the names of a person; the last one may be empty.
func FullName(first, last string) string { return strings.TrimSpace(first + " " + last) }
