package web

import (
	"net/http"

	"idkit/internal/domain/address"
	"idkit/internal/transport/web/page"
)

// stopEmail and undoEmail are behind the two mails to the old address. Each
// shows what there is to do by now: stop the change, or undo it.
func (r *request) stopEmail() error { return r.revertEmail("/email/stop") }
func (r *request) undoEmail() error { return r.revertEmail("/email/undo") }

func (r *request) revertEmail(path string) error {
	r.hideReferrer()
	if r.takeToken() {
		return r.redirect(path)
	}
	o, err := r.front.Addresses.OpenEmailRevert(r.Context(), r.cookie(cookieLink))
	if err != nil {
		return r.linkEnded(err)
	}
	return r.showRevertEmail(http.StatusOK, o, page.Field{}, "")
}

func (r *request) showRevertEmail(status int, o address.OpenedRevert, sure page.Field, problem string) error {
	if o.Confirmed {
		return r.show(status, page.UndoEmail{Old: o.Old, New: o.New, Until: o.Until, Sure: sure, Problem: problem})
	}
	return r.show(status, page.StopEmail{Email: o.Old, New: o.New, Sure: sure, Problem: problem})
}

// postRevertEmail stops or undoes the change, for whoever reads the old mailbox.
// It wants a tick, as postRefuseEmail does, and logs nobody in.
func (r *request) postRevertEmail() error {
	r.hideReferrer()
	token := r.cookie(cookieLink)
	o, err := r.front.Addresses.OpenEmailRevert(r.Context(), token)
	if err != nil {
		return r.linkEnded(err)
	}
	if r.value("sure") == "" {
		return r.showRevertEmail(http.StatusUnprocessableEntity, o, r.tickFirst(), "")
	}
	undone, err := r.front.Addresses.RevertEmail(r.Context(), token, r.origin)
	if isLinkFault(err) {
		return r.linkEnded(err)
	}
	if err != nil {
		return r.formRefused(err, func(status int, p problem) error { return r.showRevertEmail(status, o, page.Field{}, p.Text) })
	}
	r.dropCookie(cookieLink)
	done := page.EmailDone{Outcome: page.EmailStopped, Email: o.Old, LoggedIn: r.current != nil}
	if undone {
		done.Outcome = page.EmailUndone
	}
	return r.show(http.StatusOK, done)
}
