package audit

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
)

const columns = `organization_id, sequence, at, action, actor_kind, actor_id, actor_name,
	target_kind, target_id, target_name, details, address, user_agent, request_id, previous_hash, hash`

func scan(row db.Row) (Entry, error) {
	var e Entry
	var action, kind string
	err := row.Scan(&e.OrganizationID, &e.Sequence, &e.At, &action, &kind, &e.ActorID, &e.ActorName,
		&e.Target.Kind, &e.Target.ID, &e.Target.Name, &e.Details, &e.Origin.Address, &e.Origin.UserAgent, &e.Origin.RequestID,
		&e.PreviousHash, &e.Hash)
	e.Action, e.ActorKind = Action(action), access.ActorKind(kind)
	return e, err
}

// OfTarget returns the newest entries about one target, newest first.
func OfTarget(ctx context.Context, tx *db.Tx, organizationID, targetID string, limit int) ([]Entry, error) {
	return db.Collect(ctx, tx, scan, `SELECT `+columns+` FROM audit_events
		WHERE organization_id = $1 AND target_id = $2 ORDER BY at DESC, sequence DESC LIMIT $3`, organizationID, targetID, limit)
}

// OfActions returns the newest entries with one of the actions, newest first.
func OfActions(ctx context.Context, tx *db.Tx, organizationID string, limit int, actions ...Action) ([]Entry, error) {
	return search{organizationID: organizationID, query: Query{Actions: actions}}.read(ctx, tx, place{}, limit)
}

// Latest is OfActions for whoever may see the log. Fault: access.ErrForbidden.
func (s *Service) Latest(ctx context.Context, actor access.Actor, limit int, actions ...Action) (entries []Entry, err error) {
	if err := actor.Require(access.AuditView); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		entries, err = OfActions(ctx, tx, actor.OrganizationID, limit, actions...)
		return err
	})
	return entries, err
}

// Trails returns the organizations that have a trail, the installation's included.
func Trails(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Values[string](ctx, tx, `SELECT organization_id FROM audit_heads UNION SELECT organization_id FROM audit_events ORDER BY organization_id`)
}
