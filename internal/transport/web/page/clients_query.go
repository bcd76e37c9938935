package page

import (
	"net/url"
	"strings"
)

// ClientTab is one of the three links above the list of clients, and how a client stands.
type ClientTab string

// The tabs, in their order. TabActive is the one that the plain address shows.
const (
	TabActive    ClientTab = "active"
	TabTrial     ClientTab = "trial"
	TabSuspended ClientTab = "suspended"
)

// ClientSort is what the list of clients is ordered by.
type ClientSort string

// The orders of the list. SortUsual is that of the tab; SortTrialStart and SortTrialEnd are of the tab Trial alone,
// SortSuspended of the tab Suspended.
const (
	SortUsual        ClientSort = ""
	SortClient       ClientSort = "name"
	SortLastActivity ClientSort = "last_activity"
	SortTrialStart   ClientSort = "trial_start"
	SortTrialEnd     ClientSort = "trial_end"
	SortSuspended    ClientSort = "suspended"
)

// ClientQuery is what the list of clients shows, as its address says it:
//
//	/clients?tab=trial&country=&category=&q=&sort=-name&size=50&at=<cursor>
type ClientQuery struct {
	Tab        ClientTab  // tab
	Country    string     // country: ISO 3166
	Category   string     // category
	Search     string     // q: without the spaces around it
	Sort       ClientSort // sort
	Descending bool       // a "-" before the column
	Size       int        // size: one of PageSizes
	Cursor     string     // at: where the page begins, opaque; empty on the first page
}

const clientsPath = "/clients"

// ParseClientQuery reads an address. What is not understood is as if it were not there.
func ParseClientQuery(values url.Values) ClientQuery {
	q := ClientQuery{
		Tab: TabActive, Country: values.Get("country"), Category: values.Get("category"),
		Search: strings.TrimSpace(values.Get("q")), Size: parseSize(values), Cursor: values.Get("at"),
	}
	switch tab := ClientTab(values.Get("tab")); tab {
	case TabTrial, TabSuspended:
		q.Tab = tab
	}
	name, descending := strings.CutPrefix(values.Get("sort"), "-")
	for _, c := range clientColumns[q.Tab] {
		if c.sort != SortUsual && string(c.sort) == name {
			q.Sort, q.Descending = c.sort, descending
		}
	}
	return q
}

// Href is the address of the list. What is as usual is left out.
func (q ClientQuery) Href() string {
	values := url.Values{}
	for name, value := range map[string]string{
		"tab": q.TabValue(), "country": q.Country, "category": q.Category, "q": q.Search, "sort": q.SortValue(), "size": sizeValue(q.Size), "at": q.Cursor,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return withValues(clientsPath, values)
}

// At is the same list where a page of it begins: with an empty cursor at its beginning.
func (q ClientQuery) At(cursor string) ClientQuery {
	q.Cursor = cursor
	return q
}

// Filtered reports whether the list leaves any client of its tab out.
func (q ClientQuery) Filtered() bool { return q.Country != "" || q.Category != "" || q.Search != "" }

// TabValue is the parameter "tab"; empty for the tab that the plain address shows.
func (q ClientQuery) TabValue() string {
	if q.Tab == TabActive {
		return ""
	}
	return string(q.Tab)
}

// SortValue is the parameter "sort"; empty for the usual order.
func (q ClientQuery) SortValue() string { return sortValue(string(q.Sort), q.Descending) }

// SizeValue is the parameter "size"; empty for the usual length.
func (q ClientQuery) SizeValue() string { return sizeValue(q.Size) }

// ClientList makes the field or parameter "back" of a client's windows safe: it is the list behind them, as it was when the
// client's page was opened. The client's own page stands for the list behind it; anything else becomes the plain list.
func ClientList(back string) string {
	u, err := url.Parse(back)
	switch {
	case err != nil || u.Scheme != "" || u.Host != "":
		return clientsPath
	case u.Path == clientsPath:
		return ParseClientQuery(u.Query()).Href()
	case strings.HasPrefix(u.Path, clientsPath+"/org_"):
		list, err := url.Parse(u.Query().Get("back"))
		if err == nil && list.Scheme == "" && list.Host == "" && list.Path == clientsPath {
			return ParseClientQuery(list.Query()).Href()
		}
	}
	return clientsPath
}

// ClientHref is the address of a client's page or of one of its windows, with the list behind it where it is not the plain one.
func ClientHref(id, act, back string) string {
	path := clientsPath + "/" + url.PathEscape(id)
	if act != "" {
		path += "/" + act
	}
	if back = ClientList(back); back == clientsPath {
		return path
	}
	return path + "?back=" + url.QueryEscape(back)
}
