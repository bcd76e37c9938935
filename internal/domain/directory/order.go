package directory

import (
	"cmp"
	"slices"
	"time"

	"idkit/internal/domain/user"
	"idkit/internal/platform/language"
	"idkit/internal/platform/paging"
)

// mark is the place of one user in the order of a list.
type mark = paging.Mark

// column is what a segment of the list is ordered by, with the id for equals.
type column string

const (
	columnID     column = "id"
	columnName   column = "name_key"
	columnActive column = "active_key"
)

// order is a list's segments, one after the other, and the order within each.
type order struct {
	query      Query
	column     column
	descending bool
	segments   []segment
}

// segment is a part of the list: everybody of one role or status, or the whole.
type segment struct {
	label  string // the role or status; empty for the whole
	query  Query  // narrowed to the segment
	people population
}

// orderOf lays out the list of those whom the filters let through.
func orderOf(q Query, people population, roles []user.Role) order {
	o := order{query: q, column: columnName}
	switch q.Sort {
	case SortName, SortLastActive:
		o.descending = q.Descending
		o.add("", q)
		if q.Sort == SortLastActive {
			o.column = columnActive
		}
	case SortStatus:
		for _, status := range []user.Status{user.Active, user.Invited, user.Suspended} {
			part := q
			part.Status = status
			o.add(string(status), part)
		}
	case SortRole:
		for _, role := range byName(roles) {
			part := q
			part.RoleID = role.ID
			o.add(role.ID, part)
		}
	default:
		o.column, o.descending = columnID, !q.Descending
		o.add("", q)
	}
	return o.of(people)
}

func (o *order) add(label string, q Query) {
	o.segments = append(o.segments, segment{label: label, query: q})
}

// of leaves out the segments that the filters empty, and turns the others around where that is asked for.
func (o order) of(people population) order {
	whole := o.segments
	o.segments = nil
	for _, s := range whole {
		part := population{}
		for g, users := range people {
			if s.query.asks(g) {
				part[g] = users
			}
		}
		if s.people = part; len(part) > 0 {
			o.segments = append(o.segments, s)
		}
	}
	if o.query.Descending {
		slices.Reverse(o.segments)
	}
	return o
}

func byName(roles []user.Role) []user.Role {
	sorted := slices.Clone(roles)
	slices.SortFunc(sorted, func(a, b user.Role) int {
		return cmp.Or(cmp.Compare(language.Fold(a.Name), language.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return sorted
}

// name tells the order in a cursor.
func (o order) name() string {
	name := string(o.query.Sort)
	if o.query.Descending {
		name = "-" + name
	}
	return name
}

// at finds the segment that a mark lies in; a mark from a segment that is gone is not found.
func (o order) at(m mark) int {
	return slices.IndexFunc(o.segments, func(s segment) bool { return s.label == m.Segment })
}

// compare orders two marks of one segment.
func (o order) compare(a, b mark) int {
	c := cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
	if o.descending {
		return -c
	}
	return c
}

// keyTime writes an instant as a key: keys compare as texts.
const keyTime = "2006-01-02T15:04:05.000000Z"

// reads reports whether the key of a cursor can be one of this order.
func (o order) reads(key string) bool {
	if o.column != columnActive {
		return true
	}
	at, err := time.Parse(keyTime, key)
	return err == nil && at.Year() >= 1970
}

// argument is the key as the column has it.
func (o order) argument(key string) any {
	if o.column != columnActive {
		return key
	}
	at, _ := time.Parse(keyTime, key) // that it can be read was checked by reads
	return at
}
