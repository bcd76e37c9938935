package web

import (
	"errors"
	"net/http"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/transport/web/page"
)

// viewKey is the permission of a module of this program without which none of its
// pages is shown.
const viewKey = "view"

// opens reports whether the viewer's role opens a module. A page of this program
// shows something only to those who may also see it.
func (r *request) opens(m access.Module) bool {
	held := r.current.Actor.Permissions
	return held.Has(m.Access()) && (m.Title != "" || held.Has(m.Permission(viewKey)))
}

// modules are the entries of the navigation that the viewer's role opens.
func (r *request) modules() []page.Module {
	var opened []page.Module
	for _, m := range r.front.Modules {
		if r.opens(m) {
			opened = append(opened, page.Module{
				Icon: iconOf(m), Title: r.moduleTitle(m), What: r.moduleWhat(m), Href: m.Address,
				Current: under(r.URL.Path, strings.TrimSuffix(m.Address, "/")),
			})
		}
	}
	return opened
}

func iconOf(m access.Module) string {
	if m.Icon == "" {
		return m.Key
	}
	return m.Icon
}

// moduleTitle is what the navigation calls a module.
func (r *request) moduleTitle(m access.Module) string {
	if m.Title != "" {
		return m.Title
	}
	return r.say("web.module." + m.Key)
}

// moduleInRoles is what a module is called where roles are spoken of.
func (r *request) moduleInRoles(m access.Module) string {
	if m.Title != "" {
		return m.Title
	}
	return r.say("web.module.in_roles." + m.Key)
}

func (r *request) moduleWhat(m access.Module) string {
	if m.Description != "" {
		return m.Description
	}
	return r.say("web.module.what." + m.Key)
}

// permissionTitle says what one of a module's specific permissions allows.
func (r *request) permissionTitle(m access.Module, p access.ModulePermission) string {
	if p.Title != "" {
		return p.Title
	}
	return r.say("web.permission." + string(m.Permission(p.Key)))
}

// permissionWords finds a permission among the modules, and says both.
func (r *request) permissionWords(of access.Permission) (module, permission string) {
	m, _ := r.front.Modules.Find(of.Module())
	for _, p := range m.Permissions {
		if m.Permission(p.Key) == of {
			return r.moduleInRoles(m), r.permissionTitle(m, p)
		}
	}
	return r.moduleInRoles(m), r.say("web.permission.access")
}

// module leads to a module that the viewer's role opens, and tells the others whom
// to ask: a proxy that refuses somebody can send them here.
func (r *request) module() error {
	m, there := r.front.Modules.Find(r.PathValue("name"))
	if !there {
		return errNoPage
	}
	if !r.opens(m) {
		return r.showNoAccess(m)
	}
	return r.redirect(m.Address)
}

func (r *request) showNoAccess(m access.Module) error {
	r.failure = access.ErrForbidden
	return r.show(http.StatusForbidden, page.Failure{
		Status: http.StatusForbidden, Module: r.moduleTitle(m), Organization: r.current.OrganizationName,
	})
}

// closedModule is the title of the module to which a refused route belongs, if the
// viewer's role does not open it: there is more to ask for than this one act.
func (r *request) closedModule(err error) string {
	m, there := r.front.Modules.Find(r.route.needs.Module())
	if !there || r.opens(m) || !errors.Is(err, access.ErrForbidden) {
		return ""
	}
	return r.moduleTitle(m)
}
