package account

import (
	"context"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// PageSize is how many users one page of the list shows.
const PageSize = 25

// ListQuery says which users to list.
type ListQuery struct {
	Status user.Status // empty: all
	Search string      // any part of a name or address, whatever its case and accents, or a whole user id
	Page   int         // from 1; a page past the end is the last
}

// UserList is one page of users, the newest first.
type UserList struct {
	Users      []user.User
	Deliveries map[string]mail.Delivery // by letter, of the invited ones
	Page       int
	Total      int // of users that match
	Counts     Counts
}

// Counts are the numbers of users by status, of the whole organization.
type Counts struct{ Invited, Active, Suspended int }

// All is the number of all users.
func (c Counts) All() int { return c.Invited + c.Active + c.Suspended }

// List returns one page of the organization's users. Fault: access.ErrForbidden.
func (s *Service) List(ctx context.Context, actor access.Actor, q ListQuery) (list UserList, err error) {
	if err := actor.Require(access.UsersView); err != nil {
		return UserList{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if list.Counts, err = countUsers(ctx, tx, actor.OrganizationID); err != nil {
			return err
		}
		where, args := q.where(actor.OrganizationID)
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM users u `+where, args...).Scan(&list.Total); err != nil {
			return err
		}
		last := max(1, (list.Total+PageSize-1)/PageSize)
		list.Page = min(max(1, q.Page), last)
		args = append(args, PageSize, (list.Page-1)*PageSize)
		list.Users, err = db.Collect(ctx, tx, user.Scan, user.Columns+where+` ORDER BY u.id DESC LIMIT $5 OFFSET $6`, args...)
		if err != nil {
			return err
		}
		list.Deliveries, err = s.deliveriesOf(ctx, tx, list.Users...)
		return err
	})
	return list, err
}

// where always takes four arguments, so that both filters share one text.
func (q ListQuery) where(organizationID string) (string, []any) {
	text := person.Fold(strings.TrimSpace(q.Search)) // ids are in lower case as well
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	return `WHERE u.organization_id = $1 AND ($2 = '' OR u.status = $2) AND ($3 = '%%' OR u.search_text LIKE $3 ESCAPE '\' OR u.id = $4) `,
		[]any{organizationID, string(q.Status), pattern, text}
}

func countUsers(ctx context.Context, tx *db.Tx, organizationID string) (Counts, error) {
	rows, err := tx.Query(ctx, `SELECT status, count(*) FROM users WHERE organization_id = $1 GROUP BY status`, organizationID)
	if err != nil {
		return Counts{}, err
	}
	defer rows.Close()
	var c Counts
	for rows.Next() {
		var status user.Status
		var n int
		if err := rows.Scan(&status, &n); err != nil {
			return Counts{}, err
		}
		switch status {
		case user.Invited:
			c.Invited = n
		case user.Active:
			c.Active = n
		case user.Suspended:
			c.Suspended = n
		}
	}
	return c, rows.Err()
}

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
