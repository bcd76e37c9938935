package web

import (
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/domain/role"
	"idkit/internal/transport/web/page"
)

// deleteRole asks, and where the users of the role go.
func (r *request) deleteRole() error { return r.showDeleteRole(http.StatusOK, problem{}) }

func (r *request) showDeleteRole(status int, p problem) error {
	_, shown, err := r.rolesView(r.PathValue("id"))
	switch {
	case err != nil:
		return err
	case shown.ID == "":
		return role.ErrNotFound
	case shown.Kind != access.RoleOwn:
		return r.roleStale(role.ErrBuiltIn.With("Role", shown.Name))
	}
	view := page.DeleteRole{ID: shown.ID, Name: shown.Name, Users: shown.Users, To: r.typed(p, "to")}
	given, err := r.front.Invitations.RolesToGive(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	for _, one := range given {
		if one.ID != shown.ID {
			view.Roles = append(view.Roles, page.Option{Value: one.ID, Label: one.Name})
		}
	}
	return r.show(status, view)
}

func (r *request) postDeleteRole() error {
	gone, err := r.front.Roles.Delete(r.Context(), r.current.Actor, r.PathValue("id"), r.value("to"))
	if err != nil {
		return r.formRefused(err, r.showDeleteRole)
	}
	r.setFlash(flash{Key: "web.role.deleted", Values: map[string]any{"Role": gone.Name}})
	return r.redirect("/users/roles")
}
