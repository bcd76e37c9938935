package directory

import (
	"context"
	"slices"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
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
	Total      int                      // of users that match
	More       bool                     // counting stopped: more than Total match
	First      int                      // number of the page's first user, from one; 0 on an empty page
	Last       int
	Number     int // of this page, from one
	Size       int
	Next       bool // whether a page follows

	order  order
	bounds [2]mark // the first and the last user of the page
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
		list = List{Counts: l.population.counts(q), Roles: l.roles, Size: l.size(), order: l.order}
		if list.Total, list.More, err = l.total(ctx); err != nil {
			return err
		}
		if err := l.fill(ctx, &list); err != nil {
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

// size is the length of the query's pages.
func (l *lister) size() int {
	if slices.Contains(PageSizes, l.query.Size) {
		return l.query.Size
	}
	return PageSizes[0]
}

// fill reads the page that the cursor asks for, or the first one where that is gone.
func (l *lister) fill(ctx context.Context, list *List) error {
	at := decode(l.query.Cursor, l.order)
	if at.backward && at.from == nil && list.More {
		at = place{} // where the list ends is not known
	}
	marks, err := l.pageAt(ctx, at, list)
	if err != nil {
		return err
	}
	if at != (place{}) && (len(marks) == 0 || at.backward && at.from != nil && len(marks) < list.Size) {
		at = place{}
		if marks, err = l.pageAt(ctx, at, list); err != nil {
			return err
		}
	}
	list.settle(at, marks)
	if list.Next && len(marks) > list.Size {
		marks = marks[:list.Size]
	}
	list.Users, err = l.users(ctx, marks)
	return err
}

// pageAt reads the marks of a page in the order of the list, and one more where the list goes on.
func (l *lister) pageAt(ctx context.Context, at place, list *List) ([]mark, error) {
	if !at.backward {
		marks, err := l.read(ctx, at.from, false, at.skip+list.Size+1)
		return marks[min(at.skip, len(marks)):], err
	}
	want := list.Size
	if at.from == nil && list.Total > 0 {
		want = (list.Total-1)%list.Size + 1
	}
	marks, err := l.read(ctx, at.from, true, at.skip+want)
	marks = marks[min(at.skip, len(marks)):]
	slices.Reverse(marks)
	return marks, err
}

// settle says where the page lies. What the cursor says of it may be outdated;
// at the ends of the list it is known better.
func (list *List) settle(at place, marks []mark) {
	shown := min(len(marks), list.Size)
	list.Next = len(marks) > list.Size || at.backward && at.from != nil
	position := at.position
	if !list.More {
		position = min(position, max(0, list.Total-shown))
		if !list.Next {
			position = max(0, list.Total-shown)
		}
	}
	if at == (place{}) {
		position = 0
	}
	list.Number = (position+list.Size-1)/list.Size + 1
	if shown == 0 {
		list.Number, list.Total, list.More = 1, 0, false
		return
	}
	list.First, list.Last = position+1, position+shown
	list.bounds = [2]mark{marks[0], marks[shown-1]}
	if list.More {
		list.Total, list.More = max(list.Total, list.Last), list.Next
	}
}

// Pages is the number of pages; where counting stopped, of those that are known to be there.
func (list List) Pages() int {
	pages := max(1, (list.Total+list.Size-1)/list.Size)
	if list.Next {
		pages = max(pages, list.Number+1)
	}
	return max(pages, list.Number)
}

// At returns the cursor of a page by its number, and whether it can be reached
// from here: these are the first, the last unless counting stopped, and a few
// neighbours.
func (list List) At(number int) (cursor string, ok bool) {
	position := list.First - 1 + (number-list.Number)*list.Size
	switch ahead := number - list.Number; {
	case number == 1:
		return "", true
	case number < 1 || number > list.Pages() || list.First == 0:
		return "", false
	case ahead == 0:
		return "", false
	case ahead > 0 && (ahead-1)*list.Size <= skipLimit:
		return place{from: &list.bounds[1], skip: (ahead - 1) * list.Size, position: position}.encode(list.order), true
	case ahead < 0 && (-ahead-1)*list.Size <= skipLimit:
		return place{from: &list.bounds[0], backward: true, skip: (-ahead - 1) * list.Size, position: max(0, position)}.encode(list.order), true
	case number == list.Pages() && !list.More:
		return place{backward: true, position: (number - 1) * list.Size}.encode(list.order), true
	}
	return "", false
}
