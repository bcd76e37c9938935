package directory

import (
	"idkit/internal/domain/user"
)

// Sort is what the list is ordered by.
type Sort string

// The orders of the list. People of equal rank stand by name where the order is
// role or status, and otherwise by the time when they came.
const (
	SortNewest     Sort = "" // the newest first, or the oldest if Descending turns it around
	SortName       Sort = "name"
	SortRole       Sort = "role" // by its name
	SortStatus     Sort = "status"
	SortLastActive Sort = "last_active" // who never was comes before everybody who was
)

// Factor narrows the list by second factor.
type Factor string

// The choices. Who is invited has no account yet and is in neither.
const (
	FactorAny Factor = ""
	FactorOn  Factor = "on"
	FactorOff Factor = "off"
)

// Query says which users to list and where the page begins. What it asks for
// and does not exist, such as a status or a role, matches nobody.
type Query struct {
	Status     user.Status // empty: all
	RoleID     string      // empty: all
	Factor     Factor
	Search     string // words that all stand in name or address, whatever their case and accents; or a whole user id
	Sort       Sort
	Descending bool
	Size       int    // one of paging.Sizes; anything else is the usual one
	Cursor     string // from List.At; empty or nonsense: the first page
}

// group is what the kept counts tell apart.
type group struct {
	roleID       string
	status       user.Status
	secondFactor bool
}

// asks reports whether the query's filters let the group through.
func (q Query) asks(g group) bool {
	return (q.Status == "" || q.Status == g.status) && (q.RoleID == "" || q.RoleID == g.roleID) && q.asksFactor(g)
}

func (q Query) asksFactor(g group) bool {
	switch q.Factor {
	case FactorOn:
		return g.secondFactor
	case FactorOff:
		return !g.secondFactor && g.status != user.Invited
	}
	return true
}

// narrowed reports whether the filters leave anybody out.
func (q Query) narrowed() bool { return q.Status != "" || q.RoleID != "" || q.Factor != FactorAny }
