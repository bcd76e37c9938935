package web

import (
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/domain/directory"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/paging"
	"idkit/internal/transport/web/page"
)

// users shows the list. All of its state stands in the address.
func (r *request) users() error {
	return r.showUsers(http.StatusOK, page.ParseUserQuery(r.URL.Query()), "")
}

// showUsers shows the list, with what a button of its toolbar has to say.
func (r *request) showUsers(status int, q page.UserQuery, problem string) error {
	list, err := r.front.Directory.List(r.Context(), r.current.Actor, directoryQuery(q))
	if err != nil {
		return err
	}
	standings, err := r.front.Administration.Standings(r.Context(), r.current.Actor, list.Users...)
	if err != nil {
		return err
	}
	may := r.current.Actor.Permissions.Has
	view := page.Users{
		Query: q, Problem: problem, MayInvite: may(access.UsersInvite), MayImport: may(access.UsersInvite) && !r.front.console(), MayExport: may(access.UsersView), MayManageRoles: may(access.UsersView),
		MayResetPassword: may(access.UsersResetPassword), MayChangeStatus: may(access.UsersChangeStatus),
		Counts: page.UserCounts{All: list.Counts.All(), Active: list.Counts.Active, Invited: list.Counts.Invited, Suspended: list.Counts.Suspended},
		Page:   pageOf(list.Page, func(cursor string) string { return q.At(cursor).Href() }),
	}
	for _, role := range list.Roles {
		view.Roles = append(view.Roles, page.Option{Value: role.ID, Label: role.Name})
	}
	for _, u := range list.Users {
		delivery, known := list.Deliveries[letterOf(u)]
		view.Rows = append(view.Rows, r.userRow(u, standings[u.ID], delivery, known))
	}
	_, notAddress := person.ParseEmail(q.Search)
	view.SearchIsAddress = notAddress == nil
	return r.show(status, view)
}

func directoryQuery(q page.UserQuery) directory.Query {
	return directory.Query{
		Status: user.Status(q.Filter), RoleID: q.Role, Factor: directory.Factor(q.Factor), Search: q.Search,
		Sort: directory.Sort(q.Sort), Descending: q.Descending, Size: q.Size, Cursor: q.Cursor,
	}
}

// pageOf says which part of a list is shown and where the others are.
func pageOf(list paging.Page, href func(cursor string) string) page.Page {
	shown := page.Page{Total: list.Total, More: list.More, First: list.First, Last: list.Last}
	for _, n := range page.PageNumbers(list.Number, list.Pages()) {
		cursor, reachable := list.At(n)
		if n != list.Number && !reachable {
			continue
		}
		link := page.PageLink{Number: n, Href: href(cursor), Current: n == list.Number}
		shown.Links = append(shown.Links, link)
		switch n {
		case list.Number - 1:
			shown.Previous = link.Href
		case list.Number + 1:
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
