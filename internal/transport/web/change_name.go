package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

func (r *request) changeName() error {
	return r.show(http.StatusOK, page.ChangeName{
		FirstName: page.Field{Value: r.current.FirstName}, LastName: page.Field{Value: r.current.LastName},
	})
}

func (r *request) postChangeName() error {
	first, last := r.value("first_name"), r.value("last_name")
	err := r.front.Profiles.ChangeName(r.Context(), *r.current, first, last)
	if err == nil {
		return r.changed(flash{Key: "web.profile.name_changed"})
	}
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	return r.show(p.Status, page.ChangeName{
		Problem: p.Text, FirstName: page.Field{Value: first, Error: p.Fields["first_name"]}, LastName: page.Field{Value: last, Error: p.Fields["last_name"]},
	})
}
