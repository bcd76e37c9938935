package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/recovery"
	"idkit/internal/transport/web/page"
)

// objectRecovery is behind "Object" in the letters about a recovery. It shows
// what there is to object to, or how it ended by now.
func (r *request) objectRecovery() error {
	r.hideReferrer()
	if r.takeToken() {
		return r.redirect("/recovery/object")
	}
	o, err := r.front.Recoveries.OpenObjection(r.Context(), r.cookie(cookieLink))
	if err != nil {
		return r.linkEnded(err)
	}
	return r.showObjectRecovery(http.StatusOK, o, page.Field{})
}

func (r *request) showObjectRecovery(status int, o recovery.Objection, sure page.Field) error {
	if o.State != recovery.Waiting {
		return r.show(http.StatusGone, page.RecoveryOver{Recovering: recovering(o.Recovery, o.Organization), State: string(o.State)})
	}
	return r.show(status, page.ObjectRecovery{
		Recovering: recovering(o.Recovery, o.Organization), Earliest: o.Earliest(), Approver: o.Approver, Sure: sure,
	})
}

// postObjectRecovery ends the recovery, for whoever reads a user's mailbox. It
// wants a tick, as postRevertEmail does, and logs nobody in.
func (r *request) postObjectRecovery() error {
	r.hideReferrer()
	token := r.cookie(cookieLink)
	o, err := r.front.Recoveries.OpenObjection(r.Context(), token)
	if err != nil {
		return r.linkEnded(err)
	}
	if o.State == recovery.Waiting && r.value("sure") == "" {
		return r.showObjectRecovery(http.StatusUnprocessableEntity, o, r.tickFirst())
	}
	objected, err := r.front.Recoveries.Object(r.Context(), token, r.origin)
	switch {
	case errors.Is(err, recovery.ErrOver): // somebody was quicker
		return r.objectRecovery()
	case err != nil:
		return r.linkEnded(err)
	}
	r.dropCookie(cookieLink)
	return r.show(http.StatusOK, page.RecoveryOver{
		Recovering: recovering(objected.Recovery, objected.Organization), State: string(objected.State), Yours: true,
	})
}

// recovering is what the pages of a recovery tell.
func recovering(r recovery.Recovery, client string) page.Recovering {
	return page.Recovering{
		ClientID: r.OrganizationID, Client: client, Person: r.Invitee(), Email: r.Email, Reason: r.Reason,
		Starter: r.Starter, Vendor: r.Vendor, ByCommand: r.ByCommand,
	}
}
