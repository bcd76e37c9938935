package web

import (
	"net/http"
	"net/url"

	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/transport/web/page"
)

// toConfirm asks for a fresh proof before a sensitive page, and leads on to it,
// with what was typed into the fields that the route keeps.
func (r *request) toConfirm() error {
	kept := url.Values{}
	for _, field := range r.route.keeps {
		if typed := r.value(field); typed != "" {
			kept.Set(field, typed)
		}
	}
	next := url.URL{Path: r.URL.Path, RawQuery: kept.Encode()}
	return r.redirect("/confirm?" + url.Values{"next": {next.String()}}.Encode())
}

// recall takes up what was typed before the question for the password led away,
// as if it had just been posted, and reports whether anything was.
func (r *request) recall(fields ...string) bool {
	query := r.URL.Query()
	r.PostForm = url.Values{}
	for _, field := range fields {
		if query.Has(field) {
			r.PostForm.Set(field, query.Get(field))
		}
	}
	return len(r.PostForm) > 0
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
