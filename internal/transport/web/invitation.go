package web

import (
	"cmp"
	"net/http"

	"idkit/internal/domain/invitation"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// invited reads the person whom a confirm window is about.
func (r *request) invited() (user.User, error) {
	p, err := r.preview()
	if err == nil && p.User.Status != user.Invited {
		err = invitation.ErrNotInvited
	}
	return p.User, err
}

// act is what the window of an act on one user begins with.
func (r *request) act(u user.User, problem string) page.Act {
	return page.Act{ID: u.ID, Name: u.Name(), Email: u.Email, Back: r.wayBack(), Problem: problem}
}

// wayBack is where an act on a user leads when it is done or left: the list or
// the user's page where its window was opened.
func (r *request) wayBack() string {
	return page.WayBack(cmp.Or(r.value("back"), r.URL.Query().Get("back")))
}

// resend asks before a new invitation replaces the old one.
func (r *request) resend() error { return r.showResend(http.StatusOK, "") }

func (r *request) showResend(status int, problem string) error {
	u, err := r.invited()
	if err != nil {
		return r.stale(err)
	}
	return r.show(status, page.Resend{Act: r.act(u, problem)})
}

func (r *request) postResend() error {
	user, err := r.front.Invitations.Resend(r.Context(), r.current.Actor, r.PathValue("id"))
	if err == nil {
		r.setFlash(r.lasting(flash{Key: "web.invite.resent", Values: map[string]any{"Email": user.Email}, Action: "web.invite.copy", Href: "/users/" + user.ID + "/link"}))
		return r.redirect(r.wayBack())
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showResend(status, p.Text) })
}

// copyLink asks before a new link is made for copying.
func (r *request) copyLink() error {
	u, err := r.invited()
	if err != nil {
		return r.stale(err)
	}
	return r.show(http.StatusOK, page.CopyLink{Act: r.act(u, "")})
}

// postCopyLink shows the new link, once: it is kept nowhere.
func (r *request) postCopyLink() error {
	link, user, err := r.front.Invitations.CopyLink(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.stale(err)
	}
	r.hideReferrer()
	return r.show(http.StatusOK, page.InvitationLink{Act: r.act(user, ""), Link: link.URL, Until: link.ExpiresAt})
}

// withdraw asks before an invitation ends.
func (r *request) withdraw() error {
	u, err := r.invited()
	if err != nil {
		return r.stale(err)
	}
	return r.show(http.StatusOK, page.Withdraw{Act: r.act(u, "")})
}

func (r *request) postWithdraw() error {
	user, err := r.front.Invitations.Withdraw(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.stale(err)
	}
	r.setFlash(flash{Key: "web.invite.withdrawn", Values: map[string]any{"Name": user.Name()}})
	return r.redirect(page.WayToList(r.wayBack()))
}

// stale leads back to the list, which shows the current state, when somebody
// else was quicker.
func (r *request) stale(err error) error { return r.staleAt(err, r.wayBack()) }

// staleAt is stale for a page elsewhere.
func (r *request) staleAt(err error, place string) error {
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Conflict {
		return err
	}
	r.failure = err
	r.setFlash(flash{Key: "fault." + f.Code, Values: f.Params, Problem: true})
	return r.redirect(place)
}
