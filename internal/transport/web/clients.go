package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/person"
	"idkit/internal/transport/web/page"
)

// clients shows the list of clients to an operator. All of its state stands in the address.
func (r *request) clients() error {
	q := page.ParseClientQuery(r.URL.Query())
	list, err := r.front.Clients.List(r.Context(), r.current.Actor, clientQuery(q))
	if err != nil {
		return err
	}
	view := page.Clients{
		Query: q, Counts: page.ClientCounts{Active: list.Counts.Active, Trial: list.Counts.Trial, Suspended: list.Counts.Suspended},
		Categories: asTyped(list.Categories), MayEdit: r.current.Actor.Permissions.Has(access.ClientsEdit),
		Page: pageOf(list.Page, func(cursor string) string { return q.At(cursor).Href() }),
	}
	for _, code := range list.Countries {
		view.Countries = append(view.Countries, page.Option{Value: code, Label: r.country(code)})
	}
	slices.SortFunc(view.Countries, func(a, b page.Option) int { return cmp.Compare(a.Label, b.Label) })
	for _, c := range list.Clients {
		view.Rows = append(view.Rows, r.clientRow(c))
	}
	return r.show(http.StatusOK, view)
}

func clientQuery(q page.ClientQuery) client.Query {
	return client.Query{
		Tab: client.Standing(q.Tab), Country: q.Country, Category: q.Category, Search: q.Search,
		Sort: client.Sort(q.Sort), Descending: q.Descending, Size: q.Size, Cursor: q.Cursor,
	}
}

func (r *request) clientRow(c client.Client) page.ClientRow {
	row := page.ClientRow{ID: c.ID, Name: c.Name, Country: r.country(c.Country), Category: c.Category}
	if c.LastActiveAt != nil {
		row.LastActivity = *c.LastActiveAt
	}
	if c.Trial != nil {
		row.TrialStart, row.TrialEnd, row.DaysLeft = c.Trial.StartedAt, c.Trial.EndsAt, r.daysUntil(c.Trial.EndsAt)
	}
	if c.Suspension != nil {
		row.Suspended, row.TrialOver = c.Suspension.At, c.Suspension.Because == client.ByTrialEnd
	}
	return row
}

// daysUntil counts days that have begun; zero once the moment is past.
func (r *request) daysUntil(at time.Time) int {
	return max(0, int((at.Sub(r.front.Now())+24*time.Hour-1)/(24*time.Hour)))
}

// country is what a country is called; empty where none was entered.
func (r *request) country(code string) string {
	if code == "" {
		return ""
	}
	return person.RegionName(code, r.speaker().Language())
}

// countryOptions are all countries, by name.
func (r *request) countryOptions() (options []page.Option) {
	for _, region := range person.Regions(r.speaker().Language()) {
		options = append(options, page.Option{Value: region.Code, Label: region.Name})
	}
	return options
}

// categoryOptions are the categories that clients have, to choose from while typing.
func (r *request) categoryOptions() ([]page.Option, error) {
	list, err := r.front.Clients.List(r.Context(), r.current.Actor, client.Query{Tab: client.Active})
	return asTyped(list.Categories), err
}

// asTyped offers words as they are.
func asTyped(words []string) (options []page.Option) {
	for _, word := range words {
		options = append(options, page.Option{Value: word, Label: word})
	}
	return options
}

// newClient shows the form of a new client, in a page or in a dialog.
func (r *request) newClient() error { return r.showNewClient(http.StatusOK, problem{}) }

func (r *request) showNewClient(status int, p problem) error {
	categories, err := r.categoryOptions()
	if err != nil {
		return err
	}
	return r.show(status, page.NewClient{
		Problem: p.Text, Organization: r.typed(p, "organization"), Country: r.typed(p, "country"), Countries: r.countryOptions(),
		Category: r.typed(p, "category"), Categories: categories, OnTrial: r.value("standing") == string(page.TabTrial), TrialEnds: r.typed(p, "trial_ends"),
		FirstName: r.typed(p, "first_name"), LastName: r.typed(p, "last_name"), Email: r.typed(p, "email"), MailMissing: !r.front.Outbox.Ready(),
	})
}

func (r *request) postNewClient() error {
	made, err := r.front.Clients.Create(r.Context(), r.current.Actor, client.Draft{
		Details: client.Details{Name: r.value("organization"), Country: r.value("country"), Category: r.value("category")},
		OnTrial: r.value("standing") == string(page.TabTrial), TrialEnds: r.value("trial_ends"),
		FirstName: r.value("first_name"), LastName: r.value("last_name"), Email: r.value("email"),
	})
	if err != nil {
		return r.formRefused(err, r.showNewClient)
	}
	done := flash{Key: "web.client.made", Values: map[string]any{"Name": made.Client.Name, "Email": made.First.Email}}
	if !r.front.Outbox.Ready() {
		done.Key = "web.client.made_without_mail"
	}
	r.setFlash(done)
	return r.redirect(page.ClientHref(made.Client.ID, "", strings.TrimSpace(r.value("back"))))
}
