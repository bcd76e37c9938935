package web

import (
	"errors"
	"net/http"
	"slices"

	"idkit/internal/domain/access"
	"idkit/internal/domain/profile"
)

// audience is who a route is for.
type audience int

const (
	anyone    audience = iota // with or without a session
	settingUp                 // logged in, also while steps of the set-up are open
	loggedIn                  // logged in, with the set-up behind them
)

// route is one line of the table below.
type route struct {
	pattern string
	who     audience
	needs   access.Permission // "" for everybody of that audience
	act     func(*request) error
	once    bool     // posting the same form again repeats the answer, not the act
	fresh   bool     // asks for the password again where the last proof is too long ago
	keeps   []string // fields that are not lost on the way over that question
	upload  bool     // a form with a file
	open    bool     // a form that changes nothing but looks, and carries no token
	link    string   // the page of the mailed link that the route is about; its forms are good for that link alone
	local   bool     // for browsers on this very machine
	status  bool     // for machines: no session is looked up, and no page answers
}

// routes is every path of this front with who may use it. A route that is not
// here does not exist; one without a rule cannot be written. What the portal and
// the operator's console both have is, at the console, about the operators
// themselves, who are the users of the vendor.
func (f *Front) routes() []route {
	shared := slices.Concat(publicRoutes(), entranceRoutes(), joiningRoutes(), profileRoutes(), usersRoutes(), rolesRoutes(), auditRoutes())
	if f.console() {
		return slices.Concat(shared, consoleRoutes())
	}
	return slices.Concat(shared, portalRoutes(), settingsRoutes(), f.developmentRoutes())
}

// publicRoutes are for everybody, and the ways out to modules of other programs.
func publicRoutes() []route {
	return []route{
		{pattern: "GET /healthz", act: (*request).health, status: true},
		{pattern: "GET /readyz", act: (*request).ready, status: true},
		{pattern: "GET /static/{name...}", act: (*request).static, status: true},
		{pattern: "POST /theme", act: (*request).chooseTheme, open: true},
		{pattern: "POST /language", act: (*request).chooseLanguage, open: true},
		{pattern: "GET /support", act: (*request).support},
		{pattern: "GET /modules/{name}", who: loggedIn, act: (*request).module},
	}
}

// entranceRoutes are the ways in and out, and what mailed links lead to.
func entranceRoutes() []route {
	return []route{
		{pattern: "GET /login", act: (*request).login},
		{pattern: "POST /login", act: (*request).postLogin},
		{pattern: "GET /login/code", act: (*request).code},
		{pattern: "POST /login/code", act: (*request).postCode},
		{pattern: "GET /login/recovery", act: (*request).recovery},
		{pattern: "POST /login/recovery", act: (*request).postRecovery},
		{pattern: "GET /login/recovered", who: settingUp, act: (*request).recovered},
		{pattern: "GET /login/help", act: (*request).noFactor},
		{pattern: "GET /logout", who: settingUp, act: (*request).logOut},
		{pattern: "POST /logout", act: (*request).postLogOut},
		{pattern: "GET /not-me", act: (*request).notMe, link: "/not-me"},
		{pattern: "POST /not-me", act: (*request).postNotMe, link: "/not-me"},
		{pattern: "GET /forgot", act: (*request).forgot},
		{pattern: "POST /forgot", act: (*request).postForgot},
		{pattern: "GET /reset", act: (*request).reset, link: "/reset"},
		{pattern: "POST /reset", act: (*request).postReset, link: "/reset"},
		{pattern: "POST /reset/switch", act: (*request).postResetSwitch, link: "/reset"},

		{pattern: "GET /email/confirm", act: (*request).confirmEmail, link: "/email/confirm"},
		{pattern: "POST /email/confirm", act: (*request).postConfirmEmail, link: "/email/confirm"},
		{pattern: "POST /email/refuse", act: (*request).postRefuseEmail, link: "/email/confirm"},
		{pattern: "POST /email/switch", act: (*request).postEmailSwitch, link: "/email/confirm"},
		{pattern: "GET /email/stop", act: (*request).stopEmail, link: "/email/stop"},
		{pattern: "POST /email/stop", act: (*request).postRevertEmail, link: "/email/stop"},
		{pattern: "GET /email/undo", act: (*request).undoEmail, link: "/email/undo"},
		{pattern: "POST /email/undo", act: (*request).postRevertEmail, link: "/email/undo"},
		{pattern: "GET /.well-known/change-password", act: (*request).changePasswordAddress},
	}
}

