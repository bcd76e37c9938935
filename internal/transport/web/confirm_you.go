package web

import (
	"net/http"
	"net/url"

	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/transport/web/page"
)

// toConfirm asks for a fresh proof before a sensitive page, and leads on to it,
// with what was typed into the field that the route keeps.
func (r *request) toConfirm() error {
	next := url.URL{Path: r.URL.Path}
	if typed := r.value(r.route.keeps); typed != "" {
		next.RawQuery = url.Values{r.route.keeps: {typed}}.Encode()
	}
	return r.redirect("/confirm?" + url.Values{"next": {next.String()}}.Encode())
}

// confirmYou shows "Confirm it's you". A proof that is fresh is not asked again.
func (r *request) confirmYou() error {
	next := samePage(r.URL.Query().Get("next"))
	if profile.Fresh(*r.current, r.front.Now()) {
		return r.redirect(next)
	}
	return r.show(http.StatusOK, page.ConfirmYou{Email: r.current.Email, Next: next})
}

func (r *request) postConfirmYou() error {
	next := samePage(r.value("next"))
	token, err := r.front.Profiles.ConfirmItsYou(r.Context(), *r.current, r.proof("password"))
	if err == nil {
		r.startSession(token)
		return r.redirect(next)
	}
	p, err := r.problemOf(err)
	if err != nil {
		return err
	}
	return r.show(p.Status, page.ConfirmYou{
		Email: r.current.Email, Problem: p.Text, Password: page.Field{Error: p.Fields["password"]}, Next: next,
	})
}

// proof is the present password, from the field of that name.
func (r *request) proof(field string) proof.Password {
	return proof.Password{Typed: r.secretValue(field), KnownBrowser: r.cookie(cookieBrowser)}
}
