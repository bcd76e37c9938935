package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/transport/web/page"
)

// reset shows the page that a reset mail leads to.
func (r *request) reset() error {
	r.hideReferrer()
	if r.takeToken() {
		return r.redirect("/reset")
	}
	return r.showReset(http.StatusOK, problem{})
}

// showReset shows the link as it stands for whoever looks at it.
func (r *request) showReset(status int, p problem) error {
	o, err := r.front.Accounts.OpenReset(r.Context(), r.cookie(cookieLink))
	switch {
	case errors.Is(err, credential.ErrLinkUnknown):
		return r.show(http.StatusGone, page.ResetEnded{End: page.LinkUnknown})
	case err != nil:
		return err
	case o.State != credential.LinkLive:
		return r.show(http.StatusGone, page.ResetEnded{
			End: linkEnd(o.State), EndedAt: o.EndedAt, ByAdministrator: o.Administrator != "",
		})
	case r.current != nil && r.current.Actor.AccountID != o.AccountID:
		return r.show(status, page.WrongAccount{
			Purpose: page.PurposeReset, LinkEmail: o.Email, CurrentEmail: r.current.Email, Continue: "/reset/switch", Stay: "/",
		})
	}
	return r.show(status, page.Reset{
		Email: o.Email, Problem: p.Text, Password: page.Field{Error: p.Fields["password"]}, Confirm: page.Field{Error: p.Fields["confirm"]},
		MinLength: o.MinLength, Administrator: o.Administrator, Until: o.EndedAt,
	})
}

// postReset stores the new password. It logs nobody in; whoever was logged in
// here is logged out with all others.
func (r *request) postReset() error {
	r.hideReferrer()
	token := r.cookie(cookieLink)
	o, err := r.front.Accounts.OpenReset(r.Context(), token)
	if isLinkFault(err) || err == nil && r.current != nil && r.current.Actor.AccountID != o.AccountID {
		return r.showReset(http.StatusOK, problem{})
	}
	if err != nil {
		return err
	}
	err = r.front.Accounts.ResetPassword(r.Context(), token, account.NewPassword{
		Password: r.secretValue("password"), Repeated: r.secretValue("confirm"), Origin: r.origin,
	})
	if err == nil {
		r.dropCookie(cookieLink)
		r.dropCookie(cookieSession)
		r.setFlash(flash{Key: "web.reset.done"})
		return r.redirect(toLoginFor(o.Email, "/"))
	}
	if isLinkFault(err) {
		return r.showReset(http.StatusOK, problem{})
	}
	return r.formRefused(err, r.showReset)
}

// postResetSwitch logs the present account out and keeps the link.
func (r *request) postResetSwitch() error { return r.leaveFor("/reset") }

// changePasswordAddress is where password managers lead to (W3C, A Well-Known URL for
// Changing Passwords): a plain redirect, by way of the log-in if need be.
func (r *request) changePasswordAddress() error {
	r.response.Header().Set("Location", "/profile/password")
	r.response.WriteHeader(http.StatusFound)
	return nil
}
