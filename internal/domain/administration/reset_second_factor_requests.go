package administration

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// requestsShown is how many requests FactorResetRequests returns at most.
const requestsShown = 10

// FactorResetRequest is somebody's request to reset a second factor that waits
// for the approval of the one who looks.
type FactorResetRequest struct {
	User user.User // whose second factor it is
	FactorReset
}

// FactorResetRequests returns what the actor can approve, the oldest first; nothing
// for whoever is no Administrator. Faults: access.ErrForbidden, user.ErrNotFound.
func (s *Service) FactorResetRequests(ctx context.Context, actor access.Actor) (requests []FactorResetRequest, err error) {
	if err := actor.Require(access.UsersResetPassword); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		requests = nil
		viewer, err := user.Find(ctx, tx, actor.OrganizationID, actor.UserID)
		if err != nil || !isAdministrator(viewer) {
			return err
		}
		asked, err := db.Collect(ctx, tx, user.Scan, user.Columns+`
			JOIN second_factor_resets f ON f.organization_id = u.organization_id AND f.user_id = u.id
			WHERE f.organization_id = $1 AND f.waits_for = 'approval' AND f.ends_at > $2 AND f.asked_by <> $3 AND f.user_id <> $3
			ORDER BY f.asked_at, f.user_id LIMIT $4`, actor.OrganizationID, tx.Now, actor.UserID, requestsShown)
		if err != nil {
			return err
		}
		for _, u := range asked {
			r, err := openFactorReset(ctx, tx, u)
			if errors.Is(err, ErrFactorResetGone) {
				continue
			}
			if err != nil {
				return err
			}
			requests = append(requests, FactorResetRequest{u, r})
		}
		return nil
	})
	return requests, err
}
