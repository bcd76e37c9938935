package language

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// sentence is an entry of a catalogue, ready to be said.
type sentence struct {
	one   wording // where the rules of the language ask for the singular; nil where there is none
	other wording
}

// wording is text and the names of its gaps in turn: "Hello {{.Name}}!" is
// "Hello ", "Name", "!".
type wording []string

// newSentence reads a value of a catalogue: a sentence, or {"one": …, "other": …}.
func newSentence(value any) (s sentence, err error) {
	var one, other string
	switch v := value.(type) {
	case string:
		other = v
	case map[string]any:
		one, _ = v["one"].(string)
		other, _ = v["other"].(string)
	}
	if other == "" {
		return sentence{}, errors.New("neither a sentence nor a pair of one and other")
	}
	if s.other, err = cut(other); err == nil && one != "" {
		s.one, err = cut(one)
	}
	return s, err
}

// cut takes a text apart at its gaps. A gap is the name of a value and nothing else.
func cut(text string) (w wording, err error) {
	for {
		before, behind, found := strings.Cut(text, "{{")
		w = append(w, before)
		if !found {
			return w, nil
		}
		gap, rest, closed := strings.Cut(behind, "}}")
		name, isName := strings.CutPrefix(gap, ".")
		if !closed || !isName || name == "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
			return nil, fmt.Errorf("%q is not the name of a value", gap)
		}
		w = append(w, name)
		text = rest
	}
}

// isPlain says that the sentence is the same for all values.
func (s sentence) isPlain() bool { return s.one == nil && len(s.other) == 1 }

// fill writes the values into the gaps. A missing one is an error, and leaves its gap empty.
func (w wording) fill(value func(name string) any) (text string, err error) {
	var b strings.Builder
	for i, part := range w {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		switch v := value(part).(type) {
		case nil:
			err = fmt.Errorf("the value %s is missing", part)
		case string:
			b.WriteString(v)
		default:
			fmt.Fprint(&b, v)
		}
	}
	return b.String(), err
}

// wordingFor chooses by the count, an int or its digits.
func (s sentence) wordingFor(tag language.Tag, count any) (wording, error) {
	if s.one == nil || count == nil {
		return s.other, nil
	}
	n, isNumber := count.(int)
	if digits, isText := count.(string); isText {
		var err error
		n, err = strconv.Atoi(digits)
		isNumber = err == nil
	}
	if !isNumber {
		return s.other, fmt.Errorf("the count %v is not a number", count)
	}
	if plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0) == plural.One {
		return s.one, nil
	}
	return s.other, nil
}
