package web

import (
	"net/http"

	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

func (r *request) turnOffSecondFactor() error {
	if !r.current.SecondFactorOn {
		return r.redirect("/profile")
	}
	if err := r.front.Profiles.MayTurnOffSecondFactor(r.Context(), *r.current); err != nil {
		f, ok := fault.Of(err)
		if !ok {
			return err
		}
		r.setFlash(flash{Key: "fault." + f.Code, Values: f.Params, Problem: true})
		return r.redirect("/profile")
	}
	return r.showTurnOffSecondFactor(http.StatusOK, problem{})
}

func (r *request) showTurnOffSecondFactor(status int, p problem) error {
	return r.show(status, page.TurnOffSecondFactor{
		Email: r.current.Email, Problem: p.Text, Password: page.Field{Error: p.Fields["password"]},
		NeedsCode: r.needsCode(), Code: page.Field{Error: p.Fields["code"]},
	})
}

func (r *request) postTurnOffSecondFactor() error {
	token, err := r.front.Profiles.TurnOffSecondFactor(r.Context(), *r.current, r.factorProof())
	if err == nil {
		r.startSession(token)
		return r.changed(flash{Key: "web.profile.second_factor_off"})
	}
	p, err := r.factorProblem(err)
	if err != nil {
		return err
	}
	return r.showTurnOffSecondFactor(p.Status, p)
}
