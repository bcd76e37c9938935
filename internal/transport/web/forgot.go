package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

func (r *request) forgot() error {
	return r.show(http.StatusOK, page.Forgot{
		Email: page.Field{Value: r.URL.Query().Get("email")}, MailMissing: !r.front.Outbox.Ready(),
	})
}

// postForgot answers the same for every address; "Send again" posts here too.
func (r *request) postForgot() error {
	email := r.value("email")
	err := r.front.SignIn.RequestReset(r.Context(), email, r.origin)
	if err == nil {
		return r.show(http.StatusOK, page.ForgotSent{Email: email})
	}
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	if p.Status == http.StatusTooManyRequests && r.value("again") != "" {
		return r.show(p.Status, page.ForgotSent{Email: email, Problem: p.Text})
	}
	return r.show(p.Status, page.Forgot{
		Problem: p.Text, Email: page.Field{Value: email, Error: p.Fields["email"]}, MailMissing: !r.front.Outbox.Ready(),
	})
}
