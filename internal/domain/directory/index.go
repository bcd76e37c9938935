package directory

import (
	"context"
	"strings"

	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// index finds what rarely matches. The engines do this so differently that
// their statements are twins. Filters are those of the query; of the words at
// least one is in the index.
type index interface {
	// hits writes FROM and WHERE of those who match: s has user_id and text, and where the users are joined, u is them.
	hits(st *db.Statement, l *lister, q Query, users bool) string
	// total counts who matches, up to the limit, and tells whether finding all of them is the shorter way to a page.
	total(ctx context.Context, l *lister, limit int) (n int, rare bool, err error)
}

func indexOf(ctx context.Context, tx *db.Tx) (index, error) {
	if tx.Engine() == db.PostgreSQL {
		return trigrams{}, nil
	}
	var x fullText
	err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) FROM user_search`).Scan(&x.entries)
	return x, err
}

// keys are what a hit is ordered by; only the last activity is not in its own row.
var keys = map[column]string{columnID: "s.user_id", columnName: "substr(s.text, 1, 64)", columnActive: "u.active_key"}

// look reads a stretch by finding everybody who matches and sorting them.
func (l *lister) look(ctx context.Context, s stretch) ([]mark, error) {
	var st db.Statement
	hits := l.index.hits(&st, l, s.segment.query, l.order.column == columnActive)
	st.Add("SELECT 0, id, ", string(l.order.column), " FROM (SELECT s.user_id AS id")
	if l.order.column != columnID {
		st.Add(", ", keys[l.order.column], " AS ", string(l.order.column))
	}
	st.Add(hits, ") AS hit")
	if s.from != nil {
		st.Add(" WHERE ", l.order.beyond(&st, *s.from, s.reverse))
	}
	st.Add(" ORDER BY ", l.order.by(s.reverse), " LIMIT ", st.Arg(s.want))
	scan := func(row db.Row) (mark, error) {
		var number int
		return l.scanMark(row, s.segment, &number)
	}
	return db.Collect(ctx, l.tx, scan, st.Text(), st.Args()...)
}

// count counts hits, up to the limit.
func (l *lister) count(ctx context.Context, limit int) (n int, err error) {
	var st db.Statement
	st.Add("SELECT count(*) FROM (SELECT 1", l.index.hits(&st, l, l.query, false), " LIMIT ", st.Arg(limit), ") AS hit")
	err = l.tx.QueryRow(ctx, st.Text(), st.Args()...).Scan(&n)
	return n, err
}

// fullText is SQLite's FTS5 with parts of three characters. It reads lazily, so
// that counting to a limit is cheap, and knows organization, role and standing.
type fullText struct {
	entries int // about how many there are, of all organizations
}

func (x fullText) hits(st *db.Statement, l *lister, q Query, users bool) string {
	var b strings.Builder
	// CROSS JOIN keeps SQLite to this order.
	b.WriteString(" FROM user_search_index i CROSS JOIN user_search s ON s.number = i.rowid")
	if users {
		b.WriteString(" CROSS JOIN users u ON u.organization_id = s.organization_id AND u.id = s.user_id")
	}
	b.WriteString(" WHERE i.user_search_index MATCH " + st.Arg(x.expression(l, q)) + " AND s.organization_id = " + st.Arg(l.organizationID))
	b.WriteString(q.letsThrough(st))
	if len(l.search.words) > len(l.search.indexed()) {
		b.WriteString(" AND " + st.Holds("s.text", l.search.words))
	}
	return b.String()
}

// Up to so many hits are sorted sooner than the list is walked to the first of them, in the order of ids and in any other.
const (
	fullTextRare        = 1500
	fullTextRareFarther = 5000
)

func (x fullText) total(ctx context.Context, l *lister, limit int) (n int, rare bool, err error) {
	if n, err = l.count(ctx, limit); err != nil || n < limit {
		return n, true, err
	}
	most := fullTextRareFarther
	if l.order.column == columnID {
		most = fullTextRare
	}
	var entries int // of the index alone, which costs a twentieth of reading the rows
	err = l.tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM user_search_index WHERE user_search_index MATCH $1 LIMIT $2)`,
		x.expression(l, l.query), most).Scan(&entries)
	return n, entries < most, err
}

