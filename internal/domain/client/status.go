package client

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// ErrTrialOver refuses to reactivate a client whose trial is over: it would be
// suspended again at once. Params: Name.
var ErrTrialOver = fault.New(fault.Conflict, "client.trial_over")

const (
	actionSuspended   audit.Action = "organization.suspended"
	actionReactivated audit.Action = "organization.reactivated"
)

// Suspend keeps everybody out of a client: their sessions end, and whatever asks
// about them is refused from the next request on. Nothing else changes. The reason
// may be empty; the client's Administrators read it in their letter.
//
// Faults: access.ErrForbidden; those of session.Recheck; db.ErrNoRow; field reason;
// ErrChangedMeanwhile where it is suspended already.
func (s *Service) Suspend(ctx context.Context, actor access.Actor, clientID, reason string) (c Client, err error) {
	if err := require(actor, access.ClientsEdit); err != nil {
		return Client{}, err
	}
	if reason, err = person.CheckReason(reason); err != nil {
		return Client{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		before, actor, err := subject(ctx, tx, actor, clientID)
		if err != nil {
			return err
		}
		if before.Suspension != nil {
			return ErrChangedMeanwhile
		}
		if err := shutOut(ctx, tx, clientID, Suspension{At: tx.Now, Because: ByVendor, By: actor.Name, Reason: reason}); err != nil {
			return err
		}
		if c, err = find(ctx, tx, clientID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, actor, c, mail.KindClientSuspended); err != nil {
			return err
		}
		details := map[string]string{}
		if reason != "" {
			details["reason"] = reason
		}
		return record(ctx, tx, actor, c, actionSuspended, details)
	})
	return c, err
}

// shutOut writes a suspension down and ends the sessions, so that none of them
// comes back with a reactivation. Fault: ErrChangedMeanwhile.
func shutOut(ctx context.Context, tx *db.Tx, clientID string, because Suspension) error {
	changed, err := suspend(ctx, tx, clientID, because)
	if err != nil {
		return err
	}
	if !changed {
		return ErrChangedMeanwhile
	}
	return session.EndAllOfOrganization(ctx, tx, clientID)
}

// Reactivate lets the people of a suspended client in again, with what they had.
// No session comes back. Since is when the suspension that the window showed
// began, so that an old window or "Undo" ends no newer one; zero stands for
// whichever there is.
//
// Faults: access.ErrForbidden; those of session.Recheck; db.ErrNoRow;
// ErrChangedMeanwhile; ErrTrialOver.
func (s *Service) Reactivate(ctx context.Context, actor access.Actor, clientID string, since time.Time) (c Client, err error) {
	if err := require(actor, access.ClientsEdit); err != nil {
		return Client{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		before, actor, err := subject(ctx, tx, actor, clientID)
		switch {
		case err != nil:
			return err
		case before.Suspension == nil, !since.IsZero() && !before.Suspension.At.Equal(since):
			return ErrChangedMeanwhile
		case before.trialOver(tx.Now):
			return ErrTrialOver.With("Name", before.Name)
		}
		if err := release(ctx, tx, clientID); err != nil {
			return err
		}
		if c, err = find(ctx, tx, clientID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, actor, c, mail.KindClientReactivated); err != nil {
			return err
		}
		return record(ctx, tx, actor, c, actionReactivated, nil)
	})
	return c, err
}
