package web

import (
	"net/http"
	"slices"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/transport/web/page"
)

// postReviewRole says what an edit would do. It changes nothing.
func (r *request) postReviewRole() error {
	id, d := r.PathValue("id"), r.roleDraft()
	if r.value("edit") != "" {
		return r.showRole(http.StatusOK, id, &d, problem{})
	}
	change, err := r.front.Roles.Review(r.Context(), r.current.Actor, id, d)
	if err != nil {
		return r.roleRefused(err, id, &d)
	}
	if change.Nothing() {
		return r.showRole(http.StatusUnprocessableEntity, id, &d, problem{Text: r.say("web.role.same")})
	}
	view := page.RoleReview{
		ID: id, Name: change.Before.Name, Users: change.Before.Users,
		Gains: r.permissionsByModule(change.Gains), Loses: r.permissionsByModule(change.Loses),
		Redescribed: change.Before.Description != change.After.Description,
		Values: []page.HiddenValue{
			{Name: "revision", Value: change.Before.Revision()}, {Name: "name", Value: change.After.Name}, {Name: "description", Value: change.After.Description},
		},
	}
	if change.Before.Name != change.After.Name {
		view.Rename = change.After.Name
	}
	for _, p := range r.front.Modules.Of(change.After.Permissions) {
		view.Values = append(view.Values, page.HiddenValue{Name: tick + string(p), Value: "yes"})
	}
	return r.show(http.StatusOK, view)
}

// permissionsByModule says a list of permissions: "Reports (Export), Users (Invite
// users)"; a module alone is one without specific permissions.
func (r *request) permissionsByModule(of []access.Permission) string {
	var spoken []string
	for _, m := range r.front.Modules {
		var specific []string
		for _, p := range m.Permissions {
			if slices.Contains(of, m.Permission(p.Key)) {
				specific = append(specific, r.permissionTitle(m, p))
			}
		}
		switch {
		case len(specific) > 0:
			spoken = append(spoken, r.moduleInRoles(m)+" ("+strings.Join(specific, "; ")+")")
		case slices.Contains(of, m.Access()):
			spoken = append(spoken, r.moduleInRoles(m))
		}
	}
	return strings.Join(spoken, ", ")
}

// postEditRole carries out what was reviewed.
func (r *request) postEditRole() error {
	id, d := r.PathValue("id"), r.roleDraft()
	change, err := r.front.Roles.Edit(r.Context(), r.current.Actor, id, r.value("revision"), d)
	if err != nil {
		return r.roleRefused(err, id, &d)
	}
	r.setFlash(flash{Key: "web.role.edited", Values: map[string]any{"Role": change.After.Name}})
	return r.redirect(rolePath(id))
}
