package client

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// happeningsShown is how many lines of the trail the page of a client shows.
const happeningsShown = 10

// vendorActs are the lines of a client's trail that tell of what is done here. The
// rest of the trail is the client's own; so is who of its users ended a recovery.
var vendorActs = []audit.Action{
	invitation.ActionFounded, actionChanged, actionSuspended, actionReactivated, actionTrialExtended, actionTrialEnded, actionActivated,
	actionFirstInvitedAgain, actionFirstCorrected,
	"recovery.started", "recovery.approved", "recovery.stopped", "recovery.lapsed", "recovery.void", "recovery.invited", // package recovery
}

// Users are the numbers of a client's users.
type Users struct {
	Invited, Active, Suspended int
	SecondFactor               int // of Active and Suspended, who have two-factor authentication on
}

// FirstInvitation is the open invitation of the first Administrator.
type FirstInvitation struct {
	User     user.User
	Delivery *mail.Delivery // of its letter; nil where nobody knows any more
}

// Portrait is everything that the page of one client shows: nobody of its users by
// name or address, but the first Administrator until they have joined.
type Portrait struct {
	Client
	Users      Users
	First      *FirstInvitation // nil once somebody has joined
	Happenings []audit.Entry    // what was done here, newest first
}

// Portrait returns one client. Faults: access.ErrForbidden; db.ErrNoRow.
func (s *Service) Portrait(ctx context.Context, actor access.Actor, clientID string) (p Portrait, err error) {
	if err := require(actor, access.ClientsView); err != nil {
		return Portrait{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if p.Client, err = find(ctx, tx, clientID); err != nil {
			return err
		}
		if p.Users, err = usersOf(ctx, tx, clientID); err != nil {
			return err
		}
		if p.First, err = s.firstOf(ctx, tx, clientID); err != nil {
			return err
		}
		p.Happenings, err = audit.OfActions(ctx, tx, clientID, happeningsShown, vendorActs...)
		return err
	})
	return p, err
}

// usersOf sums up the kept counts, see the package directory.
func usersOf(ctx context.Context, tx *db.Tx, clientID string) (u Users, err error) {
	err = db.Each(ctx, tx, func(row db.Row) error {
		var status user.Status
		var secondFactor bool
		var users int
		if err := row.Scan(&status, &secondFactor, &users); err != nil {
			return err
		}
		switch status {
		case user.Invited:
			u.Invited += users
		case user.Active:
			u.Active += users
		case user.Suspended:
			u.Suspended += users
		}
		if secondFactor {
			u.SecondFactor += users
		}
		return nil
	}, `SELECT status, second_factor, users FROM user_counts WHERE organization_id = $1 AND users > 0`, clientID)
	return u, err
}

func (s *Service) firstOf(ctx context.Context, tx *db.Tx, clientID string) (*FirstInvitation, error) {
	first, err := invitation.FindFirst(ctx, tx, clientID)
	if errors.Is(err, invitation.ErrLiving) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	open := &FirstInvitation{User: first}
	if first.Invitation.LetterID == "" {
		return open, nil
	}
	deliveries, err := s.Outbox.StateOf(ctx, tx, first.Invitation.LetterID)
	if d, known := deliveries[first.Invitation.LetterID]; known {
		open.Delivery = &d
	}
	return open, err
}