// joiningRoutes lead from an invitation to a protected account.
func joiningRoutes() []route {
	return []route{
		{pattern: "GET /join", act: (*request).join, link: "/join"},
		{pattern: "POST /join", act: (*request).postJoin, link: "/join"},
		{pattern: "GET /join/again", act: (*request).join, link: "/join"}, // for whoever opens the answer's address again
		{pattern: "POST /join/again", act: (*request).postJoinAgain, link: "/join"},
		{pattern: "POST /join/switch", act: (*request).postJoinSwitch, link: "/join"},
		{pattern: "GET /protect", who: settingUp, act: (*request).protect},
		{pattern: "POST /protect", who: settingUp, act: (*request).postProtect},
		{pattern: "GET /protect/password", who: settingUp, act: (*request).longerPassword},
		{pattern: "POST /protect/password", who: settingUp, act: (*request).postLongerPassword},
		{pattern: "GET /protect/authenticator", who: settingUp, act: (*request).authenticator},
		{pattern: "POST /protect/authenticator", who: settingUp, act: (*request).postAuthenticator},
		{pattern: "GET /protect/recovery-codes", who: settingUp, act: (*request).recoveryCodes},
		{pattern: "POST /protect/recovery-codes", who: settingUp, act: (*request).postRecoveryCodes},
		{pattern: "GET /protect/recovery-codes/print", who: settingUp, act: (*request).printRecoveryCodes},
		{pattern: "GET /protect/recovery-codes.txt", who: settingUp, act: (*request).downloadRecoveryCodes},
	}
}

// profileRoutes are what people do to their own account.
func profileRoutes() []route {
	return []route{
		{pattern: "GET /confirm", who: settingUp, act: (*request).confirmYou},
		{pattern: "POST /confirm", who: settingUp, act: (*request).postConfirmYou},
		{pattern: "GET /profile", who: loggedIn, act: (*request).profile},
		{pattern: "GET /profile/email", who: loggedIn, act: (*request).changeEmail},
		{pattern: "POST /profile/email", who: loggedIn, act: (*request).postChangeEmail, once: true},
		{pattern: "POST /profile/email/resend", who: loggedIn, act: (*request).postResendEmail, once: true},
		{pattern: "POST /profile/email/stop", who: loggedIn, act: (*request).postStopOwnEmail},
		{pattern: "GET /profile/mobile", who: loggedIn, act: (*request).changeMobile},
		{pattern: "POST /profile/mobile", who: loggedIn, act: (*request).postChangeMobile},
		{pattern: "POST /profile/mobile/remove", who: loggedIn, act: (*request).postRemoveMobile},
		{pattern: "GET /profile/name", who: loggedIn, act: (*request).changeName},
		{pattern: "POST /profile/name", who: loggedIn, act: (*request).postChangeName},
		{pattern: "GET /profile/password", who: loggedIn, act: (*request).changePassword},
		{pattern: "POST /profile/password", who: loggedIn, act: (*request).postChangePassword},
		{pattern: "GET /profile/second-factor/reset", who: loggedIn, act: (*request).resetSecondFactor},
		{pattern: "POST /profile/second-factor/reset", who: loggedIn, act: (*request).postResetSecondFactor},
		{pattern: "GET /profile/recovery-codes", who: loggedIn, act: (*request).newRecoveryCodes, fresh: true},
		{pattern: "POST /profile/recovery-codes", who: loggedIn, act: (*request).postNewRecoveryCodes, fresh: true},
		{pattern: "GET /profile/sessions", who: loggedIn, act: (*request).sessions},
		{pattern: "POST /profile/sessions/{id}/end", who: loggedIn, act: (*request).postEndSession},
		{pattern: "POST /profile/sessions/end-others", who: loggedIn, act: (*request).postEndOtherSessions},
	}
}

