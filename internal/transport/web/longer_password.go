package web

import (
	"net/http"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/transport/web/page"
)

// longerPassword asks for a longer password where the present one is too short
// to be the only factor. A second factor is the other way on.
func (r *request) longerPassword() error {
	if !r.current.PasswordDue {
		return r.redirect(r.afterSetup())
	}
	return r.showLongerPassword(http.StatusOK, problem{})
}

func (r *request) showLongerPassword(status int, p problem) error {
	minimum, err := r.front.Profiles.PasswordMinimum(r.Context(), *r.current)
	if err != nil {
		return err
	}
	return r.show(status, page.LongerPassword{
		Email: r.current.Email, Problem: p.Text, Current: page.Field{Error: p.Fields["current"]}, Password: page.Field{Error: p.Fields["password"]},
		Alone: organization.MinPassword, MinLength: minimum,
	})
}

func (r *request) postLongerPassword() error {
	if !r.current.PasswordDue {
		return r.redirect(r.afterSetup())
	}
	changed, err := r.front.Profiles.ChangePassword(r.Context(), *r.current, profile.PasswordChange{
		Current: r.proof("current"), Password: r.secretValue("password"),
	})
	if err == nil {
		r.startSession(changed.Token)
		r.setCookie(cookieBrowser, changed.KnownBrowser, browserMemory)
		r.setFlash(flash{Key: "web.profile.password_changed"})
		return r.redirect(r.afterWelcome())
	}
	return r.formRefused(err, r.showLongerPassword)
}
