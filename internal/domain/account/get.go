package account

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// deliveriesOf returns how far the letters of the invited users got.
func (s *Service) deliveriesOf(ctx context.Context, tx *db.Tx, users ...user.User) (map[string]mail.Delivery, error) {
	var letters []string
	for _, u := range users {
		if u.Invitation != nil && u.Invitation.LetterID != "" {
			letters = append(letters, u.Invitation.LetterID)
		}
	}
	return s.Outbox.StateOf(ctx, tx, letters...)
}

// happeningsShown is how many lines of the trail the page of a user shows.
const happeningsShown = 10

// Portrait is everything that the page of one user shows.
type Portrait struct {
	User       user.User
	Delivery   *mail.Delivery // of the invitation's letter
	Sessions   int
	Happenings []audit.Entry // newest first
}

// Get returns one user of the organization.
// Faults: access.ErrForbidden, ErrUserNotFound.
func (s *Service) Get(ctx context.Context, actor access.Actor, userID string) (p Portrait, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return Portrait{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if p.User, err = user.Find(ctx, tx, actor.OrganizationID, userID); err != nil {
			return err
		}
		deliveries, err := s.deliveriesOf(ctx, tx, p.User)
		if err != nil {
			return err
		}
		for _, d := range deliveries {
			p.Delivery = &d
		}
		if p.Sessions, err = session.CountOfUser(ctx, tx, actor.OrganizationID, userID); err != nil {
			return err
		}
		p.Happenings, err = audit.OfTarget(ctx, tx, actor.OrganizationID, userID, happeningsShown)
		return err
	})
	return p, err
}
