package directory

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/paging"
	"idkit/internal/platform/throttle"
)

// Options is what a Directory works with.
type Options struct {
	DB       *db.DB
	Throttle *throttle.Throttle
	Outbox   *mail.Outbox
}

// Directory finds the users of an organization, safe for concurrent use.
type Directory struct{ Options }

// New returns a directory.
func New(o Options) *Directory { return &Directory{o} }

// List is one page of users with what surrounds it.
type List struct {
	Users      []user.User
	Deliveries map[string]mail.Delivery // by letter, of the invited ones
	Roles      []user.Role              // all of the organization, by name
	Counts     Counts                   // by status, of whom role and second factor let through, whatever is searched for
	paging.Page
}

// List returns one page of the organization's users. Fault: access.ErrForbidden.
func (d *Directory) List(ctx context.Context, actor access.Actor, q Query) (list List, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return List{}, err
	}
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		l, err := newLister(ctx, tx, actor.OrganizationID, q)
		if err != nil {
			return err
		}
		list = List{Counts: l.population.counts(q), Roles: l.roles, Page: paging.Page{Size: paging.SizeOf(q.Size)}}
		if list.Total, list.More, err = l.total(ctx); err != nil {
			return err
		}
		marks, err := list.Fill(q.Cursor, paging.Order{Name: l.order.name(), Reads: l.order.reads}, func(from *mark, reverse bool, want int) ([]mark, error) {
			return l.read(ctx, from, reverse, want)
		})
		if err != nil {
			return err
		}
		if list.Users, err = l.users(ctx, marks); err != nil {
			return err
		}
		list.Deliveries, err = d.deliveries(ctx, tx, list.Users)
		return err
	})
	return list, err
}

// deliveries returns how far the letters of the invited users got.
func (d *Directory) deliveries(ctx context.Context, tx *db.Tx, users []user.User) (map[string]mail.Delivery, error) {
	var letters []string
	for _, u := range users {
		if u.Invitation != nil && u.Invitation.LetterID != "" {
			letters = append(letters, u.Invitation.LetterID)
		}
	}
	return d.Outbox.StateOf(ctx, tx, letters...)
}
