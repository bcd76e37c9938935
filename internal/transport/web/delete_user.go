package web

import (
	"net/http"

	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// deleteUser asks for the address, typed by hand.
func (r *request) deleteUser() error { return r.showDeleteUser(http.StatusOK, problem{}) }

func (r *request) showDeleteUser(status int, p problem) error {
	found, err := r.preview()
	if err != nil {
		return err
	}
	act := r.window(found, p.Text)
	act = blocked(act, found.LastAdministrator, page.BlockLastAdministrator)
	act = blocked(act, found.User.Status == user.Active, page.BlockActive)
	return r.show(status, page.DeleteUser{
		Act: act, Ends: endings(found.Ends), Invited: found.User.Status == user.Invited,
		Typed: r.typed(p, "email"),
	})
}

// postDeleteUser leads back to the list: the user's page is gone.
func (r *request) postDeleteUser() error {
	u, err := r.front.Administration.Delete(r.Context(), r.current.Actor, r.PathValue("id"), r.value("email"))
	if err != nil {
		return r.actRefused(err, r.showDeleteUser)
	}
	r.setFlash(flash{Key: "web.user.deleted", Values: map[string]any{"Name": u.Name()}})
	return r.redirect(page.WayToList(r.wayBack()))
}
