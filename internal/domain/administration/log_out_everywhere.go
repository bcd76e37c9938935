package administration

import (
	"context"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

const actionLoggedOutEverywhere audit.Action = "user.logged_out_everywhere"

// LogOutEverywhere ends the sessions of an active user in this organization, and
// the log-ins that are half done, and returns how many sessions that were. The
// password and the second factor let them in again.
//
// Faults: those of the guard; ErrNotJoined, ErrChangedMeanwhile.
func (s *Service) LogOutEverywhere(ctx context.Context, actor access.Actor, userID string) (u user.User, ended int, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = subjectWith(ctx, tx, actor, access.UsersResetPassword, userID, user.Active); err != nil {
			return err
		}
		if ended, err = logOut(ctx, tx, u); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{
			Action: actionLoggedOutEverywhere, Target: user.Target(u), Details: map[string]string{"sessions": strconv.Itoa(ended)},
		})
	})
	return u, ended, err
}

// logOut ends the sessions of a user in this organization, and returns how many
// they were. The half log-ins of somebody who is active elsewhere as well stay:
// they may be on their way there.
func logOut(ctx context.Context, tx *db.Tx, u user.User) (ended int, err error) {
	elsewhere, err := activeElsewhere(ctx, tx, u)
	if err != nil {
		return 0, err
	}
	if !elsewhere {
		if err := session.EndHalves(ctx, tx, u.AccountID); err != nil {
			return 0, err
		}
	}
	if ended, err = session.CountOfUser(ctx, tx, u.OrganizationID, u.ID); err != nil {
		return 0, err
	}
	return ended, session.EndAllOfUser(ctx, tx, u.OrganizationID, u.ID, session.Ended)
}
