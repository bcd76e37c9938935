package audit

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
	"idkit/internal/platform/throttle"
)

// Options are what a Service works with.
type Options struct {
	DB       *db.DB
	Throttle *throttle.Throttle
	// Recheck is session.Recheck: sessions stand on the trail, which does not know them.
	Recheck func(ctx context.Context, tx *db.Tx, actor access.Actor) (access.Actor, error)
}

// Service shows and exports trails, safe for concurrent use.
type Service struct{ Options }

// New returns a service.
func New(o Options) *Service { return &Service{o} }

const (
	// PageSize is how many entries a page holds.
	PageSize = 50
	// countLimit is how far the entries of a query are counted.
	countLimit = 1000
)

// List is one page of a trail, the newest entry first.
type List struct {
	Entries []Entry
	Total   int    // of entries that match
	More    bool   // counting stopped: more than Total match
	First   int    // number of the page's first entry, from one; 0 on an empty page
	Newer   string // cursor of the page before; empty on the first one and on the second, where it is the beginning
	Older   string // cursor of the page behind; empty on the last one
	Who     string // the latest name of Query.Who where that is an id
	Whom    string // the latest name of Query.Whom where that is an id
}

// List returns one page of the organization's trail. Fault: access.ErrForbidden.
func (s *Service) List(ctx context.Context, actor access.Actor, q Query) (list List, err error) {
	if err := actor.Require(access.AuditView); err != nil {
		return List{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list = List{}
		x, err := understand(ctx, tx, actor.OrganizationID, q)
		if err != nil {
			return err
		}
		for _, one := range []struct {
			text string
			into *string
		}{{q.Who, &list.Who}, {q.Whom, &list.Whom}} {
			if *one.into, err = latestName(ctx, tx, actor.OrganizationID, one.text); err != nil {
				return err
			}
		}
		if x.nothing() {
			return nil
		}
		if list.Total, err = x.count(ctx, tx, countLimit+1); err != nil {
			return err
		}
		list.Total, list.More = min(list.Total, countLimit), list.Total > countLimit
		return x.fill(ctx, tx, &list)
	})
	return list, err
}

// Count tells how many entries an export of the query will hold.
// Fault: access.ErrForbidden.
func (s *Service) Count(ctx context.Context, actor access.Actor, q Query) (n int, err error) {
	if err := actor.Require(access.AuditExport); err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		x, err := understand(ctx, tx, actor.OrganizationID, q)
		if err != nil || x.nothing() {
			n = 0
			return err
		}
		n, err = x.count(ctx, tx, 0)
		return err
	})
	return n, err
}

// latestName is what the newest entry about an id calls it.
func latestName(ctx context.Context, tx *db.Tx, organizationID, id string) (string, error) {
	if !WholeID.MatchString(id) {
		return "", nil
	}
	names, err := db.Values[string](ctx, tx, `SELECT target_name FROM audit_events WHERE organization_id = $1 AND target_id = $2
		ORDER BY at DESC, sequence DESC LIMIT 1`, organizationID, id)
	if err == nil && len(names) == 0 {
		names, err = db.Values[string](ctx, tx, `SELECT actor_name FROM audit_events WHERE organization_id = $1 AND actor_id = $2
			ORDER BY at DESC, sequence DESC LIMIT 1`, organizationID, id)
	}
	if len(names) == 0 {
		return "", err
	}
	return names[0], err
}

// count counts matches, up to the limit; 0 is without one.
func (s search) count(ctx context.Context, tx *db.Tx, limit int) (n int, err error) {
	var st db.Statement
	st.Add("SELECT coalesce(sum(n), 0) FROM (")
	for i, sp := range s.spans() {
		if i > 0 {
			st.Add(" UNION ALL ")
		}
		st.Add("SELECT count(*) AS n FROM (SELECT 1 FROM audit_events WHERE ")
		s.writeSpan(&st, sp)
		if limit > 0 {
			st.Add(" LIMIT ", st.Arg(limit))
		}
		st.Add(") AS met")
	}
	st.Add(") AS spans")
	err = tx.QueryRow(ctx, st.Text(), st.Args()...).Scan(&n)
	return n, err
}

