package client

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// watchBatch is how many trials are looked at in one round.
const watchBatch = 200

// Watch looks after the trials that are due: it tells the Administrators of the
// end that comes, and writes the end down. It returns how many were due. Nodes may
// watch at the same moment; each trial is looked at again under its client's trail,
// so that an extension wins or loses as a whole.
func (s *Service) Watch(ctx context.Context) (due int, err error) {
	var ids []string
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		ids, err = db.Values[string](ctx, tx, `SELECT id FROM organizations WHERE trial_due_at <= $1 ORDER BY trial_due_at, id LIMIT $2`, tx.Now, watchBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	var failed error
	for _, id := range ids { // one that fails keeps no other waiting
		failed = errors.Join(failed, s.DB.Write(ctx, func(tx *db.Tx) error { return s.watch(ctx, tx, id) }))
	}
	return len(ids), failed
}

// watch looks after one trial.
func (s *Service) watch(ctx context.Context, tx *db.Tx, clientID string) error {
	if err := audit.Hold(ctx, tx, clientID); err != nil {
		return err
	}
	c, err := find(ctx, tx, clientID)
	if err != nil {
		return err
	}
	switch {
	case c.Trial == nil, c.dueAt == nil, tx.Now.Before(*c.dueAt): // somebody was quicker
		return nil
	case c.trialOver(tx.Now):
		return s.endTrial(ctx, tx, c)
	}
	if _, err := tx.Exec(ctx, `UPDATE organizations SET trial_due_at = $2 WHERE id = $1`, c.ID, c.Trial.nextDue(tx.Now)); err != nil {
		return err
	}
	if c.Suspension != nil {
		return nil
	}
	return s.tell(ctx, tx, access.Installation(access.Origin{}), c, mail.KindTrialEnding)
}

// endTrial writes down what has been true since the end of the trial. A client that
// was suspended before stays so for its own reason.
func (s *Service) endTrial(ctx context.Context, tx *db.Tx, c Client) error {
	if _, err := tx.Exec(ctx, `UPDATE organizations SET trial_due_at = NULL WHERE id = $1`, c.ID); err != nil {
		return err
	}
	if c.Suspension.Because != ByTrialEnd {
		return nil
	}
	if err := shutOut(ctx, tx, c.ID, *c.Suspension); err != nil {
		return err
	}
	actor := access.Installation(access.Origin{})
	if err := s.tell(ctx, tx, actor, c, mail.KindTrialEnded); err != nil {
		return err
	}
	return record(ctx, tx, actor, c, actionTrialEnded, map[string]string{"trial_ends": spokenTime(c.Trial.EndsAt)})
}
