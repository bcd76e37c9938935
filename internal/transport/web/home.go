package web

import (
	"encoding/json"
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/roster"
	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// latestGroups are the parts of the log that the first page tells of: what was done, without who came and went.
var latestGroups = []string{"passwords", "contact", "invitations", "imports", "status", "roles", "exports", "organization"}

// latestShown is how many events that is.
const latestShown = 6

// home shows what the viewer's rights open: each part is asked for by itself.
func (r *request) home() error {
	may := r.current.Actor.Permissions.Has
	view := page.Home{FirstName: r.current.FirstName, Role: r.current.RoleName, Waits: may(access.UsersView) && may(access.UsersInvite)}
	for _, part := range []struct {
		needs access.Permission
		fill  func(*page.Home) error
	}{
		{access.UsersResetPassword, r.homeRequests}, {access.UsersView, r.homePeople}, {access.UsersInvite, r.homeImports}, {access.AuditView, r.homeLatest},
	} {
		if !may(part.needs) {
			continue
		}
		if err := part.fill(&view); err != nil {
			return err
		}
	}
	return r.show(http.StatusOK, view)
}

// homeRequests are the resets of a second factor that wait for this Administrator's yes.
func (r *request) homeRequests(view *page.Home) error {
	requests, err := r.front.Administration.FactorResetRequests(r.Context(), r.current.Actor)
	for _, q := range requests {
		view.Waiting = append(view.Waiting, page.Waiting{
			Kind: page.WaitApproval, Names: []string{q.User.Name()}, By: q.AskedBy, At: q.EndsAt, Href: "/users/" + q.User.ID,
		})
	}
	return err
}

// homePeople is how the people stand, with the invitations that wait: a line for
// everybody who asks, and one for all others of a kind.
func (r *request) homePeople(view *page.Home) error {
	w, err := r.front.Directory.Waiting(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	view.People = &page.People{
		Counts:    page.UserCounts{All: w.All(), Active: w.Active, Invited: w.Invited, Suspended: w.Suspended},
		Protected: w.Active - w.Unprotected,
	}
	for _, u := range w.AskedAgain {
		view.Waiting = append(view.Waiting, waitingInvitations(page.WaitAskedAgain, u))
	}
	for _, some := range []struct {
		kind string
		of   []user.User
	}{{page.WaitUndelivered, w.Undelivered}, {page.WaitEndingSoon, w.EndingSoon}, {page.WaitEnded, w.Ended}} {
		if len(some.of) > 0 {
			view.Waiting = append(view.Waiting, waitingInvitations(some.kind, some.of...))
		}
	}
	return nil
}

func waitingInvitations(kind string, of ...user.User) page.Waiting {
	line := page.Waiting{Kind: kind, Count: len(of), Href: page.UserQuery{Filter: page.FilterInvited}.Href()}
	for _, u := range of {
		line.Names = append(line.Names, u.Name())
	}
	if len(of) > 1 {
		return line
	}
	line.Href, line.At = "/users/"+of[0].ID, of[0].Invitation.CreatedAt
	if ends := of[0].Invitation.ExpiresAt; ends != nil && kind != page.WaitUndelivered {
		line.At = *ends
	}
	return line
}

// homeImports are those that somebody has checked and that can still be sent.
func (r *request) homeImports(view *page.Home) error {
	imports, err := r.front.Roster.List(r.Context(), r.current.Actor)
	for _, i := range imports {
		if i.State == roster.Checked && i.ToInvite > 0 && r.front.Now().Before(i.CheckEndsAt()) {
			view.Waiting = append(view.Waiting, page.Waiting{
				Kind: page.WaitImport, Names: []string{i.File}, By: i.ImporterName, Count: i.ToInvite, Href: page.ImportHref(i.ID),
			})
		}
	}
	return err
}

func (r *request) homeLatest(view *page.Home) error {
	latest, err := r.front.Audit.Latest(r.Context(), r.current.Actor, latestShown, latestActions()...)
	for _, e := range latest {
		view.Latest = append(view.Latest, r.happening(e))
	}
	return err
}

func latestActions() (all []audit.Action) {
	for _, g := range latestGroups {
		all = append(all, actionsOf(g)...)
	}
	return all
}

// whoAmI tells a program behind the same host who is logged in, and what they may do.
func (r *request) whoAmI() error {
	r.response.Header().Set("Content-Type", "application/json; charset=utf-8")
	if r.current == nil || account.OpenStep(*r.current) != account.StepDone {
		r.response.WriteHeader(http.StatusUnauthorized)
		_, err := r.response.Write([]byte(`{"logged_in":false}` + "\n"))
		return err
	}
	c := r.current
	return json.NewEncoder(r.response).Encode(struct {
		LoggedIn     bool   `json:"logged_in"`
		Organization string `json:"organization_id"`
		User         string `json:"user_id"`
		Name         string `json:"name"`
		Email        string `json:"email"`
		Role         string `json:"role"`
		// Permissions are those of the modules, also of ones that a deployment adds.
		Permissions []access.Permission `json:"permissions"`
	}{true, c.Actor.OrganizationID, c.Actor.UserID, c.Actor.Name, c.Email, c.RoleName, r.front.Modules.Of(c.Actor.Permissions)})
}
