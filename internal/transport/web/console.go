package web

import (
	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
)

// shared are the lines of the portal's table that the operator's console has as
// well. There they are about the operators themselves, who are the users of the
// vendor. What is not named here does not exist at the console: no set-up, no way
// to put off or turn off the second factor, no import, no settings, no API.
var shared = []string{
	"GET /healthz", "GET /readyz", "GET /static/{name...}", "POST /theme", "POST /language", "GET /support",

	"GET /login", "POST /login", "GET /login/code", "POST /login/code", "GET /login/recovery", "POST /login/recovery",
	"GET /login/recovered", "GET /login/help", "GET /logout", "POST /logout", "GET /not-me", "POST /not-me",
	"GET /forgot", "POST /forgot", "GET /reset", "POST /reset", "POST /reset/switch",
	"GET /email/confirm", "POST /email/confirm", "POST /email/refuse", "POST /email/switch",
	"GET /email/stop", "POST /email/stop", "GET /email/undo", "POST /email/undo", "GET /.well-known/change-password",
	"GET /join", "POST /join", "GET /join/again", "POST /join/again", "POST /join/switch",

	"GET /protect", "POST /protect", "GET /protect/authenticator", "POST /protect/authenticator",
	"GET /protect/recovery-codes", "POST /protect/recovery-codes", "GET /protect/recovery-codes/print", "GET /protect/recovery-codes.txt",

	"GET /confirm", "POST /confirm", "GET /profile", "GET /profile/email", "POST /profile/email", "POST /profile/email/resend", "POST /profile/email/stop",
	"GET /profile/mobile", "POST /profile/mobile", "POST /profile/mobile/remove", "GET /profile/name", "POST /profile/name",
	"GET /profile/password", "POST /profile/password", "GET /profile/second-factor/reset", "POST /profile/second-factor/reset",
	"GET /profile/recovery-codes", "POST /profile/recovery-codes", "GET /profile/sessions", "POST /profile/sessions/{id}/end", "POST /profile/sessions/end-others",

	"GET /{$}", "GET /modules/{name}",
	"GET /users", "GET /users.csv", "GET /users/invite", "POST /users/invite", "GET /users/reset-password", "GET /users/status",
	"GET /users/roles", "GET /users/roles/new", "POST /users/roles/new", "GET /users/roles/{id}/permissions", "POST /users/roles/{id}/permissions",
	"POST /users/roles/{id}/review", "GET /users/roles/{id}/delete", "POST /users/roles/{id}/delete",
	"GET /users/{id}", "GET /users/{id}/status", "POST /users/{id}/status", "GET /users/{id}/reset-password", "POST /users/{id}/reset-password",
	"GET /users/{id}/second-factor", "POST /users/{id}/second-factor", "GET /users/{id}/role", "POST /users/{id}/role",
	"GET /users/{id}/name", "POST /users/{id}/name", "GET /users/{id}/lock", "POST /users/{id}/lock", "GET /users/{id}/logout", "POST /users/{id}/logout",
	"GET /users/{id}/unlock", "POST /users/{id}/unlock", "GET /users/{id}/delete", "POST /users/{id}/delete", "GET /users/{id}/resend", "POST /users/{id}/resend",
	"GET /users/{id}/link", "POST /users/{id}/link", "GET /users/{id}/withdraw", "POST /users/{id}/withdraw",
	"GET /audit", "GET /audit/export", "GET /audit.csv", "GET /audit.jsonl",
}

// console reports whether this is the operator's console.
func (p *Portal) console() bool { return p.Kind == organization.Vendor }

// table is every path of this front with who may use it.
func (p *Portal) table() []route {
	if p.console() {
		return p.consoleRoutes()
	}
	return p.routes()
}

// consoleRoutes is every path of the operator's console: those that it shares
// with the portal, then its own. What each may touch is told, and tried, in
// vendor_test.go.
func (p *Portal) consoleRoutes() []route {
	ofPortal := map[string]route{}
	for _, r := range p.routes() {
		ofPortal[r.pattern] = r
	}
	routes := make([]route, 0, len(shared))
	for _, pattern := range shared {
		r, there := ofPortal[pattern]
		if !there {
			panic("web: the portal has no " + pattern + " to share with the console")
		}
		routes = append(routes, r)
	}
	return append(routes, []route{
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
	}...)
}