// place is where a page begins: behind an entry, or in front of one. The zero
// place is the beginning of the list.
type place struct {
	at       time.Time
	sequence int64
	newer    bool // the page ends before the entry
	position int  // entries before the page, as far as known when the cursor was made
}

func (p place) encode() string {
	direction := "o"
	if p.newer {
		direction = "n"
	}
	return direction + strings.Join([]string{
		strconv.FormatInt(p.at.UnixMicro(), 36), strconv.FormatInt(p.sequence, 36), strconv.FormatInt(int64(p.position), 36),
	}, ".")
}

// decode reads a cursor. It may come from anywhere: what was not made here is the beginning.
func decode(text string) place {
	numbers := strings.Split(text[min(1, len(text)):], ".")
	if len(numbers) != 3 || len(text) > 48 || text[0] != 'o' && text[0] != 'n' {
		return place{}
	}
	var read [3]int64
	for i, number := range numbers {
		var err error
		if read[i], err = strconv.ParseInt(number, 36, 64); err != nil || read[i] < 0 {
			return place{}
		}
	}
	const lastMicro = 253402300799999999 // the year 9999, which both engines can compare with
	if read[0] > lastMicro || read[2] > 1<<40 {
		return place{}
	}
	return place{time.UnixMicro(read[0]).UTC(), read[1], text[0] == 'n', int(read[2])}
}

// fill reads the page that the cursor asks for. In front of the second page lies
// the first one, whatever has happened since.
func (s search) fill(ctx context.Context, tx *db.Tx, list *List) error {
	at := decode(s.query.Cursor)
	entries, err := s.read(ctx, tx, at, PageSize+1)
	if err != nil {
		return err
	}
	if at.newer && len(entries) <= PageSize || at != (place{}) && len(entries) == 0 {
		at = place{}
		if entries, err = s.read(ctx, tx, at, PageSize+1); err != nil {
			return err
		}
	}
	goesOn := len(entries) > PageSize
	entries = entries[:min(len(entries), PageSize)]
	if at.newer {
		slices.Reverse(entries)
	}
	list.Entries = entries
	if len(entries) == 0 {
		list.Total, list.More = 0, false
		return nil
	}
	older := goesOn || at.newer
	position := at.position
	switch {
	case at == (place{}):
		position = 0
	case !list.More && !older:
		position = max(0, list.Total-len(entries))
	}
	list.First = position + 1
	if list.More = list.More && older; !list.More || position+len(entries) > list.Total {
		list.Total = max(list.Total, position+len(entries))
	}
	first, last := entries[0], entries[len(entries)-1]
	if older {
		list.Older = place{last.At, last.Sequence, false, position + len(entries)}.encode()
	}
	if at != (place{}) && position > PageSize {
		list.Newer = place{first.At, first.Sequence, true, max(0, position-PageSize)}.encode()
	}
	return nil
}

// read reads up to limit entries from the place, in its direction.
func (s search) read(ctx context.Context, tx *db.Tx, at place, limit int) ([]Entry, error) {
	var st db.Statement
	order, sign := " ORDER BY at DESC, sequence DESC", " < "
	if at.newer {
		order, sign = " ORDER BY at, sequence", " > "
	}
	st.Add("SELECT ", columns, " FROM audit_events WHERE organization_id = ", st.Arg(s.organizationID), " AND sequence IN (SELECT sequence FROM (")
	for i, sp := range s.spans() {
		if i > 0 {
			st.Add(" UNION ALL ")
		}
		st.Add("SELECT * FROM (SELECT at, sequence FROM audit_events WHERE ")
		s.writeSpan(&st, sp)
		if at != (place{}) {
			st.Add(" AND (at, sequence)", sign, "(", st.Arg(at.at), ", ", st.Arg(at.sequence), ")")
		}
		st.Add(order, " LIMIT ", st.Arg(limit), ") AS met")
	}
	st.Add(") AS spans", order, " LIMIT ", st.Arg(limit), ")", order)
	return db.Collect(ctx, tx, scan, st.Text(), st.Args()...)
}
