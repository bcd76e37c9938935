package roster

import "io"

// Person is one row as the parser reads it.
type Person struct {
	Line                             int
	FirstName, LastName, Email, Role string
}

// Parse reads a whole file.
func Parse(file io.Reader) (people []Person, err error) {
	err = parse(file, func(r record) {
		people = append(people, Person{r.line, r.firstName, r.lastName, r.email, r.role})
	})
	return people, err
}

// What tests move the clock by.
const (
	LeaseTime     = leaseTime
	CheckLifetime = checkLifetime
	Retention     = retention
)
