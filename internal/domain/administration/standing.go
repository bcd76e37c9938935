package administration

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// Acts are what an administrator may do to one user as both stand now. Whoever
// shows buttons asks here; each act holds to its own rules all the same.
type Acts struct {
	ResetPassword     bool
	ChangeStatus      bool
	ChangeRole        bool
	ChangeName        bool
	Resend            bool // with CopyLink and Withdraw, of an invitation
	CopyLink          bool
	Withdraw          bool
	ResetSecondFactor bool
	Unlock            bool
	LogOut            bool
	Lock              bool
	Delete            bool
}

// Standing is how a user stands to an administrator who looks at them.
type Standing struct {
	Acts
	Yourself  bool // and so nothing may be done
	HoldsMore bool // than the administrator; nothing may be done
	// LastAdministrator keeps status, role and account: nobody else could look after the organization.
	LastAdministrator bool
	LoggedIn          bool           // somewhere in this organization
	Locks             []attempt.Lock // by too many wrong tries
}

// Standings returns the standing of each user, by id, with as many queries for a
// page of them as for one. Fault: access.ErrForbidden.
func (s *Service) Standings(ctx context.Context, actor access.Actor, users ...user.User) (all map[string]Standing, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err = standings(ctx, tx, actor, users...)
		return err
	})
	return all, err
}

func standings(ctx context.Context, tx *db.Tx, actor access.Actor, users ...user.User) (map[string]Standing, error) {
	var accounts, ids []string
	var administrators bool
	for _, u := range users {
		if u.AccountID != "" {
			accounts, ids = append(accounts, u.AccountID), append(ids, u.ID)
		}
		administrators = administrators || isAdministrator(u)
	}
	locks, err := attempt.LocksOf(ctx, tx, accounts...)
	if err != nil {
		return nil, err
	}
	loggedIn, err := session.LoggedIn(ctx, tx, actor.OrganizationID, ids...)
	if err != nil {
		return nil, err
	}
	alone := false
	if administrators {
		all, err := user.OtherAdministrators(ctx, tx, actor.OrganizationID, "")
		if err != nil {
			return nil, err
		}
		alone = all == 1
	}
	standing := map[string]Standing{}
	for _, u := range users {
		st := Standing{LastAdministrator: alone && isAdministrator(u), LoggedIn: loggedIn[u.ID], Locks: locks[u.AccountID]}
		err := mayActOn(actor, u)
		st.Yourself, st.HoldsMore = errors.Is(err, ErrOwnAccess), errors.Is(err, ErrHoldsMore)
		if err == nil {
			st.Acts = actsOn(actor, u, st)
		}
		standing[u.ID] = st
	}
	return standing, nil
}

// actsOn says what the actor's permissions and the user's status leave to do.
func actsOn(actor access.Actor, u user.User, st Standing) Acts {
	may := actor.Permissions.Has
	active, invited, suspended := u.Status == user.Active, u.Status == user.Invited, u.Status == user.Suspended
	return Acts{
		ResetPassword:     active && may(access.UsersResetPassword),
		ChangeStatus:      !invited && !st.LastAdministrator && may(access.UsersChangeStatus),
		ChangeRole:        !st.LastAdministrator && may(access.UsersEdit),
		ChangeName:        may(access.UsersEdit),
		Resend:            invited && may(access.UsersInvite),
		CopyLink:          invited && may(access.UsersInvite),
		Withdraw:          invited && may(access.UsersInvite),
		ResetSecondFactor: !invited && u.SecondFactorOn && may(access.UsersResetPassword),
		Unlock:            !invited && lifts(st.Locks) && may(access.UsersResetPassword),
		LogOut:            active && st.LoggedIn && may(access.UsersResetPassword),
		Lock:              !invited && !st.LastAdministrator && may(access.UsersChangeStatus),
		Delete:            (invited || suspended) && may(access.UsersEdit),
	}
}

func isAdministrator(u user.User) bool {
	return u.RoleKind == access.RoleAdministrator && u.Status == user.Active
}

func lifts(locks []attempt.Lock) bool {
	for _, l := range locks {
		if l.Lifts() {
			return true
		}
	}
	return false
}