// letsThrough are the filters as further conditions on user_search.
func (q Query) letsThrough(st *db.Statement) (conditions string) {
	if q.RoleID != "" {
		conditions = " AND s.role_id = " + st.Arg(q.RoleID)
	}
	if q.Status != "" || q.Factor != FactorAny {
		conditions += " AND s.standing IN (" + each(q.standings(), ", ", func(g group) string { return st.Arg(g.standing()) }) + ")"
	}
	return conditions
}

// tag is what the index knows of an id, see the migration: three characters from its end.
func tag(id string) string {
	if len(id) < 4 {
		return id
	}
	return id[len(id)-4 : len(id)-1]
}

// expression is the query for FTS5. Every value is a quoted string in it, whatever it holds.
func (x fullText) expression(l *lister, q Query) string {
	quote := func(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
	parts := make([]string, 0, 4)
	for _, word := range l.search.indexed() {
		parts = append(parts, "text : "+quote(word))
	}
	// A tag is worth reading along where it leaves out most entries. The rows are looked at in any case.
	selective := func(part Query) bool { return l.population.of(part).size() < x.entries/4 }
	if selective(Query{}) {
		parts = append(parts, "organization : "+quote(tag(l.organizationID)))
	}
	if q.RoleID != "" && selective(Query{RoleID: q.RoleID}) {
		parts = append(parts, "role : "+quote(tag(q.RoleID)))
	}
	if (q.Status != "" || q.Factor != FactorAny) && selective(Query{Status: q.Status, Factor: q.Factor}) {
		parts = append(parts, "standing : ("+each(q.standings(), " OR ", func(g group) string { return quote(g.standing()) })+")")
	}
	return strings.Join(parts, " AND ")
}

// standing is status and second factor as user_search keeps them.
func (g group) standing() string {
	if g.secondFactor {
		return string(g.status[:2]) + "1"
	}
	return string(g.status[:2]) + "0"
}

// standings are the states and second factors that the filters let through.
func (q Query) standings() (all []group) {
	for _, g := range []group{
		{status: user.Active},
		{status: user.Active, secondFactor: true},
		{status: user.Invited},
		{status: user.Suspended},
		{status: user.Suspended, secondFactor: true},
	} {
		if g.roleID = q.RoleID; q.asks(g) {
			all = append(all, g)
		}
	}
	return all
}

// trigrams is PostgreSQL's index of pg_trgm. It finds all matches before it
// gives the first, so that what matches often must not be asked of it.
type trigrams struct{}

func (trigrams) hits(st *db.Statement, l *lister, q Query, users bool) string {
	// Materialized, or the planner might walk the users in their order and probe each of them.
	from := " FROM (WITH hit AS MATERIALIZED (SELECT user_id, text FROM user_search s WHERE organization_id = " + st.Arg(l.organizationID) +
		" AND " + st.Holds("text", l.search.words) + q.letsThrough(st) + ") SELECT user_id, text FROM hit) AS s"
	if users {
		from += " JOIN users u ON u.organization_id = " + st.Arg(l.organizationID) + " AND u.id = s.user_id"
	}
	return from
}

const (
	// sampleSize is how many users show whether a search matches often, which is one in 25, or rarely, which is one in 500.
	sampleSize  = 1000
	oftenAmong  = sampleSize / 25
	rarelyAmong = sampleSize / 500
)

// total takes a sample first: what matches often is counted by walking.
func (trigrams) total(ctx context.Context, l *lister, limit int) (n int, rare bool, err error) {
	seen, err := l.countWalking(ctx, sampleSize, oftenAmong)
	if err != nil {
		return 0, false, err
	}
	if seen >= oftenAmong {
		if n, err = l.countWalking(ctx, 2*limit*sampleSize/oftenAmong, limit); err != nil || n >= limit {
			return n, false, err
		}
	}
	n, err = l.count(ctx, limit)
	return n, n < limit || seen < rarelyAmong, err
}
