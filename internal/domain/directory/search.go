package directory

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"idkit/internal/domain/person"
)

const (
	wordLimit = 16   // distinct words of a search that are looked at
	textLimit = 2048 // bytes; no name and address together are longer
	// indexedPart is how long a word must be for the index of three-character parts to know it.
	indexedPart = 3
)

// search is what somebody typed into the search field, understood.
type search struct {
	userID  string   // typed as a whole
	words   []string // folded; all must be found
	nothing bool     // nobody can be found
}

var wholeID = regexp.MustCompile(`^usr_[0-9a-v]{26}$`)

func parseSearch(typed string) search {
	typed = strings.TrimSpace(typed)
	if len(typed) > 4*textLimit {
		return search{nothing: true}
	}
	folded := person.SearchForm(typed)
	if wholeID.MatchString(folded) {
		return search{userID: folded}
	}
	var s search
	for word := range strings.FieldsSeq(folded) {
		s.nothing = s.nothing || len(word) > textLimit
		if len(s.words) < wordLimit && !slices.Contains(s.words, word) {
			s.words = append(s.words, word)
		}
	}
	return s
}

// any reports whether there is something to search for.
func (s search) any() bool { return s.userID != "" || s.nothing || len(s.words) > 0 }

// indexed are the words that the index knows, which is those with three letters or digits in a row.
func (s search) indexed() (known []string) {
	for _, word := range s.words {
		run := 0
		for _, r := range word {
			if run++; !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				run = 0
			}
			if run == indexedPart {
				known = append(known, word)
				break
			}
		}
	}
	return known
}
