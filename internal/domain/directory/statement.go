package directory

import "strings"

// each joins what is written for every item.
func each[T any](items []T, separator string, write func(T) string) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = write(item)
	}
	return strings.Join(parts, separator)
}
