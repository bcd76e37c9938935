package web

import (
	"net/http"

	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// logOutEverywhere asks before the sessions of a user end.
func (r *request) logOutEverywhere() error {
	return r.showLogOutEverywhere(http.StatusOK, problem{})
}

func (r *request) showLogOutEverywhere(status int, p problem) error {
	found, err := r.preview()
	if err != nil {
		return err
	}
	act := blocked(r.window(found, p.Text), found.User.Status == user.Invited, page.BlockInvited)
	act = blocked(act, found.User.Status == user.Suspended || found.Ends.Sessions == 0, page.BlockNothing)
	return r.show(status, page.LogOutEverywhere{Act: act, Sessions: found.Ends.Sessions})
}

func (r *request) postLogOutEverywhere() error {
	u, ended, err := r.front.Administration.LogOutEverywhere(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.actRefused(err, r.showLogOutEverywhere)
	}
	r.setFlash(flash{Key: "web.user.logged_out", Values: map[string]any{"Name": u.Name(), "Count": ended}})
	return r.redirect(r.wayBack())
}
