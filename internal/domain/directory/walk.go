package directory

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// span is a range of an index: users whom one filter value leads to.
type span struct {
	whole        bool // everybody
	roleID       string
	status       user.Status
	secondFactor bool
	size         int
}

// spans are the ranges that make up a segment, in a stable order.
func (s segment) spans() []span {
	if !s.query.narrowed() {
		return []span{{whole: true, size: s.people.size()}}
	}
	sizes := map[span]int{}
	for g, users := range s.people {
		sizes[span{roleID: s.query.RoleID, status: g.status, secondFactor: g.secondFactor}] += users
	}
	var all []span
	for sp, users := range sizes {
		sp.size = users
		all = append(all, sp)
	}
	slices.SortFunc(all, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.status, b.status), cmp.Compare(strconv.FormatBool(a.secondFactor), strconv.FormatBool(b.secondFactor)))
	})
	return all
}

// stretch is a part of a segment to read: so many users from a mark on.
type stretch struct {
	segment segment
	from    *mark // nil: from the end that the reading begins at
	reverse bool
	want    int
}

// walk reads a stretch along its indexes, looking at no more than budget users
// of each span. It reports whether that was enough to know who comes next.
func (l *lister) walk(ctx context.Context, s stretch, budget int) (found []mark, enough bool, err error) {
	var st db.Statement
	spans := s.segment.spans()
	for i, sp := range spans {
		if i > 0 {
			st.Add(" UNION ALL ")
		}
		l.writeSpan(&st, i, sp, s, budget)
	}
	met := make([]int, len(spans))
	err = db.Each(ctx, l.tx, func(row db.Row) error {
		var i int
		m, err := l.scanMark(row, s.segment, &i)
		if err != nil {
			return err
		}
		met[i]++
		found = append(found, m)
		return nil
	}, st.Text(), st.Args()...)
	if err != nil {
		return nil, false, err
	}
	enough = true
	for i, sp := range spans {
		enough = enough && (met[i] >= s.want || sp.size <= budget)
	}
	slices.SortFunc(found, l.order.comparing(s.reverse))
	return found[:min(len(found), s.want)], enough, nil
}

// writeSpan writes the head of one span. The inner query is in the order of its
// index and is read only as far as the outer one needs; sorting the outer one
// would make the engines read all of the inner one first.
func (l *lister) writeSpan(st *db.Statement, number int, sp span, s stretch, budget int) {
	// The outermost SELECT is for SQLite, which takes no LIMIT between UNION ALL.
	st.Add("SELECT * FROM (SELECT ", strconv.Itoa(number), " AS span, id, key FROM (SELECT id, ", string(l.order.column), " AS key, search_text FROM users WHERE ")
	l.writeRange(st, sp)
	if s.from != nil {
		st.Add(" AND ", l.order.beyond(st, *s.from, s.reverse))
	}
	st.Add(" ORDER BY ", l.order.by(s.reverse), " LIMIT ", st.Arg(max(budget, s.want)), ") AS looked")
	if len(l.search.words) > 0 {
		st.Add(" WHERE ", st.Holds("search_text", l.search.words), " LIMIT ", st.Arg(s.want))
	}
	st.Add(") AS met")
}

func (l *lister) writeRange(st *db.Statement, sp span) {
	st.Add("organization_id = ", st.Arg(l.organizationID))
	if sp.whole {
		return
	}
	if sp.roleID != "" {
		st.Add(" AND role_id = ", st.Arg(sp.roleID))
	}
	st.Add(" AND status = ", st.Arg(string(sp.status)), " AND second_factor = ", st.Arg(sp.secondFactor))
}

// scanMark reads the columns span, id and key.
func (l *lister) scanMark(row db.Row, s segment, number *int) (mark, error) {
	m := mark{Segment: s.label}
	if l.order.column != columnActive {
		err := row.Scan(number, &m.ID, &m.Key)
		return m, err
	}
	var at time.Time
	err := row.Scan(number, &m.ID, &at)
	m.Key = at.UTC().Format(keyTime)
	return m, err
}

// by is the ORDER BY of a segment.
func (o order) by(reverse bool) string {
	direction := ""
	if o.descending != reverse {
		direction = " DESC"
	}
	if o.column == columnID {
		return "id" + direction
	}
	return string(o.column) + direction + ", id" + direction
}

// beyond is the condition that a user comes behind the mark.
func (o order) beyond(st *db.Statement, m mark, reverse bool) string {
	sign := " > "
	if o.descending != reverse {
		sign = " < "
	}
	if o.column == columnID {
		return "id" + sign + st.Arg(m.ID)
	}
	return "(" + string(o.column) + ", id)" + sign + "(" + st.Arg(o.argument(m.Key)) + ", " + st.Arg(m.ID) + ")"
}

func (o order) comparing(reverse bool) func(a, b mark) int {
	if reverse {
		return func(a, b mark) int { return o.compare(b, a) }
	}
	return o.compare
}
