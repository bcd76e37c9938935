package administration

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// Refusals that every act here can meet.
var (
	ErrOwnAccess         = fault.New(fault.Forbidden, "administration.own_access")
	ErrHoldsMore         = fault.New(fault.Forbidden, "administration.holds_more")        // Params: Name
	ErrLastAdministrator = fault.New(fault.Conflict, "administration.last_administrator") // Params: Organization
)

// subject begins an act with session.Authorize, so that until the transaction ends
// nobody's status or role changes, and returns the user whom it is about. Another
// organization's user is answered like one that does not exist.
//
// Faults: those of session.Authorize; user.ErrNotFound, ErrOwnAccess, ErrHoldsMore.
func subject(ctx context.Context, tx *db.Tx, actor access.Actor, needs access.Permission, userID string) (user.User, error) {
	actor, err := session.Authorize(ctx, tx, actor, needs)
	if err != nil {
		return user.User{}, err
	}
	u, err := user.Find(ctx, tx, actor.OrganizationID, userID)
	if err != nil {
		return user.User{}, err
	}
	return u, mayActOn(actor, u)
}

// mayActOn holds two rules: nobody changes their own access, and nobody acts on
// someone who holds more than they do. Faults: ErrOwnAccess, ErrHoldsMore.
func mayActOn(actor access.Actor, u user.User) error {
	switch {
	case u.ID == actor.UserID:
		return ErrOwnAccess
	case !actor.Permissions.Covers(u.Permissions):
		return ErrHoldsMore.With("Name", u.Name())
	}
	return nil
}

// keepAnAdministrator refuses an act after which the user is no active
// Administrator any more, if no other one would be left. The guard has made
// sure that nobody else takes one away at the same time.
// Fault: ErrLastAdministrator.
func keepAnAdministrator(ctx context.Context, tx *db.Tx, u user.User) error {
	if !isAdministrator(u) {
		return nil
	}
	others, err := user.OtherAdministrators(ctx, tx, u.OrganizationID, u.ID)
	if err != nil || others > 0 {
		return err
	}
	o, err := organization.Get(ctx, tx, u.OrganizationID)
	if err != nil {
		return err
	}
	return ErrLastAdministrator.With("Organization", o.Name)
}
