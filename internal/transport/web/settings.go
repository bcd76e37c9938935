package web

import (
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/transport/web/page"
)

// settings is the overview of what the organization has laid down.
func (r *request) settings() error {
	actor := r.current.Actor
	security, err := r.front.Settings.Security(r.Context(), actor)
	if err != nil {
		return err
	}
	brand, err := r.front.Settings.Brand(r.Context(), actor)
	if err != nil {
		return err
	}
	head, err := r.front.Settings.AuditHead(r.Context(), actor)
	if err != nil {
		return err
	}
	mail, err := r.mailState()
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, page.Settings{
		Security: securityPolicy(security.Policy), Brand: brand.Name, Coloured: brand.Light != "", Mail: mail, AuditHead: head.Address,
	})
}

func (r *request) mayEditSettings() bool { return r.current.Actor.Permissions.Has(access.SettingsEdit) }