// usersRoutes are the Users module. At the console its users are the operators.
func usersRoutes() []route {
	return []route{
		{pattern: "GET /users", who: loggedIn, needs: access.UsersView, act: (*request).users},
		{pattern: "GET /users.csv", who: loggedIn, needs: access.UsersView, act: (*request).exportUsers},
		{pattern: "GET /users/invite", who: loggedIn, needs: access.UsersInvite, act: (*request).invite},
		{pattern: "POST /users/invite", who: loggedIn, needs: access.UsersInvite, act: (*request).postInvite, once: true},
		{pattern: "GET /users/reset-password", who: loggedIn, needs: access.UsersResetPassword, act: (*request).selectForResetPassword},
		{pattern: "GET /users/status", who: loggedIn, needs: access.UsersChangeStatus, act: (*request).selectForStatus},
		{pattern: "GET /users/{id}", who: loggedIn, needs: access.UsersView, act: (*request).user},
		{pattern: "GET /users/{id}/status", who: loggedIn, needs: access.UsersChangeStatus, act: (*request).changeStatus},
		{pattern: "POST /users/{id}/status", who: loggedIn, needs: access.UsersChangeStatus, act: (*request).postChangeStatus, once: true},
		{pattern: "GET /users/{id}/reset-password", who: loggedIn, needs: access.UsersResetPassword, act: (*request).resetPassword},
		{pattern: "POST /users/{id}/reset-password", who: loggedIn, needs: access.UsersResetPassword, act: (*request).postResetPassword, once: true},
		{pattern: "GET /users/{id}/second-factor", who: loggedIn, needs: access.UsersResetPassword, act: (*request).resetUserSecondFactor},
		{pattern: "POST /users/{id}/second-factor", who: loggedIn, needs: access.UsersResetPassword, act: (*request).postResetUserSecondFactor, once: true},
		{pattern: "GET /users/{id}/role", who: loggedIn, needs: access.UsersEdit, act: (*request).changeRole},
		{pattern: "POST /users/{id}/role", who: loggedIn, needs: access.UsersEdit, act: (*request).postChangeRole, once: true},
		{pattern: "GET /users/{id}/name", who: loggedIn, needs: access.UsersEdit, act: (*request).changeUserName},
		{pattern: "POST /users/{id}/name", who: loggedIn, needs: access.UsersEdit, act: (*request).postChangeUserName, once: true},
		{pattern: "GET /users/{id}/lock", who: loggedIn, needs: access.UsersChangeStatus, act: (*request).lockAccount},
		{pattern: "POST /users/{id}/lock", who: loggedIn, needs: access.UsersChangeStatus, act: (*request).postLockAccount, once: true},
		{pattern: "GET /users/{id}/logout", who: loggedIn, needs: access.UsersResetPassword, act: (*request).logOutEverywhere},
		{pattern: "POST /users/{id}/logout", who: loggedIn, needs: access.UsersResetPassword, act: (*request).postLogOutEverywhere, once: true},
		{pattern: "GET /users/{id}/unlock", who: loggedIn, needs: access.UsersResetPassword, act: (*request).unlock},
		{pattern: "POST /users/{id}/unlock", who: loggedIn, needs: access.UsersResetPassword, act: (*request).postUnlock, once: true},
		{pattern: "GET /users/{id}/delete", who: loggedIn, needs: access.UsersEdit, act: (*request).deleteUser},
		{pattern: "POST /users/{id}/delete", who: loggedIn, needs: access.UsersEdit, act: (*request).postDeleteUser, once: true},
		{pattern: "GET /users/{id}/resend", who: loggedIn, needs: access.UsersInvite, act: (*request).resend},
		{pattern: "POST /users/{id}/resend", who: loggedIn, needs: access.UsersInvite, act: (*request).postResend, once: true},
		{pattern: "GET /users/{id}/link", who: loggedIn, needs: access.UsersInvite, act: (*request).copyLink},
		{pattern: "POST /users/{id}/link", who: loggedIn, needs: access.UsersInvite, act: (*request).postCopyLink},
		{pattern: "GET /users/{id}/withdraw", who: loggedIn, needs: access.UsersInvite, act: (*request).withdraw},
		{pattern: "POST /users/{id}/withdraw", who: loggedIn, needs: access.UsersInvite, act: (*request).postWithdraw, once: true},
	}
}

