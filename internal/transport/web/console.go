package web

import (
	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
)

// console reports whether this is the operator's console.
func (f *Front) console() bool { return f.Kind == organization.Vendor }

// consoleRoutes are what only operators have: the clients. What each may touch is
// told, and tried, in vendor_test.go.
func consoleRoutes() []route {
	return []route{
		{pattern: "GET /{$}", who: loggedIn, act: (*request).consoleHome},
		{pattern: "GET /clients", who: loggedIn, needs: access.ClientsView, act: (*request).clients},
		{pattern: "GET /clients/new", who: loggedIn, needs: access.ClientsEdit, act: (*request).newClient},
		{pattern: "POST /clients/new", who: loggedIn, needs: access.ClientsEdit, act: (*request).postNewClient, once: true},
		{pattern: "GET /clients/{id}", who: loggedIn, needs: access.ClientsView, act: (*request).client},
		{pattern: "GET /clients/{id}/details", who: loggedIn, needs: access.ClientsEdit, act: (*request).clientDetails},
		{pattern: "POST /clients/{id}/details", who: loggedIn, needs: access.ClientsEdit, act: (*request).postClientDetails, once: true},
		{pattern: "GET /clients/{id}/status", who: loggedIn, needs: access.ClientsEdit, act: (*request).clientStatus},
		{pattern: "POST /clients/{id}/status", who: loggedIn, needs: access.ClientsEdit, act: (*request).postClientStatus, once: true},
		{pattern: "GET /clients/{id}/trial", who: loggedIn, needs: access.ClientsEdit, act: (*request).extendTrial},
		{pattern: "POST /clients/{id}/trial", who: loggedIn, needs: access.ClientsEdit, act: (*request).postExtendTrial, once: true},
		{pattern: "GET /clients/{id}/activate", who: loggedIn, needs: access.ClientsEdit, act: (*request).activateClient},
		{pattern: "POST /clients/{id}/activate", who: loggedIn, needs: access.ClientsEdit, act: (*request).postActivateClient, once: true},
		{pattern: "GET /clients/{id}/resend", who: loggedIn, needs: access.ClientsEdit, act: (*request).resendFirst},
		{pattern: "POST /clients/{id}/resend", who: loggedIn, needs: access.ClientsEdit, act: (*request).postResendFirst, once: true},
		{pattern: "GET /clients/{id}/administrator", who: loggedIn, needs: access.ClientsEdit, act: (*request).correctFirst},
		{pattern: "POST /clients/{id}/administrator", who: loggedIn, needs: access.ClientsEdit, act: (*request).postCorrectFirst, once: true},
		{pattern: "GET /clients/{id}/recovery", who: loggedIn, needs: access.ClientsView, act: (*request).clientRecovery},
		{pattern: "GET /clients/{id}/recovery/new", who: loggedIn, needs: access.ClientsEdit, act: (*request).startRecovery, fresh: true},
		{pattern: "POST /clients/{id}/recovery/new", who: loggedIn, needs: access.ClientsEdit, act: (*request).postStartRecovery, fresh: true, once: true},
		{pattern: "GET /clients/{id}/recovery/approve", who: loggedIn, needs: access.ClientsEdit, act: (*request).approveRecovery, fresh: true},
		{pattern: "POST /clients/{id}/recovery/approve", who: loggedIn, needs: access.ClientsEdit, act: (*request).postApproveRecovery, fresh: true, once: true},
		{pattern: "POST /clients/{id}/recovery/stop", who: loggedIn, needs: access.ClientsEdit, act: (*request).postStopRecovery, once: true},
	}
}

// consoleHome leads to what the console is for.
func (r *request) consoleHome() error {
	if r.current.Actor.Permissions.Has(access.ClientsView) {
		return r.redirect("/clients")
	}
	return r.home()
}
