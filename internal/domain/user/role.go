package user

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// Refusals about roles.
var (
	ErrRoleMissing = fault.New(fault.Invalid, "user.role_missing")
	ErrRoleGone    = fault.New(fault.Invalid, "user.role_gone")
)

// Role is what users of an organization can be.
type Role struct {
	ID          string
	Name        string
	Kind        access.RoleKind
	Permissions access.Permissions
}

const roleColumns = `SELECT id, name, kind, permissions FROM roles `

func scanRole(row db.Row) (Role, error) {
	var r Role
	var stored string
	err := row.Scan(&r.ID, &r.Name, &r.Kind, &stored)
	r.Permissions = access.OfRole(r.Kind, stored)
	return r, err
}

// FindRole returns a role of the organization. Fault: db.ErrNoRow.
func FindRole(ctx context.Context, tx *db.Tx, organizationID, roleID string) (Role, error) {
	return scanRole(tx.QueryRow(ctx, roleColumns+`WHERE organization_id = $1 AND id = $2`, organizationID, roleID))
}

// AdministratorRole returns the role of an organization that holds everything. Fault: db.ErrNoRow.
func AdministratorRole(ctx context.Context, tx *db.Tx, organizationID string) (Role, error) {
	return scanRole(tx.QueryRow(ctx, roleColumns+`WHERE organization_id = $1 AND kind = 'administrator'`, organizationID))
}

// RolesWithin returns the roles that hold nothing beyond what the actor holds:
// nobody gives more than they have.
func RolesWithin(ctx context.Context, tx *db.Tx, actor access.Actor) ([]Role, error) {
	all, err := db.Collect(ctx, tx, scanRole, roleColumns+`WHERE organization_id = $1 ORDER BY created_at, kind, id`, actor.OrganizationID)
	if err != nil {
		return nil, err
	}
	var within []Role
	for _, r := range all {
		if actor.Permissions.Covers(r.Permissions) {
			within = append(within, r)
		}
	}
	return within, nil
}

// RoleToGive returns a role that the actor may give away. A role beyond the
// actor's own permissions is answered as one that does not exist.
// Faults: ErrRoleMissing, ErrRoleGone.
func RoleToGive(ctx context.Context, tx *db.Tx, actor access.Actor, roleID string) (Role, error) {
	if roleID == "" {
		return Role{}, ErrRoleMissing
	}
	r, err := FindRole(ctx, tx, actor.OrganizationID, roleID)
	if errors.Is(err, db.ErrNoRow) || (err == nil && !actor.Permissions.Covers(r.Permissions)) {
		return Role{}, ErrRoleGone
	}
	return r, err
}

// OtherAdministrators counts the active Administrators of an organization beside
// one of them. It stops at two: nobody asks for more, and there may be thousands.
func OtherAdministrators(ctx context.Context, tx *db.Tx, organizationID, userID string) (others int, err error) {
	// CROSS JOIN keeps SQLite to this order: the roles lead to their users.
	err = tx.QueryRow(ctx, `SELECT count(*) FROM (
		SELECT 1 FROM roles r CROSS JOIN users u
		WHERE r.organization_id = $1 AND r.kind = 'administrator' AND u.organization_id = r.organization_id AND u.role_id = r.id
			AND u.status = 'active' AND u.id <> $2 LIMIT 2) AS others`,
		organizationID, userID).Scan(&others)
	return others, err
}
