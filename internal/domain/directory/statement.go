package directory

import (
	"strconv"
	"strings"
)

// statement is a query under construction. Its text depends on the shape of what
// is asked for alone, so that there are few texts; all values are arguments.
type statement struct {
	text strings.Builder
	args []any
}

func (s *statement) add(parts ...string) {
	for _, part := range parts {
		s.text.WriteString(part)
	}
}

// arg takes a value and returns its placeholder.
func (s *statement) arg(value any) string {
	s.args = append(s.args, value)
	return "$" + strconv.Itoa(len(s.args))
}

// each joins what is written for every item.
func each[T any](items []T, separator string, write func(T) string) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = write(item)
	}
	return strings.Join(parts, separator)
}
