package directory

import (
	"context"
	"strconv"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/throttle"
)

// exportBatch is how many users an export reads at a time and holds in memory.
const exportBatch = 500

// exports bounds the exports of one user: each reads everybody (ASVS 2.4.1).
var exports = throttle.Rule{Short: throttle.Window{Max: 20, Length: time.Hour}}

const actionExported audit.Action = "users.exported"

// Export writes everybody whom the query finds, the newest first, whatever its
// order, size and cursor: who came earlier stays where they are while others
// join, change and leave. It holds few users at a time and no transaction, and
// ends where the actor's session or right does. What was written is recorded also
// where the writing fails.
// Faults: access.ErrForbidden; throttled; those of session.Recheck; whatever write
// returns.
func (d *Directory) Export(ctx context.Context, actor access.Actor, q Query, write func(user.User) error) error {
	if err := actor.Require(access.UsersView); err != nil {
		return err
	}
	if err := d.Throttle.Reserve(ctx, throttle.Claim{Key: "export:user:" + actor.UserID, Rule: exports}); err != nil {
		return err
	}
	q.Sort, q.Descending = SortNewest, false
	rows, failure := d.export(ctx, actor, q, write)
	ctx = context.WithoutCancel(ctx) // what was written is out of the house
	err := d.DB.Write(ctx, func(tx *db.Tx) error {
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionExported, Details: q.details(rows)})
	})
	if failure != nil {
		return failure
	}
	return err
}

// export writes batch by batch and returns how many users it wrote.
func (d *Directory) export(ctx context.Context, actor access.Actor, q Query, write func(user.User) error) (rows int, err error) {
	var l *lister
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		if l, err = newLister(ctx, tx, actor.OrganizationID, q); err == nil {
			_, _, err = l.total(ctx) // which finds out how to read
		}
		return err
	})
	var from *mark
	for more := true; err == nil && more; {
		var users []user.User
		err = d.DB.Read(ctx, func(tx *db.Tx) error {
			l.tx = tx
			now, err := session.Recheck(ctx, tx, actor)
			if err == nil {
				err = now.Require(access.UsersView)
			}
			if err != nil {
				return err
			}
			marks, err := l.read(ctx, from, false, exportBatch)
			if more = len(marks) > 0; err != nil || !more {
				return err
			}
			from = &marks[len(marks)-1]
			users, err = l.users(ctx, marks)
			return err
		})
		for i := 0; err == nil && i < len(users); i++ {
			if err = write(users[i]); err == nil {
				rows++
			}
		}
	}
	return rows, err
}

// details tells the trail what an export was about.
func (q Query) details(rows int) map[string]string {
	details := map[string]string{"rows": strconv.Itoa(rows)}
	for name, value := range map[string]string{
		"status": string(q.Status), "role": q.RoleID, "second_factor": string(q.Factor), "search": q.Search,
	} {
		if value != "" {
			details[name] = value
		}
	}
	return details
}
