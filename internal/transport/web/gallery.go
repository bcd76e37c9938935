package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

// gallery lists every page and component in all its states.
func (r *request) gallery() error { return r.show(http.StatusOK, page.GalleryIndex{}) }

// specimen shows one state alone, as its visitor would see it.
func (r *request) specimen() error {
	for _, s := range page.Gallery() {
		if s.Name != r.PathValue("name") {
			continue
		}
		s.Shell.Theme = r.theme()
		s.Shell.FormToken = r.newFormToken()
		r.response.Header().Set("Content-Type", "text/html; charset=utf-8")
		return r.front.Pages.Render(r.response, s.Shell, s.View)
	}
	return errNoPage
}
