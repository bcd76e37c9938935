package web

import (
	"errors"
	"net/http"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/transport/web/page"
)

// stepsOfFirstRun: the organization, the second factor and its codes, mail.
const stepsOfFirstRun = 3

// setup shows the first run. The code of the one-time address moves into a cookie, so
// that it stays in no history.
func (r *request) setup() error {
	r.hideReferrer()
	if r.takeToken() {
		return r.redirect("/setup")
	}
	err := r.front.Invitations.OpenSetup(r.Context(), r.cookie(cookieLink))
	switch {
	case errors.Is(err, invitation.ErrSetupClosed):
		return errNoPage
	case err != nil && !isLinkFault(err):
		return err
	}
	return r.show(http.StatusOK, r.setupView(err == nil))
}

func (r *request) setupView(codeKnown bool) page.Setup {
	return page.Setup{
		Step: page.Step{Number: 1, Of: stepsOfFirstRun}, CodeKnown: codeKnown,
		Organization: page.Field{Value: r.value("organization")}, FirstName: page.Field{Value: r.value("first_name")},
		LastName: page.Field{Value: r.value("last_name")}, Email: page.Field{Value: r.value("email")},
		MinLength: credential.DefaultPolicy.Minimum(),
	}
}

func (r *request) postSetup() error {
	r.hideReferrer()
	code := r.cookie(cookieLink)
	if typed := r.value("code"); typed != "" {
		code = typed
	}
	view := r.setupView(r.value("code") == "" && code != "")
	joined, err := r.front.Invitations.SetUp(r.Context(), code, invitation.FirstRun{
		Organization: view.Organization.Value,
		FirstAdministrator: invitation.FirstAdministrator{
			FirstName: view.FirstName.Value, LastName: view.LastName.Value, Email: view.Email.Value,
		},
		Password: r.secretValue("password"),
	}, r.origin)
	switch {
	case errors.Is(err, invitation.ErrSetupClosed):
		return errNoPage
	case isLinkFault(err):
		view.CodeKnown = false
		view.Code.Error = r.say("web.setup.code_wrong")
		return r.show(http.StatusUnprocessableEntity, view)
	case err != nil:
		p, err := r.problemOf(err)
		if err != nil {
			return err
		}
		view.Problem = p.Text
		view.Organization.Error, view.FirstName.Error, view.LastName.Error = p.Fields["organization"], p.Fields["first_name"], p.Fields["last_name"]
		view.Email.Error, view.Password.Error = p.Fields["email"], p.Fields["password"]
		return r.show(p.Status, view)
	}
	r.dropCookie(cookieLink)
	r.setCookie(cookieFirstRun, "1", 24*time.Hour)
	r.setCookie(cookieBrowser, joined.KnownBrowser, browserMemory)
	r.startSession(joined.Session.Token)
	return r.redirect("/protect")
}

func (r *request) setupMail() error { return r.showSetupMail(http.StatusOK, "") }

func (r *request) showSetupMail(status int, problem string) error {
	state, err := r.mailState()
	if err != nil {
		return err
	}
	return r.show(status, page.SetupMail{Step: page.Step{Number: 3, Of: stepsOfFirstRun}, Mail: state, Problem: problem})
}

// postSetupMail sends a test mail from the first run.
func (r *request) postSetupMail() error {
	err := r.sendTestMail()
	if err == nil {
		return r.redirect("/setup/mail")
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showSetupMail(status, p.Text) })
}

// postSetupDone ends the first run at the first invitation.
func (r *request) postSetupDone() error {
	r.dropCookie(cookieFirstRun)
	return r.redirect("/users/invite")
}
