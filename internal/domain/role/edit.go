package role

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

const actionEdited audit.Action = "role.edited"

// Change is what an edit does to a role.
type Change struct {
	Before, After Role
	Gains         []access.Permission // in the order of the modules
	Loses         []access.Permission
}

// Nothing reports whether the role would be what it is.
func (c Change) Nothing() bool { return c.Before.Revision() == c.After.Revision() }

// Review says what an edit would give and take, and changes nothing.
//
// Faults: access.ErrForbidden, ErrNotFound, ErrBuiltIn; fields name, description;
// ErrUnknownPermission, ErrBeyond.
func (s *Service) Review(ctx context.Context, actor access.Actor, roleID string, d Draft) (c Change, err error) {
	if err := actor.Require(access.RolesEdit); err != nil {
		return Change{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		roles, err := list(ctx, tx, actor.OrganizationID)
		if err != nil {
			return err
		}
		c, err = s.change(actor, roles, roleID, d)
		return err
	})
	return c, err
}

// change compares a role with a draft of it.
func (s *Service) change(actor access.Actor, roles []Role, roleID string, d Draft) (Change, error) {
	before, err := among(roles, roleID)
	if err != nil {
		return Change{}, err
	}
	if before.Kind != access.RoleOwn {
		return Change{}, ErrBuiltIn.With("Role", before.Name)
	}
	w, err := s.draw(actor, roles, before.ID, d)
	if err != nil {
		return Change{}, err
	}
	after := w.apply(before)
	return Change{
		Before: before, After: after,
		Gains: s.Modules.Beyond(after.Permissions, before.Permissions), Loses: s.Modules.Beyond(before.Permissions, after.Permissions),
	}, nil
}

// Edit gives a role the name, description and permissions of the draft, if it is
// still the one that was reviewed. It holds from the next request of each of its
// users on. Their pending resets of a second factor end, as with any change of rights.
//
// Faults: those of session.Authorize; those of Review; ErrChanged.
func (s *Service) Edit(ctx context.Context, actor access.Actor, roleID, revision string, d Draft) (c Change, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		editor, roles, err := hold(ctx, tx, actor)
		if err != nil {
			return err
		}
		if c, err = s.change(editor, roles, roleID, d); err != nil {
			return err
		}
		if c.Before.Revision() != revision {
			return ErrChanged
		}
		if c.Nothing() {
			return nil
		}
		_, err = tx.Exec(ctx, `UPDATE roles SET name = $3, name_key = $4, description = $5, permissions = $6 WHERE organization_id = $1 AND id = $2`,
			editor.OrganizationID, roleID, c.After.Name, foldedName(c.After), c.After.Description, c.After.Permissions.Stored())
		if err != nil {
			return err
		}
		if err := endFactorResets(ctx, tx, editor.OrganizationID, roleID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, editor, audit.Event{Action: actionEdited, Target: target(c.After), Details: c.details()})
	})
	return c, err
}

// details are the old and the new value of what the edit changed.
func (c Change) details() map[string]string {
	details := map[string]string{}
	for what, of := range map[string]func(Role) string{
		"name":        func(r Role) string { return r.Name },
		"description": func(r Role) string { return r.Description },
		"permissions": func(r Role) string { return r.Permissions.Stored() },
	} {
		if before, after := of(c.Before), of(c.After); before != after {
			details[what+"_from"], details[what+"_to"] = before, after
		}
	}
	return details
}

// endFactorResets ends the resets that users of a role asked for, and those that
// are about them.
func endFactorResets(ctx context.Context, tx *db.Tx, organizationID, roleID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM second_factor_resets WHERE organization_id = $1
		AND (user_id IN (SELECT id FROM users WHERE organization_id = $1 AND role_id = $2)
			OR asked_by IN (SELECT id FROM users WHERE organization_id = $1 AND role_id = $2))`, organizationID, roleID)
	return err
}
