package administration

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

const actionRoleChanged audit.Action = "user.role_changed"

// RoleChoice is a role that an administrator may give a user, and what the user
// would hold then that they do not hold now, and the other way round.
type RoleChoice struct {
	user.Role
	Gains []access.Permission
	Loses []access.Permission
}

// RoleChoices returns a user, how they stand, and the roles to choose from.
// Faults: access.ErrForbidden, user.ErrNotFound.
func (s *Service) RoleChoices(ctx context.Context, actor access.Actor, userID string) (p Preview, choices []RoleChoice, err error) {
	if err := actor.Require(access.UsersEdit); err != nil {
		return Preview{}, nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if p, err = preview(ctx, tx, actor, userID); err != nil {
			return err
		}
		roles, err := user.RolesWithin(ctx, tx, actor)
		if err != nil {
			return err
		}
		for _, r := range roles {
			choices = append(choices, RoleChoice{r, s.Modules.Beyond(r.Permissions, p.User.Permissions), s.Modules.Beyond(p.User.Permissions, r.Permissions)})
		}
		return nil
	})
	return p, choices, err
}

// ChangeRole gives a user, invited, active or suspended, another role out of
// those within the actor's own rights. It holds from the next request on; nobody
// is logged out. The role that the user has already changes nothing.
//
// Faults: those of the guard; field role (user.ErrRoleMissing, ErrRoleGone);
// ErrLastAdministrator.
func (s *Service) ChangeRole(ctx context.Context, actor access.Actor, userID, roleID string) (u user.User, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		giver, err := session.Authorize(ctx, tx, actor, access.UsersEdit)
		if err != nil {
			return err
		}
		if u, err = user.Find(ctx, tx, giver.OrganizationID, userID); err != nil {
			return err
		}
		if err := mayActOn(giver, u); err != nil {
			return err
		}
		role, err := user.RoleToGive(ctx, tx, giver, roleID)
		if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
			return fault.InvalidFields(f.At("role"))
		}
		if err != nil || role.ID == u.RoleID {
			return err
		}
		if role.Kind != access.RoleAdministrator {
			if err := keepAnAdministrator(ctx, tx, u); err != nil {
				return err
			}
		}
		return s.giveRole(ctx, tx, giver, &u, role)
	})
	return u, err
}

func (s *Service) giveRole(ctx context.Context, tx *db.Tx, giver access.Actor, u *user.User, role user.Role) error {
	before := u.RoleName
	if _, err := tx.Exec(ctx, `UPDATE users SET role_id = $3 WHERE organization_id = $1 AND id = $2`, u.OrganizationID, u.ID, role.ID); err != nil {
		return err
	}
	// Whoever gives the role answers for it: it is their rights that the
	// acceptance of an open invitation looks at from now on. It looks for the
	// right to invite, too; without that it stays with whoever sent it.
	if giver.Permissions.Has(access.UsersInvite) {
		_, err := tx.Exec(ctx, `UPDATE invitations SET inviter_id = $3, inviter_name = $4 WHERE organization_id = $1 AND user_id = $2`,
			u.OrganizationID, u.ID, giver.UserID, giver.Name)
		if err != nil {
			return err
		}
	}
	if err := endFactorResets(ctx, tx, *u); err != nil {
		return err
	}
	u.RoleID, u.RoleName, u.RoleKind, u.Permissions = role.ID, role.Name, role.Kind, role.Permissions
	if u.Status == user.Active {
		if err := s.tell(ctx, tx, giver, *u, mail.KindRoleChanged, map[string]string{"Role": role.Name}); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, giver, audit.Event{
		Action: actionRoleChanged, Target: user.Target(*u), Details: map[string]string{"from": before, "to": role.Name},
	})
}
