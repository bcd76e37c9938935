package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

// developer tells which addresses programs ask, and by which names they ask for modules.
func (r *request) developer() error {
	api := r.front.BaseURL.JoinPath("api", "v1")
	view := page.Developer{
		API: api.String(), Session: api.JoinPath("session").String(), Guard: api.JoinPath("forward-auth").String() + "?module=",
	}
	for _, m := range r.front.Modules {
		view.Modules = append(view.Modules, page.DeveloperModule{Key: m.Key, Title: r.moduleTitle(m)})
	}
	return r.show(http.StatusOK, view)
}
