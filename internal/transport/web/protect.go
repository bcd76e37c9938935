package web

import (
	"errors"
	"net/http"
	"strings"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/profile"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// stepsOfSetup are the three steps that a new user sees: password, second
// factor, recovery codes.
const stepsOfSetup = 3

func (r *request) stepper(number int) page.Step {
	switch account.OpenStep(*r.current) {
	case account.StepDone, account.StepSecondFactorAgain, account.StepNewPassword:
		return page.Step{} // not a first set-up: there is no sequence to stand in
	}
	if r.fromProfile() {
		return page.Step{}
	}
	return page.Step{Number: number, Of: stepsOfSetup}
}

// protect offers a second factor. Whoever has one has nothing to do here.
func (r *request) protect() error {
	if r.current.SecondFactorOn {
		return r.redirect(r.afterSetup())
	}
	return r.show(http.StatusOK, page.Protect{
		Step: r.stepper(2), Organization: r.current.OrganizationName,
		Again: account.SetupStep(r.current.SetupStep) == account.StepSecondFactorAgain, Required: r.current.SecondFactorDue,
		Instead: account.OpenStep(*r.current) == account.StepNewPassword,
	})
}

// afterSetup is the first page that is still open, or the portal.
func (r *request) afterSetup() string {
	if path := setupPages[account.OpenStep(*r.current)]; path != "" && path != r.URL.Path {
		return path
	}
	return "/"
}

func (r *request) postProtect() error {
	if r.current.SecondFactorOn {
		return r.redirect(r.afterSetup())
	}
	if _, err := r.front.Profiles.BeginSecondFactor(r.Context(), *r.current); err != nil {
		return err
	}
	return r.redirect("/protect/authenticator")
}

// postProtectLater is "Not now" of the set-up and "Remind me in 7 days" of the banner.
func (r *request) postProtectLater() error {
	if err := r.front.Profiles.SkipSecondFactor(r.Context(), *r.current); err != nil {
		return err
	}
	if account.SetupStep(r.current.SetupStep) == account.StepDone {
		r.setCookie(cookieLater, "1", reminderPause)
		return r.redirect(r.back())
	}
	r.setFlash(flash{Key: "web.welcome", Values: map[string]any{"Name": r.current.FirstName}})
	return r.redirect(r.afterWelcome())
}

// authenticator shows the QR code and the key, which stays the same until it is
// proven or 30 minutes have passed.
func (r *request) authenticator() error { return r.showAuthenticator(http.StatusOK, problem{}, false) }

func (r *request) postAuthenticator() error {
	token, err := r.front.Profiles.ConfirmSecondFactor(r.Context(), *r.current, r.value("code"))
	if err == nil {
		r.startSession(token)
		return r.redirect("/protect/recovery-codes")
	}
	if errors.Is(err, credential.ErrEnrolmentExpired) {
		if _, err := r.front.Profiles.BeginSecondFactor(r.Context(), *r.current); err != nil {
			return err
		}
		return r.showAuthenticator(http.StatusGone, problem{}, true)
	}
	if f, ok := fault.Of(err); ok {
		err = f.With("Issuer", r.issuer())
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showAuthenticator(status, p.at("code"), false) })
}

// issuer is what the entry in the app is called, so that several clients stay apart.
func (r *request) issuer() string {
	if r.front.console() {
		return r.brand() // which says it all: there is one vendor
	}
	return r.brand() + " " + r.current.OrganizationName
}

func (r *request) showAuthenticator(status int, p problem, restarted bool) error {
	enrolment, err := r.front.Profiles.Enrolment(r.Context(), *r.current)
	if errors.Is(err, credential.ErrEnrolmentExpired) {
		return r.redirect("/protect")
	}
	if errors.Is(err, profile.ErrSecondFactorOn) { // only a reset leads beyond it
		return r.redirect("/profile/second-factor/reset")
	}
	if err != nil {
		return err
	}
	address := enrolment.URI(r.issuer(), r.current.Email)
	qr, err := page.QRCode(address)
	if err != nil {
		return err
	}
	r.hideReferrer()
	return r.show(status, page.Authenticator{
		Step: r.stepper(2), QR: qr, Address: address, Key: enrolment.Key.Reveal(),
		Account: r.current.Email, Issuer: r.issuer(), Problem: p.Text, Code: page.Field{Error: p.Fields["code"]},
		Restarted: restarted, Back: "/protect",
	})
}

