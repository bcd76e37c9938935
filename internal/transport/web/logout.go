package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

// logOut asks first: a plain link, wherever it stands, logs nobody out.
func (r *request) logOut() error { return r.show(http.StatusOK, page.LogOut{}) }

// postLogOut ends the session, or the log-in under way, and clears what the
// browser kept of them (ASVS 14.3.1).
func (r *request) postLogOut() error {
	if half := r.cookie(cookieHalf); half != "" {
		if err := r.front.SignIn.CancelHalf(r.Context(), half); err != nil {
			return err
		}
	}
	if r.current != nil {
		if err := r.front.SignIn.LogOut(r.Context(), r.current.Actor); err != nil {
			return err
		}
	}
	r.forget()
	r.response.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return r.redirect("/login?out=1")
}
