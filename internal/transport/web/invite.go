package web

import (
	"errors"
	"net/http"
	"time"

	"idkit/internal/domain/invitation"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// invite shows the form, in a page or in the dialog of the Users page.
func (r *request) invite() error {
	view, err := r.inviteView()
	if err != nil {
		return err
	}
	view.Email.Value = r.URL.Query().Get("email")
	return r.show(http.StatusOK, view)
}

// inviteView fills the form with what was typed and with the roles to choose from.
func (r *request) inviteView() (page.Invite, error) {
	roles, err := r.front.Invitations.RolesToGive(r.Context(), r.current.Actor)
	if err != nil {
		return page.Invite{}, err
	}
	view := page.Invite{
		FirstName: page.Field{Value: r.value("first_name")}, LastName: page.Field{Value: r.value("last_name")},
		Email: page.Field{Value: r.value("email")}, Role: page.Field{Value: r.value("role")},
		Language: page.Field{Value: r.value("language")}, Note: page.Field{Value: r.value("note")},
		MailMissing: !r.front.Outbox.Ready(),
	}
	for _, role := range roles {
		view.Roles = append(view.Roles, page.Option{Value: role.ID, Label: role.Name, Summary: r.roleSummary(role), Means: r.roleMeans(role)})
	}
	view.Languages = r.languageOptions()
	return view, nil
}

// languageOptions are the languages that there are sentences in.
func (r *request) languageOptions() []page.Option {
	var options []page.Option
	for _, tag := range r.front.Catalogue.Languages() {
		options = append(options, page.Option{Value: tag, Label: r.say("web.language." + tag)})
	}
	return options
}

func (r *request) postInvite() error {
	user, err := r.front.Invitations.Invite(r.Context(), r.current.Actor, invitation.Draft{
		FirstName: r.value("first_name"), LastName: r.value("last_name"), Email: r.value("email"),
		RoleID: r.value("role"), Language: r.value("language"), Note: r.value("note"),
	})
	if err != nil {
		return r.inviteRefused(err)
	}
	done := r.lasting(flash{Key: "web.invite.sent", Values: map[string]any{"Email": user.Email}, Action: "web.invite.copy", Href: "/users/" + user.ID + "/link"})
	if !r.front.Outbox.Ready() {
		done.Key = "web.invite.ready"
	}
	r.setFlash(done)
	if r.value("then") == "another" {
		return r.redirect("/users/invite")
	}
	return r.redirect("/users")
}

// lasting completes a sentence about an invitation with how long it works: in
// days, or in hours where that is not a number of whole days.
func (r *request) lasting(f flash) flash {
	hours := int(r.current.Policy.Invitation / time.Hour)
	if hours%24 == 0 {
		f.Key += ".days"
		f.Values["Count"] = hours / 24
	} else {
		f.Key += ".hours"
		f.Values["Count"] = hours
	}
	return f
}

// inviteRefused shows the form again with everything that was typed.
func (r *request) inviteRefused(err error) error {
	view, viewErr := r.inviteView()
	if viewErr != nil {
		return viewErr
	}
	p, problemErr := r.problemOf(err)
	if problemErr != nil {
		return problemErr
	}
	if f, _ := fault.Of(err); errors.Is(err, invitation.ErrEmailTaken) {
		p = p.at("email")
		id, _ := f.Params["ID"].(string)
		name, _ := f.Params["Name"].(string)
		status, _ := f.Params["Status"].(user.Status)
		view.Taken = &page.Taken{ID: id, Name: name, State: page.UserState(status)}
		if status == user.Invited {
			p.Fields["email"] = r.say("web.invite.already", "Name", name)
		}
	}
	view.Problem = p.Text
	view.FirstName.Error, view.LastName.Error, view.Email.Error = p.Fields["first_name"], p.Fields["last_name"], p.Fields["email"]
	view.Role.Error, view.Note.Error = p.Fields["role"], p.Fields["note"]
	return r.show(p.Status, view)
}
