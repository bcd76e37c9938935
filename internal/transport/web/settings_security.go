package web

import (
	"net/http"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/transport/web/page"
)

// settingsSecurity shows the policy as it is.
func (r *request) settingsSecurity() error {
	shown, err := r.front.Settings.Security(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, page.SettingsSecurity{
		Policy: securityPolicy(shown.Policy), Begun: !r.front.Now().Before(shown.Policy.From),
		Without: shown.Without, Active: shown.Active, MayEdit: r.mayEditSettings(),
	})
}

func securityPolicy(p organization.Policy) page.SecurityPolicy {
	return page.SecurityPolicy{
		SecondFactor: string(p.SecondFactor), From: p.From, Password: p.Password,
		Idle: int(p.Idle / time.Minute), Session: int(p.Session / time.Minute), Invitation: int(p.Invitation / time.Hour),
	}
}
