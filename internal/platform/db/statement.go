package db

import (
	"strconv"
	"strings"
)

// Statement is a query under construction. Its text depends on the shape of what
// is asked for alone, so that there are few texts; all values are arguments.
type Statement struct {
	text strings.Builder
	args []any
}

// Add writes parts of the text.
func (s *Statement) Add(parts ...string) {
	for _, part := range parts {
		s.text.WriteString(part)
	}
}

// Arg takes a value and returns its placeholder.
func (s *Statement) Arg(value any) string {
	s.args = append(s.args, value)
	return "$" + strconv.Itoa(len(s.args))
}

// In is the condition that a column is one of the texts.
func (s *Statement) In(column string, texts []string) string {
	places := make([]string, len(texts))
	for i, text := range texts {
		places[i] = s.Arg(text)
	}
	return column + " IN (" + strings.Join(places, ", ") + ")"
}

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Holds is the condition that a column, whose text is folded, holds all the
// words somewhere; they are folded alike.
func (s *Statement) Holds(column string, words []string) string {
	conditions := make([]string, len(words))
	for i, word := range words {
		conditions[i] = column + ` LIKE ` + s.Arg("%"+escapeLike.Replace(word)+"%") + ` ESCAPE '\'`
	}
	return strings.Join(conditions, " AND ")
}

// Text is the query so far.
func (s *Statement) Text() string { return s.text.String() }

// Args are the values of its placeholders.
func (s *Statement) Args() []any { return s.args }
