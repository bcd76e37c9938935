package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

// newRecoveryCodes asks before the present codes stop working.
func (r *request) newRecoveryCodes() error {
	if !r.current.SecondFactorOn {
		return r.redirect("/protect")
	}
	left, err := r.front.Profiles.RecoveryCodesLeft(r.Context(), *r.current)
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, page.NewRecoveryCodes{Left: left})
}

func (r *request) postNewRecoveryCodes() error {
	token, err := r.front.Profiles.NewRecoveryCodes(r.Context(), *r.current)
	if err != nil {
		return err
	}
	r.startSession(token)
	r.backToProfile()
	return r.redirect("/protect/recovery-codes")
}
