package page

import "net/url"

// filterLink is one of the four links above the list.
type filterLink struct {
	Key     string // all, active, invited or suspended
	Href    string
	Count   int
	Current bool
}

// Filters lists the links above the table. They keep everything else and start at the first page.
func (v Users) Filters() []filterLink {
	links := []filterLink{
		{Key: string(FilterAll), Count: v.Counts.All},
		{Key: string(FilterActive), Count: v.Counts.Active},
		{Key: string(FilterInvited), Count: v.Counts.Invited},
		{Key: string(FilterSuspended), Count: v.Counts.Suspended},
	}
	for i, l := range links {
		q := v.Query.At("")
		q.Filter = UserFilter(l.Key)
		links[i].Href, links[i].Current = q.Href(), v.Query.Filter == q.Filter
	}
	links[0].Key = "all"
	return links
}

// EmptyKey names what the list was narrowed to, for the sentence that says that nobody is left.
func (v Users) EmptyKey() string {
	switch {
	case v.Query.Role != "" || v.Query.Factor != FactorAny:
		return "some"
	case v.Query.Filter == FilterAll:
		return "all"
	}
	return string(v.Query.Filter)
}

// ClearHref is the list of everybody, in the same order.
func (v Users) ClearHref() string {
	return UserQuery{Sort: v.Query.Sort, Descending: v.Query.Descending, Size: v.Query.Size}.Href()
}

// InviteHref begins an invitation with the address that was searched for.
func (v Users) InviteHref() string {
	return withValues("/users/invite", url.Values{"email": {v.Query.Search}})
}

// column is the head of one column.
type column struct {
	Key   string // of its name in the catalogue
	Href  string // orders the list by it; empty where that is not possible
	Order string // ascending or descending when the list is in its order, the value of aria-sort
}

// Columns lists the heads of the table. Pressing one orders the list by it, pressing it again turns the order around, and
// a third time leads back to the usual order.
func (v Users) Columns() []column {
	columns := []column{{Key: "user"}, {Key: "role"}, {Key: "status"}, {Key: "second_factor"}, {Key: "last_active"}}
	for i, sort := range []UserSort{SortName, SortRole, SortStatus, SortNewest, SortLastActive} {
		if sort == SortNewest {
			continue
		}
		q := v.Query.At("")
		first := sort == SortLastActive // the latest are looked for more often
		switch {
		case q.Sort != sort:
			q.Sort, q.Descending = sort, first
		case q.Descending == first:
			q.Descending = !first
		default:
			q.Sort, q.Descending = SortNewest, false
		}
		if v.Query.Sort == sort {
			columns[i].Order = "ascending"
			if v.Query.Descending {
				columns[i].Order = "descending"
			}
		}
		columns[i].Href = q.Href()
	}
	return columns
}

// Selects tells whether there is a row that can be selected, and a button to do something to it.
func (v Users) Selects() bool {
	return (v.MayResetPassword || v.MayChangeStatus) && v.FirstSelectable() != ""
}

// FirstSelectable is the id of the row whose radio button gets the focus when nobody was selected.
func (v Users) FirstSelectable() string {
	for _, r := range v.Rows {
		if len(r.acts("")) > 0 {
			return r.ID
		}
	}
	return ""
}

// BackValue is where the toolbar's windows lead back to; empty for the plain list.
func (v Users) BackValue() string {
	if back := v.Query.Href(); back != usersPath {
		return back
	}
	return ""
}

// Marks are the numbers of the pager; one without number and address is the gap between two.
func (p Page) Marks() []PageLink {
	var marks []PageLink
	for i, l := range p.Links {
		if i > 0 && l.Number > p.Links[i-1].Number+1 {
			marks = append(marks, PageLink{})
		}
		marks = append(marks, l)
	}
	return marks
}

// Sizes lists the lengths of a page, where there is something to choose.
func (v Users) Sizes() []PageLink {
	return sizeLinks(v.Page, v.Query.Size, func(size int) string {
		q := v.Query.At("")
		q.Size = size
		return q.Href()
	})
}

func sizeLinks(p Page, present int, href func(size int) string) []PageLink {
	if p.Total <= PageSizes[0] && !p.More {
		return nil
	}
	var links []PageLink
	for _, size := range PageSizes {
		links = append(links, PageLink{Number: size, Href: href(size), Current: size == max(present, PageSizes[0])})
	}
	return links
}
