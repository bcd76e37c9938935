package client_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/client"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
)

// crowd makes clients of every standing, so that pages, orders and counts have
// something to be wrong about.
func (h house) crowd(t testing.TB, n int) {
	t.Helper()
	now := h.Clock.Now()
	h.Write(t, func(ctx context.Context, tx *db.Tx) error {
		for i := range n {
			o, _, err := organization.Create(ctx, tx, organization.Client, fmt.Sprintf("Cliént %03d", n-i))
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE organizations SET country = $2, category = $3, last_active_at = $4 WHERE id = $1`,
				o.ID, []string{"AU", "DE"}[i%2], []string{"Retail", "Bank", "Travel"}[i%3], now.Add(-time.Duration(i)*time.Hour)); err != nil {
				return err
			}
			switch i % 5 {
			case 1:
				_, err = tx.Exec(ctx, `UPDATE organizations SET trial_started_at = $2, trial_ends_at = $3 WHERE id = $1`, o.ID, now, now.Add(time.Duration(i+1)*time.Hour))
			case 2: // over, and not written down yet
				_, err = tx.Exec(ctx, `UPDATE organizations SET trial_started_at = $2, trial_ends_at = $2 WHERE id = $1`, o.ID, now.Add(-time.Duration(i)*time.Hour))
			case 3:
				_, err = tx.Exec(ctx, `UPDATE organizations SET status = 'suspended', suspended_at = $2, suspended_because = 'vendor', suspended_by = '', suspended_reason = '' WHERE id = $1`, o.ID, now.Add(-time.Duration(i)*time.Hour))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (h house) list(t testing.TB, q client.Query) client.List {
	t.Helper()
	list, err := h.Clients.List(t.Context(), h.operator, q)
	domaintest.MustNot(t, err)
	return list
}

// TestEveryClientIsOnOnePageOfOneTab walks each tab in each order, forwards and back.
func TestEveryClientIsOnOnePageOfOneTab(t *testing.T) {
	h := newHouse(t)
	h.crowd(t, 400)
	all := 0
	for tab, want := range map[client.Standing]int{client.Active: 161, client.Trial: 80, client.Suspended: 160} { // Northwind is active, too
		for _, sort := range append(client.Sorts(tab), client.SortUsual) {
			for _, descending := range []bool{false, true} {
				q := client.Query{Tab: tab, Sort: sort, Descending: descending, Size: 25}
				forwards := h.walk(t, q)
				if len(forwards) != want || len(slices.Compact(slices.Sorted(slices.Values(forwards)))) != want {
					t.Fatalf("%+v shows %d clients, want each of %d once", q, len(forwards), want)
				}
			}
		}
		all += want
	}
	if counts := h.list(t, client.Query{Tab: client.Trial}).Counts; counts.All() != all || counts != (client.Counts{Active: 161, Trial: 80, Suspended: 160}) {
		t.Errorf("the tabs count %+v", counts)
	}
}

// walk reads a list page by page, and back, and returns the ids in its order.
func (h house) walk(t testing.TB, q client.Query) (ids []string) {
	t.Helper()
	var back []string
	for {
		list := h.list(t, q)
		for _, c := range list.Clients {
			if c.Standing() != q.Tab {
				t.Fatalf("%s is %s on the tab %s", c.Name, c.Standing(), q.Tab)
			}
			ids = append(ids, c.ID)
		}
		cursor, more := list.At(list.Number + 1)
		if !more {
			break
		}
		q.Cursor = cursor
	}
	for {
		list := h.list(t, q)
		page := make([]string, 0, len(list.Clients))
		for _, c := range list.Clients {
			page = append(page, c.ID)
		}
		back = append(page, back...)
		if list.Number == 1 {
			break
		}
		q.Cursor, _ = list.At(list.Number - 1)
	}
	if !slices.Equal(ids, back) {
		t.Fatalf("%+v: back is another list than forwards", q)
	}
	return ids
}

func TestClientsAreFoundAndNarrowed(t *testing.T) {
	h := newHouse(t)
	h.crowd(t, 60)
	list := h.list(t, client.Query{Tab: client.Active, Search: " CLIENT 0 "})
	if list.Total != 24 || !slices.Equal(list.Countries, []string{"AU", "DE"}) && !slices.Equal(list.Countries, []string{"DE", "AU"}) || !slices.Equal(list.Categories, []string{"Bank", "Retail", "Travel"}) {
		t.Errorf("found are %d, of %v, %v", list.Total, list.Countries, list.Categories)
	}
	id := list.Clients[0].ID
	if found := h.list(t, client.Query{Tab: client.Active, Search: id}); found.Total != 1 || found.Clients[0].ID != id {
		t.Errorf("by its id are found %d", found.Total)
	}
	if elsewhere := h.list(t, client.Query{Tab: client.Suspended, Search: id}); elsewhere.Total != 0 || elsewhere.Counts != (client.Counts{Active: 1}) {
		t.Errorf("on another tab it is counted as %+v", elsewhere.Counts)
	}
	for _, nonsense := range []string{"%", "_", `\`, "org_", "' OR 1=1 --", "\xff"} {
		for _, q := range []client.Query{{Search: nonsense}, {Country: nonsense}, {Category: nonsense + "\x00"}} {
			q.Tab = client.Active
			if found := h.list(t, q); found.Total != 0 {
				t.Errorf("%+v finds %d", q, found.Total)
			}
		}
	}
	narrowed := h.list(t, client.Query{Tab: client.Trial, Country: "DE", Category: "Bank"})
	for _, c := range narrowed.Clients {
		if c.Country != "DE" || c.Category != "Bank" {
			t.Errorf("%s of %s is among the banks of Germany", c.Category, c.Country)
		}
	}
	if narrowed.Total == 0 || narrowed.Total != narrowed.Counts.Trial {
		t.Errorf("%d are listed, %d counted", narrowed.Total, narrowed.Counts.Trial)
	}
}

// TestTheListIsOrdered: the usual order of each tab is the one that an operator looks for.
func TestTheListIsOrdered(t *testing.T) {
	h := newHouse(t)
	h.crowd(t, 40)
	byName := h.list(t, client.Query{Tab: client.Active}).Clients
	if !slices.IsSortedFunc(byName, func(a, b client.Client) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("active clients are not in the order of their names")
	}
	if !slices.IsSortedFunc(h.list(t, client.Query{Tab: client.Trial}).Clients, func(a, b client.Client) int { return a.Trial.EndsAt.Compare(b.Trial.EndsAt) }) {
		t.Error("the trial that ends first is not the first")
	}
	if !slices.IsSortedFunc(h.list(t, client.Query{Tab: client.Suspended}).Clients, func(a, b client.Client) int { return b.Suspension.At.Compare(a.Suspension.At) }) {
		t.Error("the newest suspension is not the first")
	}
	activity := h.list(t, client.Query{Tab: client.Active, Sort: client.SortLastActivity, Descending: true}).Clients
	if !slices.IsSortedFunc(activity, func(a, b client.Client) int { return lastActive(b).Compare(lastActive(a)) }) {
		t.Error("the clients are not in the order of their activity")
	}
}

func lastActive(c client.Client) time.Time {
	if c.LastActiveAt != nil {
		return *c.LastActiveAt
	}
	return c.CreatedAt
}

// TestLastActivityFollowsItsPeople, within the hour, and costs no write of its own.
func TestLastActivityFollowsItsPeople(t *testing.T) {
	h := newHouse(t)
	id := h.made(t).ID
	b := h.joined(t)
	joined := *h.portrait(t, id).LastActiveAt
	h.Clock.Advance(20 * time.Minute)
	b.Must(t)
	if at := *h.portrait(t, id).LastActiveAt; !at.Equal(joined) {
		t.Errorf("after 20 minutes it is written anew: %v", at)
	}
	for range 3 {
		h.Clock.Advance(20 * time.Minute)
		b.Must(t)
	}
	now := h.Clock.Now()
	if at := *h.portrait(t, id).LastActiveAt; now.Sub(at) > time.Hour {
		t.Errorf("it is %v behind", now.Sub(at))
	}
}
