package role

import (
	"context"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

const actionDeleted audit.Action = "role.deleted"

// ErrUsersLeft refuses to delete a role that somebody has, unless it is said where
// they go.
var ErrUsersLeft = fault.New(fault.Invalid, "role.users_left") // Params: Count

// Deleted is a role that is gone, and where its users went.
type Deleted struct {
	Role
	To user.Role // zero where nobody had the role
}

// Delete removes a role of the organization's own. Its users, invited ones too,
// are given another one within the actor's rights in the same transaction: nobody
// is ever without a role. The actor answers for their invitations from now on.
//
// The trail has one event for the act, with the number of those who were moved;
// they get no letter each, as with an edit of their role.
//
// Faults: those of session.Authorize; ErrNotFound, ErrBuiltIn; field to
// (ErrUsersLeft, user.ErrRoleGone).
func (s *Service) Delete(ctx context.Context, actor access.Actor, roleID, to string) (gone Deleted, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		gone = Deleted{}
		remover, roles, err := hold(ctx, tx, actor)
		if err != nil {
			return err
		}
		if gone.Role, err = among(roles, roleID); err != nil {
			return err
		}
		if gone.Kind != access.RoleOwn {
			return ErrBuiltIn.With("Role", gone.Name)
		}
		details := map[string]string{"permissions": gone.Permissions.Stored()}
		if gone.Users > 0 {
			if gone.To, err = successor(ctx, tx, remover, gone.Role, to); err != nil {
				return err
			}
			if err := move(ctx, tx, remover, roleID, gone.To.ID); err != nil {
				return err
			}
			details["users"], details["to"] = strconv.Itoa(gone.Users), gone.To.Name
		}
		if _, err := tx.Exec(ctx, `DELETE FROM roles WHERE organization_id = $1 AND id = $2`, remover.OrganizationID, roleID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, remover, audit.Event{Action: actionDeleted, Target: target(gone.Role), Details: details})
	})
	return gone, err
}

// successor is the role that the users get. Fault: field to.
func successor(ctx context.Context, tx *db.Tx, remover access.Actor, gone Role, to string) (user.Role, error) {
	if to == "" {
		return user.Role{}, fault.InvalidFields(ErrUsersLeft.With("Count", gone.Users).At("to"))
	}
	given, err := user.RoleToGive(ctx, tx, remover, to)
	if err == nil && given.ID == gone.ID {
		err = user.ErrRoleGone
	}
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		return user.Role{}, fault.InvalidFields(f.At("to"))
	}
	return given, err
}

// move gives all users of a role another one.
func move(ctx context.Context, tx *db.Tx, remover access.Actor, from, to string) error {
	if err := endFactorResets(ctx, tx, remover.OrganizationID, from); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE invitations SET inviter_id = $3, inviter_name = $4 WHERE organization_id = $1
		AND user_id IN (SELECT id FROM users WHERE organization_id = $1 AND role_id = $2)`,
		remover.OrganizationID, from, remover.UserID, remover.Name)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE users SET role_id = $3 WHERE organization_id = $1 AND role_id = $2`, remover.OrganizationID, from, to); err != nil {
		return err
	}
	if tx.Engine() != db.PostgreSQL {
		return nil
	}
	// Counting waits for the end of the transaction there, and would find no role to count for.
	_, err = tx.Exec(ctx, `SET CONSTRAINTS users_counted_anew IMMEDIATE`)
	return err
}