// recoveryCodes shows the codes until their owner has confirmed to have saved them.
func (r *request) recoveryCodes() error { return r.showRecoveryCodes(http.StatusOK, page.Field{}) }

func (r *request) postRecoveryCodes() error {
	if r.value("saved") == "" {
		return r.showRecoveryCodes(http.StatusUnprocessableEntity, page.Field{Error: r.say("web.recovery_codes.not_saved")})
	}
	if err := r.front.Profiles.ConfirmRecoveryCodes(r.Context(), *r.current); err != nil {
		return err
	}
	if r.fromProfile() {
		r.dropCookie(cookieNext)
		return r.changed(flash{Key: "web.profile.codes_saved"})
	}
	r.setFlash(flash{Key: "web.welcome_protected", Values: map[string]any{"Name": r.current.FirstName}})
	return r.redirect(r.afterWelcome())
}

// fromProfile tells the steps that User Profile led to from those of a first set-up.
func (r *request) fromProfile() bool { return r.cookie(cookieNext) == nextProfile }

// nextProfile is no path, so that it is none that a log-in or a set-up led away from.
const nextProfile = "profile"

// backToProfile lets the steps of a set-up end there.
func (r *request) backToProfile() { r.setCookie(cookieNext, nextProfile, credential.EnrolmentLifetime) }

// afterWelcome is where the set-up led away from, else the portal or, for the
// first Administrator, the mail step of the first run.
func (r *request) afterWelcome() string {
	if r.cookie(cookieFirstRun) != "" {
		return "/setup/mail"
	}
	next := samePage(r.cookie(cookieNext))
	r.dropCookie(cookieNext)
	return next
}

func (r *request) showRecoveryCodes(status int, saved page.Field) error {
	sheet, err := r.sheet()
	if err != nil {
		return r.withoutSheet(err)
	}
	r.hideReferrer()
	return r.show(status, page.RecoveryCodes{Step: r.stepper(3), Codes: sheet.codes, Saved: saved})
}

// withoutSheet leads on when there is nothing to show any more.
func (r *request) withoutSheet(err error) error {
	if !errors.Is(err, credential.ErrNoRecoverySheet) {
		return err
	}
	return r.redirect(r.afterSetup())
}

type recoverySheet struct {
	codes []string
	credential.RecoverySheet
}

func (r *request) sheet() (recoverySheet, error) {
	sheet, err := r.front.Profiles.RecoverySheet(r.Context(), *r.current)
	revealed := recoverySheet{RecoverySheet: sheet}
	for _, code := range sheet.Codes {
		revealed.codes = append(revealed.codes, code.Reveal())
	}
	return revealed, err
}

func (r *request) printRecoveryCodes() error {
	sheet, err := r.sheet()
	if err != nil {
		return r.withoutSheet(err)
	}
	r.hideReferrer()
	return r.show(http.StatusOK, page.RecoveryCodesPrint{
		Codes: sheet.codes, Organization: r.current.OrganizationName, Account: r.current.Email, MadeAt: sheet.CreatedAt,
	})
}

// downloadRecoveryCodes sends the codes as a text file, without any script.
func (r *request) downloadRecoveryCodes() error {
	sheet, err := r.sheet()
	if err != nil {
		return r.withoutSheet(err)
	}
	r.hideReferrer()
	h := r.response.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="recovery-codes.txt"`)
	head := r.say("web.recovery_codes.file", "Brand", r.brand(), "Organization", r.current.OrganizationName,
		"Email", r.current.Email, "Day", r.speaker().Day(sheet.CreatedAt))
	_, err = r.response.Write([]byte(head + "\n\n" + strings.Join(sheet.codes, "\n") + "\n"))
	return err
}
