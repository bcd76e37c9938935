package audit

import (
	"context"
	"strconv"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
	"idkit/internal/platform/throttle"
)

// exportBatch is how many entries an export reads at a time and holds in memory.
const exportBatch = 500

// exports bounds the exports of one user: each may read the whole trail (ASVS 2.4.1).
var exports = throttle.Rule{Short: throttle.Window{Max: 20, Length: time.Hour}}

const actionExported Action = "audit.exported"

// Export writes every entry that the query finds, in the order of the chain,
// whatever its cursor, up to the last one of this moment. It holds few entries
// at a time and no transaction. What was written is recorded also where the
// writing fails; format says as what. It goes no further than the session and the
// right of who asked for it.
//
// Faults: access.ErrForbidden; throttled; those of session.Recheck; whatever write
// returns.
func (s *Service) Export(ctx context.Context, actor access.Actor, q Query, format string, write func(Entry) error) error {
	if err := actor.Require(access.AuditExport); err != nil {
		return err
	}
	if err := s.Throttle.Reserve(ctx, throttle.Claim{Key: "export:audit:" + actor.UserID, Rule: exports}); err != nil {
		return err
	}
	rows, failure := s.export(ctx, actor, q, write)
	ctx = context.WithoutCancel(ctx) // what was written is out of the house
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		details := q.details()
		details["rows"], details["format"] = strconv.Itoa(rows), format
		return Record(ctx, tx, actor, Event{Action: actionExported, Details: details})
	})
	if failure != nil {
		return failure
	}
	return err
}

// export writes batch by batch and returns how many entries it wrote.
func (s *Service) export(ctx context.Context, actor access.Actor, q Query, write func(Entry) error) (rows int, err error) {
	var x search
	var end Head
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if end, err = HeadOf(ctx, tx, actor.OrganizationID); err != nil {
			return err
		}
		x, err = understand(ctx, tx, actor.OrganizationID, q)
		return err
	})
	if err != nil || x.nothing() {
		return 0, err
	}
	var after int64
	for more := true; more; {
		var entries []Entry
		err := s.DB.Read(ctx, func(tx *db.Tx) error {
			now, err := s.Recheck(ctx, tx, actor)
			if err == nil {
				err = now.Require(access.AuditExport)
			}
			if err != nil {
				return err
			}
			entries, err = x.batch(ctx, tx, after, end.Sequence)
			return err
		})
		if err != nil {
			return rows, err
		}
		for _, e := range entries {
			if err := write(e); err != nil {
				return rows, err
			}
			rows++
		}
		if more = len(entries) == exportBatch; more {
			after = entries[len(entries)-1].Sequence
		}
	}
	return rows, nil
}

func (s search) batch(ctx context.Context, tx *db.Tx, after, end int64) ([]Entry, error) {
	var st db.Statement
	st.Add("SELECT ", columns, " FROM audit_events WHERE organization_id = ", st.Arg(s.organizationID),
		" AND sequence > ", st.Arg(after), " AND sequence <= ", st.Arg(end))
	s.writeConditions(&st, byTime)
	st.Add(" ORDER BY sequence LIMIT ", st.Arg(exportBatch))
	return db.Collect(ctx, tx, scan, st.Text(), st.Args()...)
}

// details tells the trail what an export was about.
func (q Query) details() map[string]string {
	details := map[string]string{}
	for name, value := range map[string]string{
		"who": q.Who, "whom": q.Whom, "name": q.Name, "actions": strings.Join(q.actions(), " "), "since": day(q.From), "until": day(q.To),
	} {
		if value != "" {
			details[name] = value
		}
	}
	return details
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
