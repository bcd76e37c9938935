package directory

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

const (
	// lookedAt is how many open invitations are looked at, the newest. With it the
	// cost is the same however many there are.
	lookedAt = 200
	// soon is how long before its end an invitation ends soon.
	soon = 48 * time.Hour
)

// Waiting is how the people of an organization stand, and which invitations wait
// for somebody who may invite: each stands in one of the lists, the newest first.
type Waiting struct {
	Counts
	Unprotected int // active users without a second factor
	AskedAgain  []user.User
	Undelivered []user.User
	Ended       []user.User
	EndingSoon  []user.User
}

// Waiting returns what an administrator wants to see first. Who may not invite
// gets no invitations, and nobody those of people who will hold more than they do.
// Fault: access.ErrForbidden.
func (d *Directory) Waiting(ctx context.Context, actor access.Actor) (w Waiting, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return Waiting{}, err
	}
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		w = Waiting{}
		people, err := countUsers(ctx, tx, actor.OrganizationID)
		if err != nil {
			return err
		}
		w.Counts = people.counts(Query{})
		w.Unprotected = people.counts(Query{Factor: FactorOff}).Active
		if !actor.Permissions.Has(access.UsersInvite) {
			return nil
		}
		invited, err := db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE u.organization_id = $1 AND u.status = 'invited'
			AND u.id IN (SELECT user_id FROM invitations WHERE organization_id = $1 ORDER BY user_id DESC LIMIT $2)
			ORDER BY u.id DESC`, actor.OrganizationID, lookedAt)
		if err != nil {
			return err
		}
		deliveries, err := d.deliveries(ctx, tx, invited)
		for _, u := range invited {
			if actor.Permissions.Covers(u.Permissions) {
				w.put(u, deliveries, tx.Now)
			}
		}
		return err
	})
	return w, err
}

// put adds an invited user to the list of the most urgent reason.
func (w *Waiting) put(u user.User, deliveries map[string]mail.Delivery, now time.Time) {
	i := u.Invitation
	switch {
	case i == nil:
	case i.AskedAgain && i.Expired(now):
		w.AskedAgain = append(w.AskedAgain, u)
	case deliveries[i.LetterID].State == mail.Undeliverable:
		w.Undelivered = append(w.Undelivered, u)
	case i.Expired(now):
		w.Ended = append(w.Ended, u)
	case i.ExpiresAt != nil && i.ExpiresAt.Sub(now) <= soon:
		w.EndingSoon = append(w.EndingSoon, u)
	}
}
