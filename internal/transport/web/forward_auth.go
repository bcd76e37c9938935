package web

import (
	"net/http"
	"net/url"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
)

// forwardAuth answers a reverse proxy that asks, before each request to a module,
// whether it may pass: nginx auth_request, Caddy forward_auth, Traefik ForwardAuth.
//
//	204  the session's role opens the module; headers tell who it is
//	401  nobody is logged in; Location leads to the log-in and back
//	403  the role does not open the module
//	404  there is no such module
//
// With login=redirect the 401 is a 303, which Caddy and Traefik hand on to the
// browser as it is, and the 403 is a page.
//
// It looks like every other request: a suspension or an edit of the role bites on
// the next one, and since somebody's real request stands behind each, it counts as
// use of the session.
func (r *request) forwardAuth() error {
	q := r.URL.Query()
	m, there := r.front.Modules.Find(q.Get("module"))
	if !there {
		return errNoPage
	}
	browser := q.Get("login") == "redirect"
	switch {
	case r.current == nil || account.OpenStep(*r.current) != account.StepDone:
		r.response.Header().Set("Location", r.loginAndBack())
		status := http.StatusUnauthorized
		if browser {
			status = http.StatusSeeOther
		}
		r.response.WriteHeader(status)
	case !r.opens(m) && browser:
		return r.showNoAccess(m)
	case !r.opens(m):
		return access.ErrForbidden
	default:
		r.identify(m)
		r.response.WriteHeader(http.StatusNoContent)
	}
	return nil
}

// loginAndBack is the whole address of the log-in, for Traefik reads a path as one
// of its own; it comes back to the path that the proxy was asked for.
func (r *request) loginAndBack() string {
	login := *r.front.BaseURL
	login.Path = "/login"
	if back := samePage(r.Header.Get("X-Forwarded-Uri")); back != "/" {
		login.RawQuery = url.Values{"next": {back}}.Encode()
	}
	return login.String()
}

// identify tells the module who it is about, in headers of plain characters:
// whatever else stands in a name is percent-encoded.
func (r *request) identify(m access.Module) {
	c, h := r.current, r.response.Header()
	var held []string
	for _, p := range m.Permissions {
		if c.Actor.Permissions.Has(m.Permission(p.Key)) {
			held = append(held, p.Key)
		}
	}
	for name, value := range map[string]string{
		"User": c.Actor.UserID, "Name": url.PathEscape(c.Actor.Name), "Email": url.PathEscape(c.Email),
		"Organization": c.Actor.OrganizationID, "Role": url.PathEscape(c.RoleName), "Permissions": strings.Join(held, " "),
	} {
		h.Set("X-Idkit-"+name, value)
	}
}
