package administration

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// Refusals to unlock where it would change nothing. Params: Name.
var (
	ErrNotLocked = fault.New(fault.Conflict, "administration.not_locked")
	// ErrLimitHolds says that a limit per hour or per day is what locks.
	ErrLimitHolds = fault.New(fault.Conflict, "administration.limit_holds")
)

const actionUnlocked audit.Action = "user.unlocked"

// Unlock ends the stops and waits that wrong tries have put on the password and
// the codes of a user. It returns what stays locked by the limits per hour and
// per day.
//
// Those limits stay, and so it is safe that the account may open other
// organizations too: an administrator who unlocks it again and again lets nobody
// try more passwords a day than before.
//
// Faults: those of the guard; ErrNotJoined, ErrNotLocked, ErrLimitHolds.
func (s *Service) Unlock(ctx context.Context, actor access.Actor, userID string) (u user.User, left []attempt.Lock, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = subject(ctx, tx, actor, access.UsersResetPassword, userID); err != nil {
			return err
		}
		if u.Status == user.Invited {
			return ErrNotJoined.With("Name", u.Name())
		}
		before, err := attempt.LocksOf(ctx, tx, u.AccountID)
		if err != nil {
			return err
		}
		switch locks := before[u.AccountID]; {
		case len(locks) == 0:
			return ErrNotLocked.With("Name", u.Name())
		case !lifts(locks):
			return ErrLimitHolds.With("Name", u.Name())
		}
		if err := attempt.Unlock(ctx, tx, u.AccountID); err != nil {
			return err
		}
		after, err := attempt.LocksOf(ctx, tx, u.AccountID)
		if err != nil {
			return err
		}
		left = after[u.AccountID]
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionUnlocked, Target: user.Target(u), Details: locksIn(before[u.AccountID])})
	})
	return u, left, err
}

// locksIn says for the trail what was locked, and until when.
func locksIn(locks []attempt.Lock) map[string]string {
	details := map[string]string{}
	for _, l := range locks {
		details[string(l.Of)] = "stopped"
		if !l.Until.IsZero() {
			details[string(l.Of)] = "until " + l.Until.UTC().Format("2006-01-02T15:04:05Z")
		}
	}
	return details
}
