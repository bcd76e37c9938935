package administration

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// happeningsShown is how many lines of the trail the page of a user shows.
const happeningsShown = 10

// Suspension is who suspended somebody, when and why.
type Suspension struct {
	By     string // empty where they are gone
	At     time.Time
	Reason string // for administrators; may be empty
}

// Preview is what the window of an act says before it is done: whom it is about,
// whether it may be done, and what it ends.
type Preview struct {
	User user.User
	Standing
	Ends       Endings
	Suspension *Suspension // of a suspended user
	// BlocksPassword says that a lock blocks the password; see Lock.
	BlocksPassword bool
}

// Preview returns one user of the organization with what acts on them would end.
// Faults: access.ErrForbidden, user.ErrNotFound.
func (s *Service) Preview(ctx context.Context, actor access.Actor, userID string) (p Preview, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return Preview{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		p, err = preview(ctx, tx, actor, userID)
		return err
	})
	return p, err
}

func preview(ctx context.Context, tx *db.Tx, actor access.Actor, userID string) (p Preview, err error) {
	if p.User, err = user.Find(ctx, tx, actor.OrganizationID, userID); err != nil {
		return Preview{}, err
	}
	all, err := standings(ctx, tx, actor, p.User)
	if err != nil {
		return Preview{}, err
	}
	p.Standing = all[userID]
	if p.Ends, err = endingsOf(ctx, tx, p.User); err != nil {
		return Preview{}, err
	}
	if p.Suspension, err = suspensionOf(ctx, tx, p.User); err != nil {
		return Preview{}, err
	}
	elsewhere, err := belongsElsewhere(ctx, tx, p.User)
	p.BlocksPassword = !elsewhere
	return p, err
}

func suspensionOf(ctx context.Context, tx *db.Tx, u user.User) (*Suspension, error) {
	var of Suspension
	var reason, first, last *string
	err := tx.QueryRow(ctx, `SELECT u.suspended_at, u.suspended_reason, b.first_name, b.last_name FROM users u
		LEFT JOIN users b ON b.organization_id = u.organization_id AND b.id = u.suspended_by
		WHERE u.organization_id = $1 AND u.id = $2 AND u.status = 'suspended' AND u.suspended_at IS NOT NULL`, u.OrganizationID, u.ID).
		Scan(&of.At, &reason, &first, &last)
	if errors.Is(err, db.ErrNoRow) {
		return nil, nil
	}
	of.Reason, of.By = user.OrEmpty(reason), person.FullName(user.OrEmpty(first), user.OrEmpty(last))
	return &of, err
}

// Grant is one thing that a user may do, and the role that it comes from.
type Grant struct {
	Permission access.Permission
	Role       string
}

// Portrait is everything that the page of one user shows.
type Portrait struct {
	Preview
	Delivery   *mail.Delivery // of the invitation's letter
	Reset      *FactorReset   // of the second factor, where one was begun
	Happenings []audit.Entry  // newest first
	Grants     []Grant        // why they can do what they can do, in the order of the modules
}

// Portrait returns one user of the organization.
// Faults: access.ErrForbidden, user.ErrNotFound.
func (s *Service) Portrait(ctx context.Context, actor access.Actor, userID string) (p Portrait, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return Portrait{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if p.Preview, err = preview(ctx, tx, actor, userID); err != nil {
			return err
		}
		if p.Delivery, err = s.deliveryTo(ctx, tx, p.User); err != nil {
			return err
		}
		if p.Reset, err = begunFor(ctx, tx, p.User); err != nil {
			return err
		}
		p.Happenings, err = audit.OfTarget(ctx, tx, actor.OrganizationID, userID, happeningsShown)
		return err
	})
	p.Grants = s.grantsOf(p.User)
	return p, err
}

// deliveryTo is how far the letter of an invitation got, nil without one.
func (s *Service) deliveryTo(ctx context.Context, tx *db.Tx, u user.User) (*mail.Delivery, error) {
	if u.Invitation == nil || u.Invitation.LetterID == "" {
		return nil, nil
	}
	deliveries, err := s.Outbox.StateOf(ctx, tx, u.Invitation.LetterID)
	if d, known := deliveries[u.Invitation.LetterID]; known {
		return &d, err
	}
	return nil, err
}

// grantsOf lists what the user's role holds; each thing comes from the one role.
func (s *Service) grantsOf(u user.User) (grants []Grant) {
	for _, p := range s.Modules.Of(u.Permissions) {
		grants = append(grants, Grant{Permission: p, Role: u.RoleName})
	}
	return grants
}
