package invitation

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// WithdrawSentBy withdraws the open invitations that somebody of the actor's
// organization sent, each with its line in the trail, and returns how many.
func (s *Service) WithdrawSentBy(ctx context.Context, tx *db.Tx, actor access.Actor, inviterID string) (withdrawn int, err error) {
	sent, err := db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE i.organization_id = $1 AND i.inviter_id = $2
		AND (i.expires_at IS NULL OR i.expires_at > $3) ORDER BY u.id`, actor.OrganizationID, inviterID, tx.Now)
	if err != nil {
		return 0, err
	}
	for _, u := range sent {
		err := s.WithdrawWithin(ctx, tx, u)
		if errors.Is(err, ErrNotInvited) { // joined at this moment
			continue
		}
		if err != nil {
			return 0, err
		}
		if err := audit.Record(ctx, tx, actor, Withdrawal(u)); err != nil {
			return 0, err
		}
		withdrawn++
	}
	return withdrawn, nil
}
