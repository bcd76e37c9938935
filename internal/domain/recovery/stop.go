package recovery

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

// Stop ends a recovery that waits. Any operator may, also whoever started it.
// Faults: access.ErrForbidden, ErrNoClient, ErrNone, ErrOver; those of session.Recheck.
func (s *Service) Stop(ctx context.Context, operator access.Actor, organizationID, recoveryID string) (r Recovery, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		operator, _, err := authorize(ctx, tx, operator, organizationID)
		if err != nil {
			return err
		}
		if r, err = waiting(ctx, tx, organizationID, recoveryID); err != nil {
			return err
		}
		if err := s.end(ctx, tx, &r, Stopped, operator.Name); err != nil {
			return err
		}
		return audit.Record(ctx, tx, operator.Of(r.Vendor), audit.Event{OrganizationID: organizationID, Action: actionStopped, Target: r.target()})
	})
	return r, err
}

// endNow ends a recovery and begins the round of letters that says so.
const endNow = `UPDATE recoveries SET state = $1, ended_by = $2, ended_at = $3,
	round = round + 1, round_began_at = $3, told_up_to = '', letter_at = $3, queued_at = NULL, told_at = NULL `

// end writes how a recovery ended, and by whom: a name, or empty where it ended by
// itself. Everybody is told. Fault: ErrOver.
func (s *Service) end(ctx context.Context, tx *db.Tx, r *Recovery, state State, by string) error {
	ended, err := tx.Exec(ctx, endNow+`WHERE organization_id = $4 AND id = $5 AND state = 'waiting'`, string(state), by, tx.Now, r.OrganizationID, r.ID)
	if err == nil && ended != 1 {
		err = ErrOver
	}
	if err != nil {
		return err
	}
	r.State, r.EndedBy, r.EndedAt = state, by, &tx.Now
	tx.AfterCommit(s.bell.Ring)
	return s.tellOperators(ctx, tx, *r, operatorsHearOf[state])
}
