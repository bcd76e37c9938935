package role

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

const actionCreated audit.Action = "role.created"

// Create makes a role of the organization's own. Nobody has it yet, so that there
// is nothing to review. A copy is a new role whose draft was filled from another.
//
// Faults: those of session.Authorize; fields name, description;
// ErrUnknownPermission, ErrBeyond.
func (s *Service) Create(ctx context.Context, actor access.Actor, d Draft) (made Role, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		maker, roles, err := hold(ctx, tx, actor)
		if err != nil {
			return err
		}
		w, err := s.draw(maker, roles, "", d)
		if err != nil {
			return err
		}
		made = w.apply(Role{ID: id.New("rol"), Kind: access.RoleOwn})
		_, err = tx.Exec(ctx, `INSERT INTO roles (organization_id, id, name, name_key, kind, description, permissions, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			maker.OrganizationID, made.ID, made.Name, w.key, string(made.Kind), made.Description, made.Permissions.Stored(), tx.Now)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, maker, audit.Event{
			Action: actionCreated, Target: target(made),
			Details: map[string]string{"description": made.Description, "permissions": made.Permissions.Stored()},
		})
	})
	return made, err
}
