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

// ErrReasonMissing asks why an account is locked.
var ErrReasonMissing = fault.New(fault.Invalid, "administration.reason_missing")

const actionLocked audit.Action = "user.locked"

// LockReport says what the lock of an account has ended.
type LockReport struct {
	User   user.User
	Ended  Endings
	Reason string
	At     time.Time
	// PasswordBlocked says that the present password opens nothing any more. It
	// stays as it is where another organization relies on the account.
	PasswordBlocked bool
}

// Lock is the one act for an account in wrong hands: it suspends the user as
// Suspend does, or keeps them suspended, blocks their password, and withdraws the
// open invitations that were sent from the account. It says exactly what it has
// ended. Reactivate lets the user in again, with a new password.
//
// Faults: those of the guard; field reason; ErrNotJoined, ErrLastAdministrator.
func (s *Service) Lock(ctx context.Context, actor access.Actor, userID, reason string) (report LockReport, err error) {
	if reason, err = person.CheckReason(reason); err != nil {
		return LockReport{}, err
	}
	if reason == "" {
		return LockReport{}, fault.InvalidFields(ErrReasonMissing.At("reason"))
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		u, err := subject(ctx, tx, actor, access.UsersChangeStatus, userID)
		if err != nil {
			return err
		}
		if u.Status == user.Invited {
			return ErrNotJoined.With("Name", u.Name())
		}
		if err := keepAnAdministrator(ctx, tx, u); err != nil {
			return err
		}
		report = LockReport{User: u, Reason: reason, At: tx.Now}
		if report.Ended, err = s.shutOut(ctx, tx, actor, u, reason); err != nil {
			return err
		}
		if report.PasswordBlocked, err = s.blockPassword(ctx, tx, u); err != nil {
			return err
		}
		if report.Ended.Invitations, err = s.Invitations.WithdrawSentBy(ctx, tx, actor, u.ID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, actor, u, mail.KindAccountLocked, nil); err != nil {
			return err
		}
		details := withReason(report.Ended, reason)
		if report.PasswordBlocked {
			details["password"] = "blocked"
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionLocked, Target: user.Target(u), Details: details})
	})
	return report, err
}

// blockPassword lets the password open nothing any more, unless another
// organization relies on it.
func (s *Service) blockPassword(ctx context.Context, tx *db.Tx, u user.User) (bool, error) {
	elsewhere, err := belongsElsewhere(ctx, tx, u)
	if err != nil || elsewhere {
		return false, err
	}
	return true, s.Accounts.BlockPassword(ctx, tx, u.AccountID)
}
