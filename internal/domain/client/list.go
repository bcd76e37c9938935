package client

import (
	"context"
	"slices"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/paging"
)

// Counts are the numbers of clients by how they stand.
type Counts struct{ Active, Trial, Suspended int }

// All is the number of all clients.
func (c Counts) All() int { return c.Active + c.Trial + c.Suspended }

func (c *Counts) add(tab Standing, clients int) {
	switch tab {
	case Active:
		c.Active += clients
	case Trial:
		c.Trial += clients
	case Suspended:
		c.Suspended += clients
	}
}

// List is one page of clients with what surrounds it.
type List struct {
	Clients    []Client
	Counts     Counts   // by tab, of which country, category and search let through
	Countries  []string // that some client has
	Categories []string // likewise, in alphabetical order
	paging.Page
}

// List returns one page of the clients. Fault: access.ErrForbidden.
func (s *Service) List(ctx context.Context, actor access.Actor, q Query) (list List, err error) {
	if err := require(actor, access.ClientsView); err != nil {
		return List{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list = List{Page: paging.Page{Size: paging.SizeOf(q.Size)}}
		if err := list.survey(ctx, tx, q); err != nil {
			return err
		}
		if list.Total, err = count(ctx, tx, q); err != nil {
			return err
		}
		if q.Search != "" {
			if list.Counts, err = countFound(ctx, tx, q); err != nil {
				return err
			}
		}
		r := reading{tx: tx, query: q, order: q.order(), met: map[string]Client{}}
		marks, err := list.Fill(q.Cursor, r.order.paging(q.Tab), func(from *paging.Mark, reverse bool, want int) ([]paging.Mark, error) {
			return r.read(ctx, from, reverse, want)
		})
		for _, m := range marks {
			list.Clients = append(list.Clients, r.met[m.ID])
		}
		return err
	})
	return list, err
}

// survey counts the clients by tab, country and category.
func (list *List) survey(ctx context.Context, tx *db.Tx, q Query) error {
	err := db.Each(ctx, tx, func(row db.Row) error {
		var country, category string
		var tab Standing
		var clients int
		if err := row.Scan(&country, &category, &tab, &clients); err != nil {
			return err
		}
		if country != "" && !slices.Contains(list.Countries, country) {
			list.Countries = append(list.Countries, country)
		}
		if category != "" && !slices.Contains(list.Categories, category) {
			list.Categories = append(list.Categories, category)
		}
		if (q.Country == "" || q.Country == country) && (q.Category == "" || q.Category == category) {
			list.Counts.add(tab, clients)
		}
		return nil
	}, `SELECT country, category, tab, count(*) FROM (
		SELECT o.country, o.category, CASE WHEN `+organization.Closed("$1")+` THEN 'suspended' WHEN o.trial_ends_at IS NULL THEN 'active' ELSE 'trial' END AS tab
		FROM organizations o WHERE o.kind = 'client') AS clients GROUP BY country, category, tab`, tx.Now)
	slices.SortFunc(list.Categories, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return err
}

// count counts the clients that match; there are thousands at most.
func count(ctx context.Context, tx *db.Tx, q Query) (n int, err error) {
	var st db.Statement
	st.Add("SELECT count(*) FROM organizations o WHERE o.kind = 'client'")
	q.where(&st, tx.Now)
	err = tx.QueryRow(ctx, st.Text(), st.Args()...).Scan(&n)
	return n, err
}

// countFound counts the clients of each tab that match: whoever looks for one may not
// know how it stands.
func countFound(ctx context.Context, tx *db.Tx, q Query) (found Counts, err error) {
	for tab := range tabs {
		q.Tab = tab
		n, err := count(ctx, tx, q)
		if err != nil {
			return Counts{}, err
		}
		found.add(tab, n)
	}
	return found, nil
}

// reading reads one list.
type reading struct {
	tx    *db.Tx
	query Query
	order order
	met   map[string]Client // by id, whom the marks stand for
}

// read returns the next marks of the list from a mark on, or from its end.
func (r reading) read(ctx context.Context, from *paging.Mark, reverse bool, want int) ([]paging.Mark, error) {
	var st db.Statement
	st.Add(columns)
	r.query.where(&st, r.tx.Now)
	sign, direction := " > ", ""
	if r.order.descending != reverse {
		sign, direction = " < ", " DESC"
	}
	if from != nil {
		st.Add(" AND (", r.order.expression, ", o.id)", sign, "(", st.Arg(r.order.argument(from.Key)), ", ", st.Arg(from.ID), ")")
	}
	st.Add(" ORDER BY ", r.order.expression, direction, ", o.id", direction, " LIMIT ", st.Arg(want))
	found, err := db.Collect(ctx, r.tx, scanAt(r.tx.Now), st.Text(), st.Args()...)
	marks := make([]paging.Mark, len(found))
	for i, c := range found {
		marks[i], r.met[c.ID] = paging.Mark{Key: r.order.key(c), ID: c.ID}, c
	}
	return marks, err
}

// All returns every client, the oldest first, for the command line.
// Fault: access.ErrForbidden.
func (s *Service) All(ctx context.Context, actor access.Actor) (all []Client, err error) {
	if err := require(actor, access.ClientsView); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err = db.Collect(ctx, tx, scanAt(tx.Now), columns+` ORDER BY o.created_at, o.id`)
		return err
	})
	return all, err
}
