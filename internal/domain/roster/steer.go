package roster

import (
	"context"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// ErrOtherState says that the import is not where the act finds it: somebody
// started, paused or ended it meanwhile, or its check has grown too old.
var ErrOtherState = fault.New(fault.Conflict, "roster.other_state")

const (
	actionStarted   audit.Action = "import.started"
	actionPaused    audit.Action = "import.paused"
	actionContinued audit.Action = "import.continued"
	actionFinished  audit.Action = "import.finished"
	actionStopped   audit.Action = "import.stopped"   // by somebody; by itself with the Cause behind it
	actionDiscarded audit.Action = "import.discarded" // likewise
)

// Start lets the invitations of a checked import be sent, for which the actor
// answers from now on. Faults: those of session.Recheck; access.ErrForbidden,
// ErrNotFound, ErrOtherState.
func (s *Service) Start(ctx context.Context, actor access.Actor, importID string) error {
	return s.steer(ctx, actor, importID, func(tx *db.Tx, actor access.Actor, i Import) error {
		if i.State != Checked || i.ToInvite == 0 || !tx.Now.Before(i.CheckEndsAt()) {
			return ErrOtherState
		}
		if err := s.sendOn(ctx, tx, actor, i); err != nil {
			return err
		}
		return i.note(ctx, tx, actor, actionStarted, map[string]string{"to_invite": strconv.Itoa(i.ToInvite)})
	})
}

// Continue is Start for an import that was paused, by whomever.
func (s *Service) Continue(ctx context.Context, actor access.Actor, importID string) error {
	return s.steer(ctx, actor, importID, func(tx *db.Tx, actor access.Actor, i Import) error {
		if i.State != Paused {
			return ErrOtherState
		}
		if err := s.sendOn(ctx, tx, actor, i); err != nil {
			return err
		}
		return i.note(ctx, tx, actor, actionContinued, nil)
	})
}

// Pause holds an import until somebody continues it. What is being invited at
// this moment is waited for; nothing more is once Pause has returned.
// Faults: as Start.
func (s *Service) Pause(ctx context.Context, actor access.Actor, importID string) error {
	return s.steer(ctx, actor, importID, func(tx *db.Tx, actor access.Actor, i Import) error {
		if i.State != Sending {
			return ErrOtherState
		}
		_, err := tx.Exec(ctx, `UPDATE imports SET state = 'paused', paused_by = $3, paused_by_id = $4, lease = '', rests_until = NULL WHERE organization_id = $1 AND id = $2`,
			i.OrganizationID, i.ID, actor.Name, actor.UserID)
		if err != nil {
			return err
		}
		return i.note(ctx, tx, actor, actionPaused, nil)
	})
}

// Discard ends an import for good: one of which nothing was sent is discarded
// with its rows, any other is stopped. Who was invited stays invited.
// Faults: as Start.
func (s *Service) Discard(ctx context.Context, actor access.Actor, importID string) error {
	return s.steer(ctx, actor, importID, func(tx *db.Tx, actor access.Actor, i Import) error {
		switch i.State {
		case Checked:
			if err := i.end(ctx, tx, Discarded, ""); err != nil {
				return err
			}
			if err := i.erase(ctx, tx); err != nil {
				return err
			}
			return i.note(ctx, tx, actor, actionDiscarded, nil)
		case Sending, Paused:
			if err := i.end(ctx, tx, Stopped, ""); err != nil {
				return err
			}
			return i.note(ctx, tx, actor, actionStopped, i.progress())
		}
		return ErrOtherState
	})
}

// steer carries out an act on an import. The head of the trail, which it holds,
// keeps every other act on it and the next batch of invitations waiting.
func (s *Service) steer(ctx context.Context, actor access.Actor, importID string, act func(*db.Tx, access.Actor, Import) error) error {
	if err := actor.Require(access.UsersInvite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := session.Authorize(ctx, tx, actor, access.UsersInvite)
		if err != nil {
			return err
		}
		i, err := find(ctx, tx, actor.OrganizationID, importID)
		if err != nil {
			return err
		}
		return act(tx, actor, i)
	})
}

// sendOn makes an import due and the actor its importer.
func (s *Service) sendOn(ctx context.Context, tx *db.Tx, actor access.Actor, i Import) error {
	origin := actor.Origin.Bounded()
	_, err := tx.Exec(ctx, `UPDATE imports SET state = 'sending', paused_by = '', paused_by_id = '', due_at = $3,
			importer_id = $4, importer_name = $5, address = $6, user_agent = $7, request_id = $8
		WHERE organization_id = $1 AND id = $2`,
		i.OrganizationID, i.ID, tx.Now, actor.UserID, actor.Name, origin.Address, origin.UserAgent, origin.RequestID)
	tx.AfterCommit(s.bell.Ring)
	return err
}

// end brings an import to one of its last states.
func (i Import) end(ctx context.Context, tx *db.Tx, state State, because Cause) error {
	_, err := tx.Exec(ctx, `UPDATE imports SET state = $3, ended_at = $4, ended_because = $5, lease = '', paused_by = '', paused_by_id = '', rests_until = NULL WHERE organization_id = $1 AND id = $2`,
		i.OrganizationID, i.ID, string(state), tx.Now, string(because))
	return err
}

// progress is what the trail keeps of the end of an import.
func (i Import) progress() map[string]string {
	return map[string]string{
		"to_invite": strconv.Itoa(i.ToInvite), "invited": strconv.Itoa(i.Invited), "failed": strconv.Itoa(i.Failed),
	}
}

// erase forgets the people of an import.
func (i Import) erase(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `DELETE FROM import_rows WHERE organization_id = $1 AND import_id = $2`, i.OrganizationID, i.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE imports SET erased_at = $3 WHERE organization_id = $1 AND id = $2`, i.OrganizationID, i.ID, tx.Now)
	return err
}
