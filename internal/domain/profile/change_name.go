package profile

import (
	"context"

	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

const actionNameChanged audit.Action = "user.renamed"

// ChangeName changes how a person is called in the organization of the session.
// Faults: fields first_name and last_name.
func (s *Service) ChangeName(ctx context.Context, current session.Current, firstName, lastName string) error {
	var bad person.Fields
	firstName, lastName = bad.Name("first_name", firstName, true), bad.Name("last_name", lastName, false)
	if err := bad.Fault(); err != nil {
		return err
	}
	actor := current.Actor
	if person.FullName(firstName, lastName) == person.FullName(current.FirstName, current.LastName) && firstName == current.FirstName {
		return nil
	}
	return s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if err := user.Rename(ctx, tx, user.User{
			OrganizationID: actor.OrganizationID, ID: actor.UserID, FirstName: firstName, LastName: lastName, Email: current.Email,
		}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{
			Action: actionNameChanged, Target: audit.Self(actor), Details: map[string]string{"name": person.FullName(firstName, lastName)},
		})
	})
}
