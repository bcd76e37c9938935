package administration

import (
	"context"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// Refusals of a reset by an administrator.
var (
	// ErrSetActiveFirst says that the user is suspended. Params: Name.
	ErrSetActiveFirst = fault.New(fault.Conflict, "administration.set_active_first")
	// ErrPasswordNotHere says that the password is not this organization's alone
	// to block. It does not say whose else it is. Params: Name.
	ErrPasswordNotHere = fault.New(fault.Conflict, "administration.password_not_here")
)

const actionResetSent audit.Action = "password.reset_sent"

// ResetPassword sends a user a link to choose a new password, in the place of
// any earlier one. Nobody but the owner of the mailbox sees it, and it works for
// account.AdministratorResetLifetime. The present password works until then.
//
// With logOut, for an account that may be in wrong hands, it also ends the
// user's sessions at once, and no password opens the account until a new one is
// chosen. The second factor stays. It returns how many sessions were ended.
//
// Faults: those of the guard; ErrNotJoined, ErrSetActiveFirst,
// ErrPasswordNotHere; attempt.ErrReset…, throttle.ErrWait….
func (s *Service) ResetPassword(ctx context.Context, actor access.Actor, userID string, logOut bool) (u user.User, ended int, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = activeSubject(ctx, tx, actor, access.UsersResetPassword, userID); err != nil {
			return err
		}
		if err := s.countReset(ctx, tx, u); err != nil {
			return err
		}
		ended = 0
		if logOut {
			if ended, err = logOutOfAccount(ctx, tx, u); err != nil {
				return err
			}
		}
		o, err := organization.Get(ctx, tx, u.OrganizationID)
		if err != nil {
			return err
		}
		if err := s.Accounts.SendAdministratorReset(ctx, tx, account.AdministratorReset{
			AccountID: u.AccountID, OrganizationID: o.ID, OrganizationName: o.Name, Administrator: actor.Name, BlockPassword: logOut,
		}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionResetSent, Target: user.Target(u), Details: resetDetails(logOut, ended)})
	})
	return u, ended, err
}

func resetDetails(logOut bool, ended int) map[string]string {
	if !logOut {
		return nil
	}
	return map[string]string{"password": "blocked", "sessions": strconv.Itoa(ended)}
}

// activeSubject is subject for what only an active user has.
// Faults: those of subject; ErrNotJoined, ErrSetActiveFirst.
func activeSubject(ctx context.Context, tx *db.Tx, actor access.Actor, needs access.Permission, userID string) (user.User, error) {
	u, err := subject(ctx, tx, actor, needs, userID)
	if err == nil {
		err = requireActive(u)
	}
	return u, err
}

func requireActive(u user.User) error {
	switch u.Status {
	case user.Invited:
		return ErrNotJoined.With("Name", u.Name())
	case user.Suspended:
		return ErrSetActiveFirst.With("Name", u.Name())
	}
	return nil
}

// countReset counts the letter with those that the owner asks for.
// Faults: attempt.ErrReset…, throttle.ErrWait….
func (s *Service) countReset(ctx context.Context, tx *db.Tx, u user.User) error {
	email, err := person.ParseEmail(u.Email)
	if err != nil {
		return err
	}
	return attempt.CountAdministratorReset(ctx, tx, s.Kind, email.Key, u.ID)
}

// logOutOfAccount ends every session and half log-in of an account that belongs
// to this organization alone. Fault: ErrPasswordNotHere.
func logOutOfAccount(ctx context.Context, tx *db.Tx, u user.User) (ended int, err error) {
	if err := takeAccount(ctx, tx, u.AccountID); err != nil {
		return 0, err
	}
	elsewhere, err := belongsElsewhere(ctx, tx, u)
	if err != nil {
		return 0, err
	}
	if elsewhere {
		return 0, ErrPasswordNotHere.With("Name", u.Name())
	}
	return logOut(ctx, tx, u)
}

// belongsElsewhere reports whether another organization relies on the account,
// also where the user is suspended there. Between takeAccount and the end of the
// transaction that stays as it is.
func belongsElsewhere(ctx context.Context, tx *db.Tx, u user.User) (others bool, err error) {
	return others, tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE account_id = $1 AND organization_id <> $2)`,
		u.AccountID, u.OrganizationID).Scan(&others)
}
