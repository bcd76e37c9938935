package directory

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/paging"
)

const (
	// countLimit is how far the matches of a search are counted.
	countLimit = 1000
	// fewUsers are looked through one by one sooner than an index is asked.
	fewUsers = 300
	// walkFor and walkForFarther are how many users are looked at for each one wanted before the index is asked after all.
	// In the order of ids neighbours lie together in the table; in another order each is a jump, and what is searched for
	// may decide where in it matches lie.
	walkFor        = 600
	walkForFarther = 100
	// shortBudget is how many users are looked at to count the matches of words that no index knows.
	shortBudget = 5_000
)

// lister reads one list within one transaction or outside any.
type lister struct {
	tx             *db.Tx
	organizationID string
	query          Query
	search         search
	population     population // of the organization
	roles          []user.Role
	order          order
	index          index
	rare           bool // so few match that finding them all is the shorter way to a page
}

func newLister(ctx context.Context, tx *db.Tx, organizationID string, q Query) (*lister, error) {
	l := &lister{tx: tx, organizationID: organizationID, query: q, search: parseSearch(q.Search)}
	var err error
	if l.index, err = indexOf(ctx, tx); err != nil {
		return nil, err
	}
	if l.population, err = countUsers(ctx, tx, organizationID); err != nil {
		return nil, err
	}
	if l.roles, err = rolesOf(ctx, tx, organizationID); err != nil {
		return nil, err
	}
	l.order = orderOf(q, l.population.of(q), l.roles)
	return l, nil
}

func rolesOf(ctx context.Context, tx *db.Tx, organizationID string) ([]user.Role, error) {
	scan := func(row db.Row) (r user.Role, err error) {
		var permissions string
		err = row.Scan(&r.ID, &r.Name, &r.Kind, &permissions)
		r.Permissions = access.OfRole(r.Kind, permissions)
		return r, err
	}
	roles, err := db.Collect(ctx, tx, scan, `SELECT id, name, kind, permissions FROM roles WHERE organization_id = $1`, organizationID)
	return byName(roles), err
}

// total counts who matches. It stops at countLimit where there is a search.
func (l *lister) total(ctx context.Context) (n int, more bool, err error) {
	people := l.population.of(l.query).size()
	switch {
	case !l.search.any():
		return people, false, nil
	case l.search.nothing || people == 0:
		return 0, false, nil
	case l.search.userID != "":
		marks, err := l.byID(ctx)
		return len(marks), false, err
	case people <= fewUsers:
		n, err = l.countWalking(ctx, fewUsers, countLimit+1)
	case len(l.search.indexed()) == 0:
		n, err = l.countWalking(ctx, shortBudget, countLimit+1)
		more = people > shortBudget
	default:
		n, l.rare, err = l.index.total(ctx, l, countLimit+1)
	}
	return min(n, countLimit), more || n > countLimit, err
}

// countWalking counts matches among the first users of each span, up to the
// limit in each.
func (l *lister) countWalking(ctx context.Context, budget, limit int) (n int, err error) {
	var st db.Statement
	spans := segment{query: l.query, people: l.population.of(l.query)}.spans()
	st.Add("SELECT coalesce(sum(n), 0) FROM (")
	for i, sp := range spans {
		if i > 0 {
			st.Add(" UNION ALL ")
		}
		st.Add("SELECT count(*) AS n FROM (SELECT 1 FROM (SELECT search_text FROM users WHERE ")
		l.writeRange(&st, sp)
		st.Add(" ORDER BY id DESC LIMIT ", st.Arg(budget), ") AS looked WHERE ", st.Holds("search_text", l.search.words), " LIMIT ", st.Arg(limit), ") AS met")
	}
	st.Add(") AS spans")
	err = l.tx.QueryRow(ctx, st.Text(), st.Args()...).Scan(&n)
	return n, err
}

// read returns the next marks of the list from a mark on, or from its end.
func (l *lister) read(ctx context.Context, from *mark, reverse bool, want int) (all []mark, err error) {
	switch {
	case l.search.nothing, l.search.userID != "" && from != nil:
		return nil, nil
	case l.search.userID != "":
		return l.byID(ctx)
	}
	step, i := 1, 0
	if reverse {
		step, i = -1, len(l.order.segments)-1
	}
	if from != nil {
		i = l.order.at(*from)
	}
	for ; i >= 0 && i < len(l.order.segments) && len(all) < want; i += step {
		some, err := l.readSegment(ctx, stretch{l.order.segments[i], from, reverse, want - len(all)})
		if err != nil {
			return nil, err
		}
		all, from = append(all, some...), nil
	}
	return all, nil
}

// readSegment chooses the way of reading that is shorter for this search.
func (l *lister) readSegment(ctx context.Context, s stretch) ([]mark, error) {
	people := s.segment.people.size()
	budget := s.want * walkFor
	if l.order.column != columnID {
		budget = s.want * walkForFarther
	}
	switch {
	case len(l.search.words) == 0:
		budget = s.want
	case people <= fewUsers, len(l.search.indexed()) == 0:
		budget = people
	case l.rare:
		return l.look(ctx, s)
	}
	marks, enough, err := l.walk(ctx, s, budget)
	if err == nil && !enough && budget < people && len(l.search.words) > 0 {
		return l.look(ctx, s)
	}
	return marks, err
}

// byID finds the one user whose whole id was typed, if the filters let them through.
func (l *lister) byID(ctx context.Context) ([]mark, error) {
	scan := func(row db.Row) (g group, err error) {
		err = row.Scan(&g.roleID, &g.status, &g.secondFactor)
		return g, err
	}
	found, err := db.Collect(ctx, l.tx, scan, `SELECT role_id, status, second_factor FROM users WHERE organization_id = $1 AND id = $2`,
		l.organizationID, l.search.userID)
	if err != nil || len(found) == 0 || !l.query.asks(found[0]) {
		return nil, err
	}
	return []mark{{ID: l.search.userID}}, nil
}

// users reads the users of the marks, in their order. Who was deleted since is left out.
func (l *lister) users(ctx context.Context, marks []mark) ([]user.User, error) {
	if len(marks) == 0 {
		return nil, nil
	}
	var st db.Statement
	st.Add(user.Columns, "WHERE u.organization_id = ", st.Arg(l.organizationID), " AND u.id IN (")
	ids := make([]string, sizeOfText(len(marks)))
	for i := range ids {
		ids[i] = marks[min(i, len(marks)-1)].ID // the last one again fills the rest
	}
	st.Add(each(ids, ", ", func(id string) string { return st.Arg(id) }), ")")
	rows, err := db.Collect(ctx, l.tx, user.Scan, st.Text(), st.Args()...)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]user.User, len(rows))
	for _, u := range rows {
		byID[u.ID] = u
	}
	users := make([]user.User, 0, len(marks))
	for _, m := range marks {
		if u, found := byID[m.ID]; found {
			users = append(users, u)
		}
	}
	return users, nil
}

// sizeOfText rounds up, so that the texts of the query are few.
func sizeOfText(n int) int {
	for _, size := range append(paging.Sizes[:len(paging.Sizes):len(paging.Sizes)], exportBatch) {
		if n <= size {
			return size
		}
	}
	return n
}
