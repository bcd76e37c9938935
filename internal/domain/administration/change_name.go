package administration

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

const actionNameChanged audit.Action = "user.name_changed"

// ChangeName changes how a user is called in the organization. The last name may
// be empty. The name that they have already changes nothing.
//
// Faults: those of the guard; fields first_name and last_name.
func (s *Service) ChangeName(ctx context.Context, actor access.Actor, userID, firstName, lastName string) (u user.User, err error) {
	var bad person.Fields
	firstName, lastName = bad.Name("first_name", firstName, true), bad.Name("last_name", lastName, false)
	if err := bad.Fault(); err != nil {
		return user.User{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = subject(ctx, tx, actor, access.UsersEdit, userID); err != nil {
			return err
		}
		if u.FirstName == firstName && u.LastName == lastName {
			return nil
		}
		before := u.Name()
		u.FirstName, u.LastName = firstName, lastName
		if err := user.Rename(ctx, tx, u); err != nil {
			return err
		}
		if u.Status == user.Active {
			if err := s.tell(ctx, tx, actor, u, mail.KindNameChangedByAdministrator, map[string]string{"Name": u.Name()}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, actor, audit.Event{
			Action: actionNameChanged, Target: user.Target(u), Details: map[string]string{"from": before, "to": u.Name()},
		})
	})
	return u, err
}
