package profile

import (
	"context"
	"time"

	"idkit/internal/domain/address"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// happeningsShown is how many lines of the trail the page shows.
const happeningsShown = 10

// Profile is everything that a person's own page shows.
type Profile struct {
	FirstName     string
	LastName      string
	Email         string
	EmailChange   *address.Pending // that waits for its proof
	Mobile        *person.Mobile
	PasswordSetAt time.Time // zero while it is the one that the account was made with
	SecondFactor  bool
	CodesLeft     int
	Sessions      []session.Listed // this one first
	Happenings    []audit.Entry    // newest first
}

// Profile returns the own page of somebody logged in.
func (s *Service) Profile(ctx context.Context, current session.Current) (p Profile, err error) {
	actor := current.Actor
	p = Profile{FirstName: current.FirstName, LastName: current.LastName, Email: current.Email, SecondFactor: current.SecondFactorOn}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		var madeAt time.Time
		if err := tx.QueryRow(ctx, `SELECT created_at, password_changed_at FROM accounts WHERE id = $1`, actor.AccountID).
			Scan(&madeAt, &p.PasswordSetAt); err != nil {
			return err
		}
		if p.PasswordSetAt.Equal(madeAt) {
			p.PasswordSetAt = time.Time{}
		}
		var err error
		if p.EmailChange, err = address.PendingOf(ctx, tx, actor.AccountID); err != nil {
			return err
		}
		if p.Mobile, err = mobileOf(ctx, tx, actor.AccountID); err != nil {
			return err
		}
		if p.CodesLeft, err = s.RecoveryCodes.Remaining(ctx, tx, actor.AccountID); err != nil {
			return err
		}
		if p.Sessions, err = sessionsOf(ctx, tx, current); err != nil {
			return err
		}
		p.Happenings, err = audit.OfTarget(ctx, tx, actor.OrganizationID, actor.UserID, happeningsShown)
		return err
	})
	return p, err
}
