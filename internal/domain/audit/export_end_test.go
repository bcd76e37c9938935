package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// An export may take long: it goes no further than the rights of who asked for it.
func TestAnExportEndsWithTheRightToIt(t *testing.T) {
	for what, change := range map[string]struct {
		statement string
		refusal   *fault.Fault
	}{
		"suspended":  {`UPDATE users SET status = 'suspended' WHERE id = $1`, session.ErrSuspended},
		"demoted":    {`UPDATE users SET role_id = (SELECT id FROM roles r WHERE r.organization_id = users.organization_id AND r.kind = 'member') WHERE id = $1`, access.ErrForbidden},
		"logged out": {`DELETE FROM sessions WHERE user_id = $1`, session.ErrEnded},
	} {
		t.Run(what, func(t *testing.T) {
			p := domaintest.NewPlace(t)
			actor := p.Administrator(t)
			p.Write(t, func(ctx context.Context, tx *db.Tx) error {
				for n := range 1100 {
					e := event(n)
					e.OrganizationID = p.Northwind
					if err := audit.Record(ctx, tx, access.Installation(access.Origin{}), e); err != nil {
						return err
					}
				}
				return nil
			})
			rows := 0
			err := newLog(p.DB).Export(t.Context(), actor, audit.Query{}, "CSV", func(audit.Entry) error {
				if rows++; rows == 1 {
					p.Exec(t, change.statement, actor.UserID)
				}
				return nil
			})
			if !errors.Is(err, change.refusal) {
				t.Errorf("ended with %v, want %s", err, change.refusal.Code)
			}
			if rows > 600 { // which are read in more than one part
				t.Errorf("%d rows were written", rows)
			}
			if n := p.Count(t, `SELECT count(*) FROM audit_events WHERE action = 'audit.exported' AND details = $1`, fmt.Sprintf(`{"format":"CSV","rows":"%d"}`, rows)); n != 1 {
				t.Error("the trail does not say what was written")
			}
		})
	}
}
