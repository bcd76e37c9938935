package page

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
		q := v.Query.At(1, "", "")
		q.Filter = UserFilter(l.Key)
		links[i].Href, links[i].Current = q.Href(), v.Query.Filter == q.Filter
	}
	links[0].Key = "all"
	return links
}

// FilterKey names the filter for the catalogue.
func (v Users) FilterKey() string {
	if v.Query.Filter == FilterAll {
		return "all"
	}
	return string(v.Query.Filter)
}
