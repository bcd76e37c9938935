package web

import (
	"cmp"
	"net/http"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// changeRole offers the roles that the viewer may give.
func (r *request) changeRole() error { return r.showChangeRole(http.StatusOK, problem{}) }

func (r *request) showChangeRole(status int, p problem) error {
	found, choices, err := r.front.Administration.RoleChoices(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	view := page.ChangeRole{
		Act:     blocked(r.window(found, p.Text), found.LastAdministrator, page.BlockLastAdministrator),
		Current: found.User.RoleName,
		Role:    page.Field{Value: cmp.Or(r.value("role"), found.User.RoleID), Error: p.Fields["role"]},
	}
	for _, c := range choices {
		view.Roles = append(view.Roles, page.RoleChoice{
			Option: page.Option{Value: c.ID, Label: c.Name, Summary: r.roleSummary(c.Role), Means: r.roleMeans(c.Role)},
			Gains:  r.permissionsByModule(c.Gains), Loses: r.permissionsByModule(c.Loses),
		})
	}
	return r.show(status, view)
}

// roleSummary says in one line what a role opens.
func (r *request) roleSummary(of user.Role) string {
	if of.Kind != access.RoleOwn {
		return r.say("web.role." + string(of.Kind))
	}
	var open []string
	for _, m := range r.front.Modules {
		if of.Permissions.Has(m.Access()) {
			open = append(open, r.moduleInRoles(m))
		}
	}
	if len(open) == 0 {
		return r.say("web.role.opens_nothing")
	}
	return r.say("web.role.opens", "Modules", strings.Join(open, ", "))
}

func (r *request) postChangeRole() error {
	u, err := r.front.Administration.ChangeRole(r.Context(), r.current.Actor, r.PathValue("id"), r.value("role"))
	if err != nil {
		return r.actRefused(err, r.showChangeRole)
	}
	r.setFlash(flash{Key: "web.user.role_changed", Values: map[string]any{"Name": u.Name(), "Role": u.RoleName}})
	return r.redirect(r.wayBack())
}
