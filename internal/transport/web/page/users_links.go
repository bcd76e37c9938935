package page

import (
	"net/url"
	"strconv"
)

// filterLink is one of the four links above the list.
type filterLink struct {
	Key     string // all, active, invited or suspended
	Href    string
	Count   int
	Current bool
}

// pageLink is one number of the pager; without a number it is the gap between two.
type pageLink struct {
	Number  int
	Href    string
	Current bool
}

// Filters lists the links above the table. They keep the search and start at the first page.
func (v Users) Filters() []filterLink {
	links := []filterLink{
		{Key: string(FilterAll), Count: v.Counts.All},
		{Key: string(FilterActive), Count: v.Counts.Active},
		{Key: string(FilterInvited), Count: v.Counts.Invited},
		{Key: string(FilterSuspended), Count: v.Counts.Suspended},
	}
	for i, l := range links {
		links[i].Href = v.href(UserFilter(l.Key), 1)
		links[i].Current = v.Filter == UserFilter(l.Key)
	}
	links[0].Key = "all"
	return links
}

// FilterKey names the filter for the catalogue.
func (v Users) FilterKey() string {
	if v.Filter == FilterAll {
		return "all"
	}
	return string(v.Filter)
}

// Pages lists the first, the last and the pages around the current one.
func (v Users) Pages() []pageLink {
	var links []pageLink
	for n := 1; n <= v.Page.Of; n++ {
		near := n >= v.Page.Number-1 && n <= v.Page.Number+1
		switch {
		case n == v.Page.Number:
			links = append(links, pageLink{Number: n, Current: true})
		case n == 1 || n == v.Page.Of || near:
			links = append(links, pageLink{Number: n, Href: v.href(v.Filter, n)})
		case links[len(links)-1].Number != 0:
			links = append(links, pageLink{})
		}
	}
	return links
}

// Previous is the page before; empty on the first one.
func (v Users) Previous() string {
	if v.Page.Number <= 1 {
		return ""
	}
	return v.href(v.Filter, v.Page.Number-1)
}

// Next is the page after; empty on the last one.
func (v Users) Next() string {
	if v.Page.Number >= v.Page.Of {
		return ""
	}
	return v.href(v.Filter, v.Page.Number+1)
}

// href is the list with all its state in the address.
func (v Users) href(filter UserFilter, page int) string {
	q := url.Values{}
	if filter != FilterAll {
		q.Set("status", string(filter))
	}
	if v.Search != "" {
		q.Set("q", v.Search)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/users"
	}
	return "/users?" + q.Encode()
}

// Pending is an invitation that has not been answered: nothing to say yet about a second factor.
func (r UserRow) Pending() bool {
	return r.State == StateInvited || r.State == StateInviteExpired || r.State == StateInviteUndelivered
}
