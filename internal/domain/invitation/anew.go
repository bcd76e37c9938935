package invitation

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// InviteAnew is Resend as a part of a larger act, which has made sure that the
// actor may. Faults: ErrNotInvited; throttled.
func (s *Service) InviteAnew(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User) (user.User, error) {
	u, err := findInvited(ctx, tx, u.OrganizationID, u.ID)
	if err != nil {
		return user.User{}, err
	}
	if err := countResend(ctx, tx, u); err != nil {
		return user.User{}, err
	}
	if err := s.replaceInvitation(ctx, tx, u); err != nil {
		return user.User{}, err
	}
	if err := audit.Record(ctx, tx, actor, audit.Event{Action: actionResent, Target: user.Target(u)}); err != nil {
		return user.User{}, err
	}
	return findInvited(ctx, tx, u.OrganizationID, u.ID)
}
