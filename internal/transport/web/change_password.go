package web

import (
	"net/http"

	"idkit/internal/domain/profile"
	"idkit/internal/transport/web/page"
)

func (r *request) changePassword() error {
	return r.showChangePassword(http.StatusOK, problem{}, true)
}

func (r *request) showChangePassword(status int, p problem, endSessions bool) error {
	minimum, err := r.front.Profiles.PasswordMinimum(r.Context(), *r.current)
	if err != nil {
		return err
	}
	return r.show(status, page.ChangePassword{
		Email: r.current.Email, Problem: p.Text, Current: page.Field{Error: p.Fields["current"]}, Password: page.Field{Error: p.Fields["password"]},
		MinLength: minimum, EndSessions: endSessions,
	})
}

func (r *request) postChangePassword() error {
	endSessions := r.value("end_sessions") != ""
	changed, err := r.front.Profiles.ChangePassword(r.Context(), *r.current, profile.PasswordChange{
		Current: r.proof("current"), Password: r.secretValue("password"), KeepOthers: !endSessions,
	})
	if err == nil {
		r.startSession(changed.Token)
		r.setCookie(cookieBrowser, changed.KnownBrowser, browserMemory)
		if !endSessions || changed.SessionsEnded == 0 {
			return r.changed(flash{Key: "web.profile.password_changed"})
		}
		return r.changed(flash{Key: "web.profile.password_changed_ended", Values: map[string]any{"Count": changed.SessionsEnded}})
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showChangePassword(status, p, endSessions) })
}
