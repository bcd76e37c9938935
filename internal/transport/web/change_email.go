package web

import (
	"net/http"

	"idkit/internal/domain/address"
	"idkit/internal/transport/web/page"
)

func (r *request) changeEmail() error {
	return r.show(http.StatusOK, page.ChangeEmail{Current: r.current.Email})
}

func (r *request) postChangeEmail() error {
	email := r.value("email")
	token, err := r.front.Addresses.ChangeEmail(r.Context(), *r.current, address.EmailChange{Email: email, Current: r.proof("password")})
	if err == nil {
		r.startSession(token)
		return r.changed(flash{Key: "web.profile.email_asked", Values: map[string]any{"New": email, "Old": r.current.Email}})
	}
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	return r.show(p.Status, page.ChangeEmail{
		Current: r.current.Email, Problem: p.Text,
		Email: page.Field{Value: email, Error: p.Fields["email"]}, Password: page.Field{Error: p.Fields["password"]},
	})
}

func (r *request) postResendEmail() error {
	if err := r.front.Addresses.ResendEmailProof(r.Context(), *r.current); err != nil {
		return err
	}
	return r.changed(flash{Key: "web.profile.email_resent"})
}

func (r *request) postStopOwnEmail() error {
	if err := r.front.Addresses.StopEmailChange(r.Context(), *r.current); err != nil {
		return err
	}
	return r.changed(flash{Key: "web.profile.email_stopped", Values: map[string]any{"Email": r.current.Email}})
}
