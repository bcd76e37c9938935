package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// next is where the log-in leads to in the end; a cookie carries it along the steps.
func (r *request) next() string { return samePage(r.cookie(cookieNext)) }

// atStep checks that a log-in is under way and at this step.
func (r *request) atStep(step session.Step) error {
	half, err := r.front.SignIn.Half(r.Context(), r.cookie(cookieHalf))
	if err == nil && half.Step != step {
		return session.ErrHalfEnded
	}
	return err
}

// startOver leads back to the first step when the log-in under way has ended.
func (r *request) startOver(err error) error {
	if !errors.Is(err, session.ErrHalfEnded) {
		return err
	}
	r.dropCookie(cookieHalf)
	if r.current != nil {
		return r.redirect(r.next())
	}
	return r.redirect("/login?late=1")
}

func (r *request) code() error {
	if err := r.atStep(session.StepCode); err != nil {
		return r.startOver(err)
	}
	return r.show(http.StatusOK, page.Code{})
}

func (r *request) secondStep() signin.SecondStep {
	return signin.SecondStep{HalfToken: r.cookie(cookieHalf), Code: r.value("code"), Browser: r.browser()}
}

func (r *request) postCode() error {
	outcome, err := r.front.SignIn.Code(r.Context(), r.secondStep())
	if err == nil {
		return r.advance(outcome, r.next())
	}
	return r.stepRefused(err, func(p problem) page.View {
		return page.Code{Problem: p.Text, Code: page.Field{Error: p.Fields["code"]}}
	})
}

// stepRefused shows the form of a step again, or begins anew where the log-in ended.
func (r *request) stepRefused(err error, view func(problem) page.View) error {
	if fault.IsKind(err, fault.Unauthenticated) {
		return r.startOver(err)
	}
	return r.formRefused(err, func(status int, p problem) error { return r.show(status, view(p.at("code"))) })
}

// recovery shows the way in without the authenticator.
func (r *request) recovery() error {
	if err := r.atStep(session.StepCode); err != nil {
		return r.startOver(err)
	}
	return r.show(http.StatusOK, page.RecoveryCode{})
}

func (r *request) postRecovery() error {
	outcome, err := r.front.SignIn.RecoveryCode(r.Context(), r.secondStep())
	if err == nil {
		return r.advance(outcome, "/login/recovered")
	}
	return r.stepRefused(err, func(p problem) page.View {
		return page.RecoveryCode{Problem: p.Text, Code: page.Field{Error: p.Fields["code"]}}
	})
}

// recovered tells how many recovery codes are left after one was used.
func (r *request) recovered() error {
	left, err := r.front.Profiles.RecoveryCodesLeft(r.Context(), *r.current)
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, page.RecoveryCodeUsed{Left: left, Of: credential.RecoveryCodeCount, Next: "/"})
}

// noFactor says what is left for somebody with neither authenticator nor
// recovery code; it tells nothing about the account.
func (r *request) noFactor() error {
	if err := r.atStep(session.StepCode); err != nil {
		return r.startOver(err)
	}
	return r.show(http.StatusOK, page.NoFactor{})
}

// choose lists the organizations of somebody who belongs to several.
func (r *request) choose() error {
	if err := r.atStep(session.StepOrganization); err != nil {
		return r.startOver(err)
	}
	choices, err := r.front.SignIn.Choices(r.Context(), r.cookie(cookieHalf))
	if err != nil {
		return r.startOver(err)
	}
	var view page.Choose
	for i, c := range choices {
		view.Choices = append(view.Choices, page.Choice{ID: c.OrganizationID, Name: c.OrganizationName, Role: c.RoleName, LastUsed: i == 0})
	}
	return r.show(http.StatusOK, view)
}

func (r *request) postChoose() error {
	outcome, err := r.front.SignIn.ChooseOrganization(r.Context(), signin.Choose{
		HalfToken: r.cookie(cookieHalf), OrganizationID: r.value("organization"), Browser: r.browser(),
	})
	if err != nil {
		return r.startOver(err)
	}
	return r.advance(outcome, r.next())
}
