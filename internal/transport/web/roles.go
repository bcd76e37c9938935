package web

import (
	"net/http"
	"slices"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/role"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// roles shows the list of roles, and the first of them.
func (r *request) roles() error {
	roles, err := r.front.Roles.List(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	return r.showRole(http.StatusOK, roles[0].ID, nil, problem{})
}

// role shows one role: to Administrators as a form, to others with ticks and dashes.
func (r *request) role() error { return r.showRole(http.StatusOK, r.PathValue("id"), nil, problem{}) }

// showRole shows a role as it is, or with what was typed and ticked.
func (r *request) showRole(status int, id string, typed *role.Draft, p problem) error {
	view, shown, err := r.rolesView(id)
	if err != nil {
		return err
	}
	d := draftOf(shown, r.front.Modules)
	if typed != nil {
		d = *typed
	}
	view.Role = r.roleSheet(shown, d)
	view.Problem = p.Text
	view.Role.Name.Error, view.Role.Description.Error = p.Fields["name"], p.Fields["description"]
	return r.show(status, view)
}

// rolesView is the page without a role, and the role of that id; none for an empty one.
func (r *request) rolesView(id string) (page.Roles, role.Role, error) {
	list, shown, err := r.rolesList(id, page.RolePermissions)
	return page.Roles{
		List: list, Choosing: id != "" && r.PathValue("id") == "", MayEdit: r.current.Actor.Permissions.Has(access.RolesEdit),
	}, shown, err
}

// rolesList is the list of the roles as links, and the role of that id; none for an empty one.
func (r *request) rolesList(id string, href func(string) string) (list []page.RoleLink, shown role.Role, err error) {
	roles, err := r.front.Roles.List(r.Context(), r.current.Actor)
	if err != nil {
		return nil, role.Role{}, err
	}
	for _, one := range roles {
		if one.ID == id {
			shown = one
		}
		list = append(list, page.RoleLink{Href: href(one.ID), Name: one.Name, Users: one.Users, Current: one.ID == id})
	}
	if id != "" && shown.ID == "" {
		return nil, role.Role{}, role.ErrNotFound
	}
	return list, shown, nil
}

func draftOf(of role.Role, modules access.Modules) role.Draft {
	return role.Draft{Name: of.Name, Description: of.Description, Ticked: modules.Of(of.Permissions)}
}

// roleSheet is the table of a role, ticked as in the draft.
func (r *request) roleSheet(of role.Role, d role.Draft) page.RoleSheet {
	sheet := page.RoleSheet{
		ID: of.ID, Users: of.Users, Name: page.Field{Value: d.Name}, Description: page.Field{Value: d.Description},
	}
	if of.ID != "" && of.Kind != access.RoleOwn {
		sheet.BuiltIn = string(of.Kind)
	}
	stored := d.Ticked
	if of.ID != "" {
		stored = r.front.Modules.Of(of.Permissions)
	}
	box := func(name access.Permission, title string) page.RoleTick {
		return page.RoleTick{Name: string(name), Title: title, Ticked: slices.Contains(d.Ticked, name), Stored: slices.Contains(stored, name)}
	}
	for _, m := range r.front.Modules {
		line := page.RoleModule{
			Icon: iconOf(m), Title: r.moduleInRoles(m), What: r.moduleWhat(m),
			Access: box(m.Access(), ""),
		}
		for _, p := range m.Permissions {
			line.Permissions = append(line.Permissions, box(m.Permission(p.Key), r.permissionTitle(m, p)))
			if p.Key == viewKey && m.Title == "" {
				line.Needs = r.permissionTitle(m, p)
			}
		}
		sheet.Modules = append(sheet.Modules, line)
	}
	return sheet
}

// tick is how the name of each box begins.
const tick = "may."

// roleDraft reads the form of a role.
func (r *request) roleDraft() role.Draft {
	d := role.Draft{Name: r.value("name"), Description: r.value("description")}
	for name := range r.PostForm {
		if permission, is := strings.CutPrefix(name, tick); is {
			d.Ticked = append(d.Ticked, access.Permission(permission))
		}
	}
	return d
}

// newRole shows an empty role, or one that begins as a copy of another.
func (r *request) newRole() error {
	var d role.Draft
	if from := r.URL.Query().Get("from"); from != "" {
		_, copied, err := r.rolesView(from)
		if err != nil {
			return err
		}
		d = draftOf(copied, r.front.Modules)
		d.Name = r.say("web.role.copy_name", "Role", copied.Name)
	}
	return r.showRole(http.StatusOK, "", &d, problem{})
}

func (r *request) postNewRole() error {
	d := r.roleDraft()
	made, err := r.front.Roles.Create(r.Context(), r.current.Actor, d)
	if err != nil {
		return r.roleRefused(err, "", &d)
	}
	r.setFlash(flash{Key: "web.role.made", Values: map[string]any{"Role": made.Name}})
	return r.redirect(rolePath(made.ID))
}

// roleRefused shows the form again with everything that was typed and ticked.
func (r *request) roleRefused(err error, id string, typed *role.Draft) error {
	if fault.IsKind(err, fault.Conflict) {
		return r.roleStale(err)
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showRole(status, id, typed, p) })
}

func rolePath(id string) string { return "/users/roles/" + id + "/permissions" }

// roleStale leads to the role as it is now, where it is not what the act was about
// any more, or never could be.
func (r *request) roleStale(err error) error {
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Conflict {
		return err
	}
	r.failure = err
	r.setFlash(flash{Key: "fault." + f.Code, Values: f.Params, Problem: true})
	return r.redirect(rolePath(r.PathValue("id")))
}
