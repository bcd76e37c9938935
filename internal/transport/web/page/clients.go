package page

import "time"

// Clients is the page /clients of the operator's console. The address holds all of its state, see ClientQuery.
type Clients struct {
	Query      ClientQuery
	Counts     ClientCounts
	Countries  []Option // what the select Country offers, by name
	Categories []Option // likewise
	Rows       []ClientRow
	Page       Page
	MayEdit    bool // the page /clients/new
}

// ClientCounts are the numbers beside the tabs: of those whom country, category and search let through.
type ClientCounts struct {
	Active, Trial, Suspended int
}

// ClientRow is one client in the list. What its tab has no column for is not looked at.
type ClientRow struct {
	ID           string
	Name         string
	Country      string    // spoken; may be empty
	Category     string    // may be empty
	LastActivity time.Time // zero: never
	TrialStart   time.Time
	TrialEnd     time.Time
	DaysLeft     int // of the trial; shown where they are few
	Suspended    time.Time
	TrialOver    bool // suspended by the end of its trial
}

func (v Clients) describe() description {
	return description{template: "clients", frame: framePortal, title: "page.clients.title"}
}

// clientColumn is one column of the list of clients.
type clientColumn struct {
	key  string     // of its name in the catalogue
	sort ClientSort // SortUsual where the list cannot be ordered by it
}

// clientColumns are the columns of each tab.
var clientColumns = map[ClientTab][]clientColumn{
	TabActive:    {{"client", SortClient}, {"country", SortUsual}, {"category", SortUsual}, {"last_activity", SortLastActivity}},
	TabTrial:     {{"client", SortClient}, {"country", SortUsual}, {"trial_start", SortTrialStart}, {"trial_end", SortTrialEnd}, {"last_activity", SortLastActivity}},
	TabSuspended: {{"client", SortClient}, {"country", SortUsual}, {"suspended", SortSuspended}},
}

// usualOrder is what a tab is ordered by where the address says nothing.
var usualOrder = map[ClientTab]struct {
	sort       ClientSort
	descending bool
}{TabActive: {SortClient, false}, TabTrial: {SortTrialEnd, false}, TabSuspended: {SortSuspended, true}}

// Columns lists the heads of the table. Pressing one orders the list by it, pressing it again turns the order around.
func (v Clients) Columns() []column {
	sorted, descending := v.Query.Sort, v.Query.Descending
	if sorted == SortUsual {
		sorted, descending = usualOrder[v.Query.Tab].sort, usualOrder[v.Query.Tab].descending
	}
	var columns []column
	for _, c := range clientColumns[v.Query.Tab] {
		head := column{Key: c.key}
		if c.sort != SortUsual {
			q := v.Query.At("")
			q.Sort, q.Descending = c.sort, c.sort == SortLastActivity || c.sort == SortSuspended // the latest are looked for more often
			if c.sort == sorted {
				q.Descending = !descending
				head.Order = "ascending"
				if descending {
					head.Order = "descending"
				}
			}
			head.Href = q.Href()
		}
		columns = append(columns, head)
	}
	return columns
}

// Tabs lists the links above the list. They keep what is looked for, and begin at the first page in the tab's usual order.
func (v Clients) Tabs() []filterLink {
	var links []filterLink
	for _, t := range []struct {
		tab   ClientTab
		count int
	}{{TabActive, v.Counts.Active}, {TabTrial, v.Counts.Trial}, {TabSuspended, v.Counts.Suspended}} {
		q := v.Query.At("")
		q.Tab, q.Sort, q.Descending = t.tab, SortUsual, false
		links = append(links, filterLink{Key: string(t.tab), Href: q.Href(), Count: t.count, Current: v.Query.Tab == t.tab})
	}
	return links
}

// ClientHref is the page of a client in the list, with the way back to it.
func (v Clients) ClientHref(r ClientRow) string { return ClientHref(r.ID, "", v.Query.Href()) }

// ClearHref is the whole tab, in the same order.
func (v Clients) ClearHref() string {
	return ClientQuery{Tab: v.Query.Tab, Sort: v.Query.Sort, Descending: v.Query.Descending, Size: v.Query.Size}.Href()
}

// Sizes lists the lengths of a page, where there is something to choose.
func (v Clients) Sizes() []PageLink {
	return sizeLinks(v.Page, v.Query.Size, func(size int) string {
		q := v.Query.At("")
		q.Size = size
		return q.Href()
	})
}

// Ending tells that a trial ends so soon that the list says how soon.
func (r ClientRow) Ending() bool { return r.DaysLeft > 0 && r.DaysLeft <= 7 }
