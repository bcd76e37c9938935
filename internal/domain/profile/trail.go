package profile

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

// recordOwn writes what people do to their own account to the trail of each
// organization that relies on it.
func recordOwn(ctx context.Context, tx *db.Tx, actor access.Actor, action audit.Action) error {
	members, err := account.MembersOf(ctx, tx, actor.AccountID)
	if err != nil {
		return err
	}
	return account.RecordEverywhere(ctx, tx, members, actor, audit.Event{Action: action})
}
