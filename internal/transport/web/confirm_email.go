package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/address"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/transport/web/page"
)

// confirmEmail is behind the mail to the new address. Anybody may look and say
// that it was not them; the account's owner confirms, logged in.
func (r *request) confirmEmail() error {
	r.hideReferrer()
	if r.takeToken() {
		return r.redirect("/email/confirm")
	}
	return r.showConfirmEmail(http.StatusOK, "", page.Field{})
}

func (r *request) showConfirmEmail(status int, problem string, sure page.Field) error {
	o, err := r.front.Addresses.OpenEmailProof(r.Context(), r.cookie(cookieLink))
	switch {
	case errors.Is(err, credential.ErrLinkUnknown):
		return r.linkEnded(err)
	case err != nil:
		return err
	case o.State != credential.LinkLive:
		return r.show(http.StatusGone, page.EmailDone{Outcome: page.EmailEnded, Email: r.ownOrMasked(o), LoggedIn: r.current != nil})
	case r.current != nil && r.current.Actor.AccountID != o.AccountID:
		return r.show(status, page.WrongAccount{
			Purpose: page.PurposeConfirmEmail, LinkEmail: person.Masked(o.Old), CurrentEmail: r.current.Email, Continue: "/email/switch", Stay: "/",
		})
	}
	return r.show(status, page.ConfirmEmail{
		Old: r.ownOrMasked(o), New: o.New, LogInFirst: r.current == nil, Problem: problem, Sure: sure,
	})
}

// ownOrMasked shows the present address to its owner only.
func (r *request) ownOrMasked(o address.OpenedProof) string {
	if r.current != nil && r.current.Actor.AccountID == o.AccountID {
		return o.Old
	}
	return person.Masked(o.Old)
}

// postConfirmEmail makes the new address the log-in. Whoever is logged out logs
// in first, and comes back.
func (r *request) postConfirmEmail() error {
	r.hideReferrer()
	if r.current == nil {
		return r.redirect(toLoginFor("", "/email/confirm"))
	}
	token := r.cookie(cookieLink)
	o, err := r.front.Addresses.OpenEmailProof(r.Context(), token)
	if err != nil {
		return r.linkEnded(err)
	}
	renewed, err := r.front.Addresses.ConfirmEmail(r.Context(), *r.current, token)
	switch {
	case err == nil:
		r.dropCookie(cookieLink)
		r.startSession(renewed)
		return r.changed(flash{Key: "web.profile.email_changed", Values: map[string]any{"Email": o.New}})
	case isLinkFault(err), errors.Is(err, address.ErrNotYourEmailChange):
		return r.showConfirmEmail(http.StatusOK, "", page.Field{})
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showConfirmEmail(status, p.Text, page.Field{}) })
}

// postRefuseEmail is "This was not me" of the new mailbox. It wants a tick:
// programs that look through mail press buttons, and do not fill in forms.
func (r *request) postRefuseEmail() error {
	r.hideReferrer()
	if r.value("sure") == "" {
		return r.showConfirmEmail(http.StatusUnprocessableEntity, "", r.tickFirst())
	}
	if err := r.front.Addresses.RefuseEmail(r.Context(), r.cookie(cookieLink), r.origin); err != nil {
		return r.linkEnded(err)
	}
	r.dropCookie(cookieLink)
	return r.show(http.StatusOK, page.EmailDone{Outcome: page.EmailRefused, LoggedIn: r.current != nil})
}

// postEmailSwitch logs the present account out and keeps the link.
func (r *request) postEmailSwitch() error { return r.leaveFor("/email/confirm") }
