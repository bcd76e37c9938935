package web

import (
	"bytes"
	"net/http"
	"net/url"

	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/transport/web/page"
)

// What was typed before the question for the password comes back in the address of
// the page, signed for session and page: no link of anybody else fills in a form.
const (
	keptField   = "kept"
	keptPurpose = "kept"
)

// toConfirm asks for a fresh proof before a sensitive page, and leads on to it,
// with what was typed into the fields that the route keeps, unless it is too long
// for an address.
func (r *request) toConfirm() error {
	typed := url.Values{}
	for _, field := range r.route.keeps {
		if text := r.value(field); text != "" {
			typed.Set(field, text)
		}
	}
	next := r.URL.Path
	if len(typed) > 0 {
		signed := r.front.Keyring.Sign(keptPurpose, append(r.keptBinding(), typed.Encode()...))
		if long := next + "?" + keptField + "=" + signed; len(long) <= pathLimit {
			next = long
		}
	}
	return r.redirect("/confirm?" + url.Values{"next": {next}}.Encode())
}

// recall takes up what was typed before the question for the password led away,
// as if it had just been posted, and reports whether anything was.
func (r *request) recall() bool {
	bound, ok := r.front.Keyring.Verify(keptPurpose, r.URL.Query().Get(keptField))
	if !ok {
		return false
	}
	typed, ok := bytes.CutPrefix(bound, r.keptBinding())
	if !ok {
		return false
	}
	fields, err := url.ParseQuery(string(typed))
	r.PostForm = fields
	return err == nil
}

// keptBinding says in which session something was typed, and on which page.
func (r *request) keptBinding() []byte {
	return append(r.formBinding(false), r.URL.Path+"?"...)
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
