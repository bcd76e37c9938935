package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

// changeUserName is about another user; one's own name is changed in User Profile.
func (r *request) changeUserName() error {
	found, err := r.preview()
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, page.ChangeUserName{
		Act:       r.window(found, ""),
		FirstName: page.Field{Value: found.User.FirstName}, LastName: page.Field{Value: found.User.LastName},
	})
}

func (r *request) postChangeUserName() error {
	first, last := r.value("first_name"), r.value("last_name")
	u, err := r.front.Administration.ChangeName(r.Context(), r.current.Actor, r.PathValue("id"), first, last)
	if err == nil {
		r.setFlash(flash{Key: "web.user.name_changed", Values: map[string]any{"Name": u.Name()}})
		return r.redirect(r.wayBack())
	}
	return r.actRefused(err, func(status int, p problem) error {
		found, err := r.preview()
		if err != nil {
			return err
		}
		return r.show(status, page.ChangeUserName{
			Act:       r.window(found, p.Text),
			FirstName: page.Field{Value: first, Error: p.Fields["first_name"]}, LastName: page.Field{Value: last, Error: p.Fields["last_name"]},
		})
	})
}
