package page

import (
	"net/url"
	"strconv"
	"strings"
)

// UserFilter is one of the four links above the list.
type UserFilter string

// The filters of the list.
const (
	FilterAll       UserFilter = ""
	FilterActive    UserFilter = "active"
	FilterInvited   UserFilter = "invited"
	FilterSuspended UserFilter = "suspended"
)

// FactorFilter narrows the list to people with or without two-factor authentication.
type FactorFilter string

// The choices of the select Two-factor.
const (
	FactorAny FactorFilter = ""
	FactorOn  FactorFilter = "on"
	FactorOff FactorFilter = "off"
)

// UserSort is what the list is ordered by.
type UserSort string

// The orders of the list. SortNewest is the usual one and belongs to no column.
const (
	SortNewest     UserSort = ""
	SortName       UserSort = "name"
	SortRole       UserSort = "role"
	SortStatus     UserSort = "status"
	SortLastActive UserSort = "last_active"
)

// PageSizes are the lengths of a page that can be chosen, the default first.
var PageSizes = []int{25, 50, 100}

// UserQuery is what the list shows, as its address says it:
//
//	/users?status=&role=&factor=&q=&sort=-name&size=50&at=<cursor>
type UserQuery struct {
	Filter     UserFilter   // status
	Role       string       // role: the id of a role
	Factor     FactorFilter // factor
	Search     string       // q: without the spaces around it
	Sort       UserSort     // sort
	Descending bool         // a "-" before the column
	Size       int          // size: one of PageSizes
	Cursor     string       // at: where the page begins, opaque; empty on the first page
}

// ParseUserQuery reads an address. What is not understood is as if it were not there.
func ParseUserQuery(values url.Values) UserQuery {
	q := UserQuery{
		Role: values.Get("role"), Search: strings.TrimSpace(values.Get("q")), Size: parseSize(values), Cursor: values.Get("at"),
	}
	switch f := UserFilter(values.Get("status")); f {
	case FilterActive, FilterInvited, FilterSuspended:
		q.Filter = f
	}
	switch f := FactorFilter(values.Get("factor")); f {
	case FactorOn, FactorOff:
		q.Factor = f
	}
	column, descending := strings.CutPrefix(values.Get("sort"), "-")
	switch s := UserSort(column); s {
	case SortName, SortRole, SortStatus, SortLastActive:
		q.Sort, q.Descending = s, descending
	}
	return q
}

// parseSize reads the parameter "size"; the usual length where it is none of PageSizes.
func parseSize(values url.Values) int {
	for _, size := range PageSizes {
		if values.Get("size") == strconv.Itoa(size) {
			return size
		}
	}
	return PageSizes[0]
}

// Href is the address of the list. What is as usual is left out.
func (q UserQuery) Href() string { return withValues(usersPath, q.values()) }

// ExportHref is the address of the whole filtered list as a file.
func (q UserQuery) ExportHref() string {
	q.Cursor, q.Size = "", PageSizes[0]
	return withValues("/users.csv", q.values())
}

// At is the same list where a page of it begins: with an empty cursor at its beginning.
func (q UserQuery) At(cursor string) UserQuery {
	q.Cursor = cursor
	return q
}

// Filtered reports whether the list leaves anybody out.
func (q UserQuery) Filtered() bool {
	return q.Filter != FilterAll || q.Role != "" || q.Factor != FactorAny || q.Search != ""
}

func (q UserQuery) values() url.Values {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("status", string(q.Filter))
	set("role", q.Role)
	set("factor", string(q.Factor))
	set("q", q.Search)
	set("sort", q.SortValue())
	set("size", q.SizeValue())
	set("at", q.Cursor)
	return values
}

// SortValue is the parameter "sort"; empty for the usual order.
func (q UserQuery) SortValue() string { return sortValue(string(q.Sort), q.Descending) }

// SizeValue is the parameter "size"; empty for the usual length.
func (q UserQuery) SizeValue() string { return sizeValue(q.Size) }

func sortValue(column string, descending bool) string {
	if descending {
		return "-" + column
	}
	return column
}

func sizeValue(size int) string {
	if size <= PageSizes[0] {
		return ""
	}
	return strconv.Itoa(size)
}

func withValues(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// PageNumbers are the pages that the pager names: the first, the last, and the ones around number.
func PageNumbers(number, of int) []int {
	var list []int
	for _, n := range []int{1, number - 1, number, number + 1, of} {
		if n >= 1 && n <= of && (len(list) == 0 || n > list[len(list)-1]) {
			list = append(list, n)
		}
	}
	return list
}

// WayBack makes the field or parameter "back" safe: it is a list of users or one of its users, where a window was
// opened and where its act leads back to. Anything else becomes the plain list.
func WayBack(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return usersPath
	}
	id, found := strings.CutPrefix(u.Path, usersPath+"/")
	if !found || !strings.HasPrefix(id, "usr_") || strings.ContainsFunc(id, notInID) {
		return listHref(u)
	}
	if list, err := url.Parse(u.Query().Get("back")); err == nil && list.Scheme == "" && list.Host == "" {
		return userHref(id, "", listHref(list))
	}
	return userHref(id, "", usersPath)
}

// WayToList is the list behind the way back, for an act after which the user's page is gone.
func WayToList(back string) string {
	u, err := url.Parse(WayBack(back))
	if err != nil {
		return usersPath
	}
	if u.Path == usersPath {
		return u.String()
	}
	return WayBack(u.Query().Get("back"))
}

const usersPath = "/users"

// listHref is the list that an address names, or the plain one.
func listHref(u *url.URL) string {
	if u.Path != usersPath {
		return usersPath
	}
	return ParseUserQuery(u.Query()).Href()
}

func notInID(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}

// userHref is the address of a user's page or of one of its windows, with the way back where it is not the plain list.
func userHref(id, act, back string) string {
	path := usersPath + "/" + id
	if act != "" {
		path += "/" + act
	}
	if back == "" || back == usersPath {
		return path
	}
	return path + "?back=" + url.QueryEscape(back)
}
