package web

import (
	"encoding/json"
	"net/http"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/transport/web/page"
)

func (r *request) home() error {
	return r.show(http.StatusOK, page.Home{FirstName: r.current.FirstName, Role: r.current.RoleName})
}

// whoAmI tells a program behind the same host who is logged in, and what they may do.
func (r *request) whoAmI() error {
	r.response.Header().Set("Content-Type", "application/json; charset=utf-8")
	if r.current == nil || account.OpenStep(*r.current) != account.StepDone {
		r.response.WriteHeader(http.StatusUnauthorized)
		_, err := r.response.Write([]byte(`{"logged_in":false}` + "\n"))
		return err
	}
	c := r.current
	return json.NewEncoder(r.response).Encode(struct {
		LoggedIn     bool   `json:"logged_in"`
		Organization string `json:"organization_id"`
		User         string `json:"user_id"`
		Name         string `json:"name"`
		Email        string `json:"email"`
		Role         string `json:"role"`
		// Permissions are those of the modules, also of ones that a deployment adds.
		Permissions []access.Permission `json:"permissions"`
	}{true, c.Actor.OrganizationID, c.Actor.UserID, c.Actor.Name, c.Email, c.RoleName, r.portal.Modules.Of(c.Actor.Permissions)})
}
