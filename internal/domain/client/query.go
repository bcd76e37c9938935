package client

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/paging"
)

// Sort is what the list is ordered by.
type Sort string

// The orders of the list; SortUsual is that of the tab: by name, on the tab Trial
// by its end, on the tab Suspended by the newest suspension.
const (
	SortUsual        Sort = ""
	SortName         Sort = "name"
	SortLastActivity Sort = "last_activity" // a client that was never used counts from when it was made
	SortTrialStart   Sort = "trial_start"
	SortTrialEnd     Sort = "trial_end"
	SortSuspended    Sort = "suspended"
)

// Query says which clients to list and where the page begins. What it asks for and
// does not exist matches nobody.
type Query struct {
	Tab        Standing
	Country    string // empty: all
	Category   string // empty: all
	Search     string // words that all stand in the name, whatever their case and accents; or a whole id
	Sort       Sort
	Descending bool
	Size       int    // one of paging.Sizes; anything else is the usual one
	Cursor     string // from List.At; empty or nonsense: the first page
}

// searchLimit bounds what is looked for, in bytes.
const searchLimit = 512

var wholeID = regexp.MustCompile(`^org_[0-9a-v]{26}$`)

// tabs are the conditions of the tabs.
var tabs = map[Standing]func(st *db.Statement, now time.Time) string{
	Active: func(*db.Statement, time.Time) string { return "o.status = 'active' AND o.trial_ends_at IS NULL" },
	Trial: func(st *db.Statement, now time.Time) string {
		return "o.status = 'active' AND o.trial_ends_at > " + st.Arg(now)
	},
	Suspended: func(st *db.Statement, now time.Time) string { return organization.Closed(st.Arg(now)) },
}

// where adds the conditions of the query to a statement about organizations as o.
func (q Query) where(st *db.Statement, now time.Time) {
	if tab, known := tabs[q.Tab]; known {
		st.Add(" AND ", tab(st, now))
	}
	if q.Country != "" {
		st.Add(" AND o.country = ", st.Arg(storable(q.Country)))
	}
	if q.Category != "" {
		st.Add(" AND o.category = ", st.Arg(storable(q.Category)))
	}
	typed := strings.TrimSpace(q.Search)
	words := strings.Fields(language.Fold(typed[:min(len(typed), searchLimit)]))
	switch {
	case wholeID.MatchString(typed):
		st.Add(" AND o.id = ", st.Arg(typed))
	case len(words) > 0:
		st.Add(" AND ", st.Holds("o.name_key", words))
	}
}

// storable is a text as a database takes it; one that was changed for it is nobody's.
func storable(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", "\ufffd"), "\ufffd")
}

// order is what a list is ordered by.
type order struct {
	sort       Sort
	expression string              // of the key in SQL
	key        func(Client) string // the same of a client that was read
	time       bool                // the key is a moment
	descending bool
}

// keyTime writes an instant as a key.
const keyTime = "2006-01-02T15:04:05.000000Z"

func timeKey(at time.Time) string { return at.UTC().Format(keyTime) }

// orders are the ways to order a list. Each is of a tab whose clients have that key.
var orders = map[Sort]order{
	SortName:         {expression: "o.name_key", key: func(c Client) string { return c.nameKey }},
	SortLastActivity: {expression: "coalesce(o.last_active_at, o.created_at)", key: lastActivityKey, time: true},
	SortTrialStart:   {expression: "o.trial_started_at", key: func(c Client) string { return timeKey(c.Trial.StartedAt) }, time: true},
	SortTrialEnd:     {expression: "o.trial_ends_at", key: func(c Client) string { return timeKey(c.Trial.EndsAt) }, time: true},
	SortSuspended:    {expression: "coalesce(o.suspended_at, o.trial_ends_at)", key: func(c Client) string { return timeKey(c.Suspension.At) }, time: true},
}

func lastActivityKey(c Client) string {
	if c.LastActiveAt != nil {
		return timeKey(*c.LastActiveAt)
	}
	return timeKey(c.CreatedAt)
}

// Sorts are the orders that the list of a tab can have, beside its usual one.
func Sorts(tab Standing) []Sort {
	switch tab {
	case Trial:
		return []Sort{SortName, SortTrialStart, SortTrialEnd, SortLastActivity}
	case Suspended:
		return []Sort{SortName, SortSuspended}
	}
	return []Sort{SortName, SortLastActivity}
}

// order is what the query asks for; one that its tab does not have is the usual one.
func (q Query) order() order {
	sort, descending := q.Sort, q.Descending
	if !slices.Contains(Sorts(q.Tab), sort) {
		switch q.Tab {
		case Trial:
			sort, descending = SortTrialEnd, false
		case Suspended:
			sort, descending = SortSuspended, true
		default:
			sort, descending = SortName, false
		}
	}
	o := orders[sort]
	o.sort, o.descending = sort, descending
	return o
}

// paging is the order as a cursor knows it.
func (o order) paging(tab Standing) paging.Order {
	name := string(tab) + ":" + string(o.sort)
	if o.descending {
		name = "-" + name
	}
	return paging.Order{Name: name, Reads: o.reads}
}

// reads reports whether the key of a cursor can be one of this order.
func (o order) reads(key string) bool {
	if !o.time {
		return true
	}
	at, err := time.Parse(keyTime, key)
	return err == nil && at.Year() >= 1970
}

// argument is the key as the database has it.
func (o order) argument(key string) any {
	if !o.time {
		return key
	}
	at, _ := time.Parse(keyTime, key) // that it can be read was checked by reads
	return at
}
