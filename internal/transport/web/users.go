package web

import (
	"net/http"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// users shows the list. All of its state stands in the address.
func (r *request) users() error {
	return r.showUsers(http.StatusOK, page.ParseUserQuery(r.URL.Query()), "")
}

// showUsers shows the list, with what a button of its toolbar has to say.
func (r *request) showUsers(status int, q page.UserQuery, problem string) error {
	number, _ := strconv.Atoi(q.Cursor) // nonsense is the first page
	list, err := r.portal.Accounts.List(r.Context(), r.current.Actor, account.ListQuery{
		Search: q.Search, Status: user.Status(q.Filter), Page: number,
	})
	if err != nil {
		return err
	}
	standings, err := r.portal.Administration.Standings(r.Context(), r.current.Actor, list.Users...)
	if err != nil {
		return err
	}
	may := r.current.Actor.Permissions.Has
	view := page.Users{
		Query: q, Problem: problem, MayInvite: may(access.UsersInvite),
		MayResetPassword: may(access.UsersResetPassword), MayChangeStatus: may(access.UsersChangeStatus),
		Counts: page.UserCounts{All: list.Counts.All(), Active: list.Counts.Active, Invited: list.Counts.Invited, Suspended: list.Counts.Suspended},
		Page:   pageOf(q, list),
	}
	for _, u := range list.Users {
		delivery, known := list.Deliveries[letterOf(u)]
		view.Rows = append(view.Rows, r.userRow(u, standings[u.ID], delivery, known))
	}
	_, notAddress := person.ParseEmail(q.Search)
	view.SearchIsAddress = notAddress == nil
	return r.show(status, view)
}

// pageOf says which part of the list is shown and where the others are.
func pageOf(q page.UserQuery, list account.UserList) page.Page {
	last := max(1, (list.Total+account.PageSize-1)/account.PageSize)
	shown := page.Page{
		Total: list.Total,
		First: min(list.Total, (list.Page-1)*account.PageSize+1), Last: min(list.Total, list.Page*account.PageSize),
	}
	for _, n := range page.PageNumbers(list.Page, last) {
		link := page.PageLink{Number: n, Href: q.At(strconv.Itoa(n)).Href(), Current: n == list.Page}
		shown.Links = append(shown.Links, link)
		switch n {
		case list.Page - 1:
			shown.Previous = link.Href
		case list.Page + 1:
			shown.Next = link.Href
		}
	}
	return shown
}

func letterOf(u user.User) string {
	if u.Invitation == nil {
		return ""
	}
	return u.Invitation.LetterID
}
