package web

import (
	"net/http"

	"idkit/internal/domain/account"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// invited reads the person whom a confirm window is about.
func (r *request) invited() (user.User, error) {
	p, err := r.portal.Accounts.Get(r.Context(), r.current.Actor, r.PathValue("id"))
	if err == nil && p.User.Status != user.Invited {
		err = account.ErrNotInvited
	}
	return p.User, err
}

// resend asks before a new invitation replaces the old one.
func (r *request) resend() error { return r.showResend(http.StatusOK, "") }

func (r *request) showResend(status int, problem string) error {
	u, err := r.invited()
	if err != nil {
		return r.stale(err)
	}
	return r.show(status, page.Resend{ID: u.ID, Name: u.Name(), Email: u.Email, Problem: problem})
}

func (r *request) postResend() error {
	user, err := r.portal.Accounts.Resend(r.Context(), r.current.Actor, r.PathValue("id"))
	if err == nil {
		r.setFlash(flash{Key: "web.invite.resent", Values: map[string]any{"Email": user.Email}, Action: "web.invite.copy", Href: "/users/" + user.ID + "/link"})
		return r.redirect("/users")
	}
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	return r.showResend(p.Status, p.Text)
}

// copyLink asks before a new link is made for copying.
func (r *request) copyLink() error {
	u, err := r.invited()
	if err != nil {
		return r.stale(err)
	}
	return r.show(http.StatusOK, page.CopyLink{ID: u.ID, Name: u.Name()})
}

// postCopyLink shows the new link, once: it is kept nowhere.
func (r *request) postCopyLink() error {
	link, user, err := r.portal.Accounts.CopyLink(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.stale(err)
	}
	r.hideReferrer()
	return r.show(http.StatusOK, page.InvitationLink{ID: user.ID, Name: user.Name(), Link: link.URL, Until: link.ExpiresAt})
}

// withdraw asks before an invitation ends.
func (r *request) withdraw() error {
	u, err := r.invited()
	if err != nil {
		return r.stale(err)
	}
	return r.show(http.StatusOK, page.Withdraw{ID: u.ID, Name: u.Name()})
}

func (r *request) postWithdraw() error {
	user, err := r.portal.Accounts.Withdraw(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return r.stale(err)
	}
	r.setFlash(flash{Key: "web.invite.withdrawn", Values: map[string]any{"Name": user.Name()}})
	return r.redirect("/users")
}

// stale leads back to the list, which shows the current state, when somebody
// else was quicker.
func (r *request) stale(err error) error {
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Conflict {
		return err
	}
	r.failure = err
	r.setFlash(flash{Key: "fault." + f.Code, Values: f.Params, Problem: true})
	return r.redirect("/users")
}
