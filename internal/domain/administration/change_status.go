package administration

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// Refusals of a change of status.
var (
	// ErrChangedMeanwhile says that the user already stands as the act would make
	// them, or otherwise not as the window showed.
	ErrChangedMeanwhile = fault.New(fault.Conflict, "administration.changed_meanwhile")
	ErrNotJoined        = fault.New(fault.Conflict, "administration.not_joined") // Params: Name
)

const (
	actionSuspended   audit.Action = "user.suspended"
	actionReactivated audit.Action = "user.reactivated"
)

// Suspend keeps an active user out of the organization: in the same transaction
// it ends their sessions there and, see shutOut, whatever else opens it. Role
// and history stay. The reason may be empty; administrators see it, the user
// does not.
//
// Faults: those of the guard; field reason; ErrNotJoined, ErrChangedMeanwhile,
// ErrLastAdministrator.
func (s *Service) Suspend(ctx context.Context, actor access.Actor, userID, reason string) (u user.User, ended Endings, err error) {
	if reason, err = person.CheckReason(reason); err != nil {
		return user.User{}, Endings{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = subjectWith(ctx, tx, actor, access.UsersChangeStatus, userID, user.Active); err != nil {
			return err
		}
		if actor.Kind != access.KindInstallation { // the host can always invite another
			if err := keepAnAdministrator(ctx, tx, u); err != nil {
				return err
			}
		}
		if ended, err = s.shutOut(ctx, tx, actor, u, reason); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, actor, u, mail.KindSuspended, nil); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionSuspended, Target: user.Target(u), Details: withReason(ended, reason)})
	})
	return u, ended, err
}

// Reactivate lets a suspended user in again, with the same password and second
// factor. Nothing that the suspension ended comes back. Since is when the
// suspension that the window showed began, so that an old window or "Undo" ends
// no newer one; zero stands for whichever there is.
//
// Faults: those of the guard; ErrNotJoined, ErrChangedMeanwhile.
func (s *Service) Reactivate(ctx context.Context, actor access.Actor, userID string, since time.Time) (u user.User, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = subjectWith(ctx, tx, actor, access.UsersChangeStatus, userID, user.Suspended); err != nil {
			return err
		}
		suspension, err := suspensionOf(ctx, tx, u)
		if err != nil {
			return err
		}
		if !since.IsZero() && suspension != nil && !suspension.At.Equal(since) {
			return ErrChangedMeanwhile
		}
		changed, err := tx.Exec(ctx, `UPDATE users SET status = 'active', suspended_at = NULL, suspended_by = NULL, suspended_reason = NULL
			WHERE organization_id = $1 AND id = $2 AND status = 'suspended'`, u.OrganizationID, u.ID)
		if err == nil && changed != 1 {
			err = ErrChangedMeanwhile
		}
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, actor, u, mail.KindReactivated, nil); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionReactivated, Target: user.Target(u)})
	})
	return u, err
}

// subjectWith is subject for an act on users who stand like this.
// Faults: those of subject; ErrNotJoined, ErrChangedMeanwhile.
func subjectWith(ctx context.Context, tx *db.Tx, actor access.Actor, needs access.Permission, userID string, status user.Status) (user.User, error) {
	u, err := subject(ctx, tx, actor, needs, userID)
	switch {
	case err != nil:
		return user.User{}, err
	case u.Status == user.Invited:
		return user.User{}, ErrNotJoined.With("Name", u.Name())
	case u.Status != status:
		return user.User{}, ErrChangedMeanwhile
	}
	return u, nil
}

func withReason(ended Endings, reason string) map[string]string {
	details := ended.details()
	if reason != "" {
		details["reason"] = reason
	}
	return details
}