// rolesRoutes are the part of the Users module about roles.
func rolesRoutes() []route {
	return []route{
		{pattern: "GET /users/roles", who: loggedIn, needs: access.UsersView, act: (*request).roles},
		{pattern: "GET /users/roles/new", who: loggedIn, needs: access.RolesEdit, act: (*request).newRole},
		{pattern: "POST /users/roles/new", who: loggedIn, needs: access.RolesEdit, act: (*request).postNewRole, once: true},
		{pattern: "GET /users/roles/{id}/explain", who: loggedIn, needs: access.UsersView, act: (*request).explainRole},
		{pattern: "GET /users/roles/{id}/permissions", who: loggedIn, needs: access.UsersView, act: (*request).role},
		{pattern: "POST /users/roles/{id}/permissions", who: loggedIn, needs: access.RolesEdit, act: (*request).postEditRole, once: true},
		{pattern: "POST /users/roles/{id}/review", who: loggedIn, needs: access.RolesEdit, act: (*request).postReviewRole},
		{pattern: "GET /users/roles/{id}/delete", who: loggedIn, needs: access.RolesEdit, act: (*request).deleteRole},
		{pattern: "POST /users/roles/{id}/delete", who: loggedIn, needs: access.RolesEdit, act: (*request).postDeleteRole, once: true},
	}
}

// auditRoutes are the Audit module.
func auditRoutes() []route {
	return []route{
		{pattern: "GET /audit", who: loggedIn, needs: access.AuditView, act: (*request).audit},
		{pattern: "GET /audit/export", who: loggedIn, needs: access.AuditExport, act: (*request).exportAudit},
		{pattern: "GET /audit.csv", who: loggedIn, needs: access.AuditExport, act: (*request).auditCSV},
		{pattern: "GET /audit.jsonl", who: loggedIn, needs: access.AuditExport, act: (*request).auditLines},
	}
}

// portalRoutes are what the people of clients have and operators have not: the
// first run, ways to do without a second factor, imports and the API.
func portalRoutes() []route {
	return []route{
		{pattern: "GET /brand/{name}", act: (*request).brandStyle, status: true},
		{pattern: "GET /{$}", who: loggedIn, act: (*request).home},
		{pattern: "GET /login/client", act: (*request).choose},
		{pattern: "POST /login/client", act: (*request).postChoose},
		{pattern: "GET /recovery/object", act: (*request).objectRecovery, link: "/recovery/object"},
		{pattern: "POST /recovery/object", act: (*request).postObjectRecovery, link: "/recovery/object"},
		{pattern: "POST /protect/later", who: settingUp, act: (*request).postProtectLater},
		{pattern: "GET /profile/second-factor/off", who: loggedIn, act: (*request).turnOffSecondFactor},
		{pattern: "POST /profile/second-factor/off", who: loggedIn, act: (*request).postTurnOffSecondFactor},
		{pattern: "GET /developer", who: loggedIn, needs: access.DeveloperAccess, act: (*request).developer},
		{pattern: "GET /api/v1/session", act: (*request).whoAmI},
		{pattern: "GET /api/v1/forward-auth", act: (*request).forwardAuth},

		{pattern: "GET /setup", act: (*request).setup, link: "/setup"},
		{pattern: "POST /setup", act: (*request).postSetup, link: "/setup"},
		{pattern: "GET /setup/mail", who: loggedIn, needs: access.SettingsEdit, act: (*request).setupMail},
		{pattern: "POST /setup/mail", who: loggedIn, needs: access.SettingsEdit, act: (*request).postSetupMail, once: true},
		{pattern: "POST /setup/done", who: loggedIn, needs: access.SettingsEdit, act: (*request).postSetupDone},

		{pattern: "GET /users/import", who: loggedIn, needs: access.UsersInvite, act: (*request).importUsers},
		{pattern: "POST /users/import", who: loggedIn, needs: access.UsersInvite, act: (*request).postImportUsers, upload: true},
		{pattern: "GET /users/import/sample.csv", who: loggedIn, needs: access.UsersInvite, act: (*request).importSample},
		{pattern: "GET /users/import/{id}/rows", who: loggedIn, needs: access.UsersInvite, act: (*request).importRows},
		{pattern: "GET /users/import/{id}/result.csv", who: loggedIn, needs: access.UsersInvite, act: (*request).importResult},
		{pattern: "POST /users/import/{id}/send", who: loggedIn, needs: access.UsersInvite, act: (*request).postImportSend},
		{pattern: "POST /users/import/{id}/pause", who: loggedIn, needs: access.UsersInvite, act: (*request).postImportPause},
		{pattern: "POST /users/import/{id}/continue", who: loggedIn, needs: access.UsersInvite, act: (*request).postImportContinue},
		{pattern: "POST /users/import/{id}/discard", who: loggedIn, needs: access.UsersInvite, act: (*request).postImportDiscard},
	}
}

