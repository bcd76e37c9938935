package roster

import (
	"encoding/csv"
	"slices"
	"strings"
)

// column is one of those that a file must have.
type column int

const (
	firstName column = iota
	lastName
	email
	role
	columnCount
)

// columnNames are the names that the sample has, and that a refusal says.
var columnNames = [columnCount]string{"first name", "last name", "email", "role"}

// Columns are the names of the columns as the sample has them.
func Columns() []string { return slices.Clone(columnNames[:]) }

// spellings are what other programs call the columns, in the form of plainName.
var spellings = map[string]column{
	"firstname": firstName, "givenname": firstName, "forename": firstName,
	"lastname": lastName, "surname": lastName, "familyname": lastName,
	"email": email, "emailaddress": email, "mail": email,
	"role": role,
}

// plainName is a name without what makes no difference: case, spaces, hyphens,
// underscores, dots.
var plainName = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "", "\u00a0", "")

// layout says where in a line the columns stand, and what separates them.
type layout struct {
	separator rune
	at        [columnCount]int // -1 where the file has no such column
}

// recognise reads the line of names with each separator and takes the one that
// explains most of it. Columns that nobody asked for are left alone.
// Refusals: ErrColumnTwice, ErrColumnsMissing, ErrQuotes.
func recognise(names string) (layout, error) {
	var best layout
	most := -1
	var refusal error
	for _, separator := range []rune{',', ';', '\t'} {
		l, known, err := readNames(names, separator)
		if known > most {
			best, most, refusal = l, known, err
		}
	}
	if refusal != nil {
		return layout{}, refusal
	}
	var missing []string
	for c, name := range columnNames {
		if best.at[c] < 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return layout{}, ErrColumnsMissing.With("Columns", strings.Join(missing, ", "))
	}
	return best, nil
}

// readNames counts how many columns are known.
func readNames(names string, separator rune) (l layout, known int, err error) {
	l = layout{separator, [columnCount]int{-1, -1, -1, -1}}
	reader := csv.NewReader(strings.NewReader(names))
	reader.Comma = separator
	cells, err := reader.Read()
	if err != nil {
		return l, 0, refusalOf(err)
	}
	for i, cell := range cells {
		c, ok := spellings[plainName.Replace(strings.ToLower(cell))]
		if !ok {
			continue
		}
		if known++; l.at[c] >= 0 {
			err = ErrColumnTwice.With("Column", columnNames[c])
		}
		l.at[c] = i
	}
	return l, known, err
}
