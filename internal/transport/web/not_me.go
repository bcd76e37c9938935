package web

import (
	"net/http"

	"idkit/internal/domain/session"
	"idkit/internal/transport/web/page"
)

// notMe shows what "This was not me" of the mail about a new device will do.
func (r *request) notMe() error {
	r.hideReferrer()
	if r.takeToken() {
		return r.redirect("/not-me")
	}
	return r.showNotMe(http.StatusOK, page.Field{})
}

func (r *request) showNotMe(status int, sure page.Field) error {
	d, err := r.front.SignIn.LookAtDisown(r.Context(), r.cookie(cookieLink))
	if err != nil {
		return r.linkEnded(err)
	}
	device, err := session.Device(r.speaker(), d.Session.UserAgent)
	if err != nil {
		return err
	}
	return r.show(status, page.NotMe{Email: d.Email, Device: device, At: d.Session.CreatedAt, From: d.Session.Address, Sure: sure})
}

// postNotMe ends that session, and a link for a new password is sent. It wants a
// tick: programs that look through mail press buttons, and do not fill in forms.
func (r *request) postNotMe() error {
	r.hideReferrer()
	if r.value("sure") == "" {
		return r.showNotMe(http.StatusUnprocessableEntity, r.tickFirst())
	}
	d, err := r.front.SignIn.Disown(r.Context(), r.cookie(cookieLink), r.origin)
	if err != nil {
		return r.linkEnded(err)
	}
	r.dropCookie(cookieLink)
	return r.show(http.StatusOK, page.NotMeDone{Email: d.Email})
}
