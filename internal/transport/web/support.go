package web

import (
	"net/http"
	"runtime/debug"

	"idkit/internal/transport/web/page"
)

// support is where the Support link leads while the installation names no other place.
func (r *request) support() error {
	view := page.Support{Version: "development"}
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" && build.Main.Version != "(devel)" {
		view.Version = build.Main.Version
	}
	if r.current != nil {
		view.Organization = r.current.OrganizationName
	}
	return r.show(http.StatusOK, view)
}