// settingsRoutes are the Settings module, which only clients have.
func settingsRoutes() []route {
	return []route{
		{pattern: "GET /settings", who: loggedIn, needs: access.SettingsView, act: (*request).settings},
		{pattern: "GET /settings/security", who: loggedIn, needs: access.SettingsView, act: (*request).settingsSecurity},
		{pattern: "GET /settings/security/change", who: loggedIn, needs: access.SettingsEdit, act: (*request).changeSecurity, fresh: true},
		{pattern: "POST /settings/security/review", who: loggedIn, needs: access.SettingsEdit, act: (*request).postReviewSecurity},
		{pattern: "POST /settings/security/change", who: loggedIn, needs: access.SettingsEdit, act: (*request).postChangeSecurity, once: true, fresh: true, keeps: policyFields},
		{pattern: "GET /settings/brand", who: loggedIn, needs: access.SettingsView, act: (*request).settingsBrand},
		{pattern: "POST /settings/brand", who: loggedIn, needs: access.SettingsEdit, act: (*request).postSettingsBrand, once: true},
		{pattern: "GET /settings/audit", who: loggedIn, needs: access.SettingsView, act: (*request).settingsAudit},
		{pattern: "POST /settings/audit", who: loggedIn, needs: access.SettingsEdit, act: (*request).postSettingsAudit, once: true, fresh: true, keeps: []string{"address"}},
		{pattern: "GET /settings/mail", who: loggedIn, needs: access.SettingsView, act: (*request).settingsMail},
		{pattern: "POST /settings/mail", who: loggedIn, needs: access.SettingsEdit, act: (*request).postSettingsMail, once: true},
	}
}

// developmentRoutes show a developer the letters and every page, on no address
// but localhost.
func (f *Front) developmentRoutes() []route {
	if !f.Development {
		return nil
	}
	return []route{
		{pattern: "GET /dev/ui", act: (*request).gallery, local: true},
		{pattern: "GET /dev/ui/{name}", act: (*request).specimen, local: true},
		{pattern: "GET /dev/mailbox", act: (*request).mailbox, local: true},
		{pattern: "GET /dev/mailbox/{id}", act: (*request).letter, local: true},
		{pattern: "GET /dev/mailbox/{id}/html", act: (*request).letterHTML, local: true},
	}
}

// guard holds a request to its route's line: who they are is read anew from the
// database, then the form's token is checked, then the action runs.
func (f *Front) guard(rt route) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, hr *http.Request) {
		r := requestOf(hr)
		r.route = rt
		err := r.boundBody()
		if err == nil {
			err = r.pass()
		}
		if errors.Is(err, profile.ErrConfirmFirst) {
			err = r.toConfirm()
		}
		if err != nil {
			r.fail(err)
		}
	})
}
