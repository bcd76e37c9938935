package signin

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// LogOut ends the actor's own session.
func (s *Service) LogOut(ctx context.Context, actor access.Actor) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := audit.Hold(ctx, tx, actor.OrganizationID); err != nil {
			return err
		}
		if err := session.End(ctx, tx, actor.SessionID, session.LoggedOut); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionLoggedOut, Target: audit.Self(actor)})
	})
}
