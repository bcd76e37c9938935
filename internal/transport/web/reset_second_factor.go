package web

import (
	"errors"
	"net/http"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/profile"
	"idkit/internal/transport/web/page"
)

// resetSecondFactor shows the form. Without a second factor there is none to reset.
func (r *request) resetSecondFactor() error {
	if !r.current.SecondFactorOn {
		return r.redirect("/protect")
	}
	return r.showResetSecondFactor(http.StatusOK, problem{})
}

func (r *request) showResetSecondFactor(status int, p problem) error {
	err := r.front.Profiles.MayTurnOffSecondFactor(r.Context(), *r.current)
	if err != nil && !errors.Is(err, profile.ErrOrganizationRequires) {
		return err
	}
	return r.show(status, page.ResetSecondFactor{
		Organization: r.current.OrganizationName, Email: r.current.Email, Problem: p.Text, Password: page.Field{Error: p.Fields["password"]},
		NeedsCode: r.needsCode(), Code: page.Field{Error: p.Fields["code"]}, MayTurnOff: err == nil,
	})
}

func (r *request) needsCode() bool { return profile.NeedsCode(*r.current, r.front.Now()) }

func (r *request) factorProof() profile.FactorProof {
	return profile.FactorProof{Password: r.proof("password"), Code: r.value("code")}
}

// postResetSecondFactor goes on to the set-up of the new authenticator.
func (r *request) postResetSecondFactor() error {
	token, err := r.front.Profiles.ResetSecondFactor(r.Context(), *r.current, r.factorProof())
	if err == nil {
		r.startSession(token)
		r.backToProfile()
		return r.redirect("/protect/authenticator")
	}
	p, err := r.factorProblem(err)
	if err != nil {
		return err
	}
	return r.showResetSecondFactor(p.Status, p)
}

// factorProblem is problemOf for whoever has a second factor; without one the
// profile tells how things stand.
func (r *request) factorProblem(err error) (problem, error) {
	if errors.Is(err, credential.ErrNoSecondFactor) {
		return problem{}, err
	}
	return r.problemOf(err)
}
