package administration

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// look reads whom a window is about, with the rules of the guard. With a refusal
// that is about the user, the user comes along.
// Faults: access.ErrForbidden, user.ErrNotFound; ErrOwnAccess, ErrHoldsMore.
func look(ctx context.Context, tx *db.Tx, actor access.Actor, needs access.Permission, userID string) (user.User, error) {
	if err := actor.Require(needs); err != nil {
		return user.User{}, err
	}
	u, err := user.Find(ctx, tx, actor.OrganizationID, userID)
	if err != nil {
		return user.User{}, err
	}
	return u, mayActOn(actor, u)
}
