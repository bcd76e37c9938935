package session

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

// Recheck reads once more, inside the transaction of an act, whether the actor's
// session, status, role and organization still allow it, and returns the actor
// with what they hold now. Call it after audit.Hold, so that whoever suspends or
// demotes the actor meanwhile waits for this act, or this act for them. An actor
// without a session, such as the installation, stays as it is.
//
// Faults: as Sessions.Authenticate.
func Recheck(ctx context.Context, tx *db.Tx, actor access.Actor) (access.Actor, error) {
	if actor.SessionID == "" {
		return actor, nil
	}
	var f found
	err := f.read(ctx, tx, `s.id = $1`, actor.SessionID)
	if errors.Is(err, db.ErrNoRow) {
		return access.Actor{}, ErrEnded
	}
	if err != nil {
		return access.Actor{}, err
	}
	if err := f.refusal(tx.Now); err != nil {
		return access.Actor{}, err
	}
	actor.Permissions = f.holds(tx.Now)
	return actor, nil
}

// Authorize begins an act on the people of the actor's organization, which needs a
// permission as the actor holds it now. Every other such act there waits for this one.
//
// Faults: those of Recheck; access.ErrForbidden.
func Authorize(ctx context.Context, tx *db.Tx, actor access.Actor, needs access.Permission) (access.Actor, error) {
	if err := audit.Hold(ctx, tx, actor.OrganizationID); err != nil {
		return access.Actor{}, err
	}
	actor, err := Recheck(ctx, tx, actor)
	if err != nil {
		return access.Actor{}, err
	}
	return actor, actor.Require(needs)
}
