package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// A form token is the hidden field of every form: it ties the form to the
// session it was shown in (NIST SP 800-63B-4, 5.1) and names it, so that the
// same form posted twice acts once. Its field must not be called "form": that
// would hide the property of that name, which htmx reads, from every form.
const (
	formField        = "form_token"
	formPurpose      = "form"
	formNameBytes    = 16
	formBindingBytes = 16
)

// formName is what a posted form is remembered by.
type formName [formNameBytes]byte

func (r *request) newFormToken() string {
	var name formName
	_, _ = rand.Read(name[:]) // never fails: crypto/rand ends the program instead
	return r.front.Keyring.Sign(formPurpose, append(name[:], r.formBinding(r.route.link != "")...))
}

// readForm parses a posted form and checks its token.
func (r *request) readForm() (formName, error) {
	if r.Method != http.MethodPost {
		return formName{}, nil
	}
	parse := r.parse
	if r.isUpload() {
		parse = r.parseUpload
	}
	if err := parse(); err != nil {
		return formName{}, err
	}
	if r.route.open {
		return formName{}, nil
	}
	data, ok := r.front.Keyring.Verify(formPurpose, r.PostForm.Get(formField))
	if !ok || len(data) != formNameBytes+formBindingBytes {
		return formName{}, errStaleForm
	}
	if !r.boundHere(data[formNameBytes:]) {
		return formName{}, errStaleForm
	}
	return formName(data[:formNameBytes]), nil
}

// boundHere reports whether a form was shown in this session and, where the
// route is about a mailed link, for the very link that the browser holds now:
// another link opened meanwhile must not take its place. The page of a link
// also has forms that are not about it, such as the one that logs out.
func (r *request) boundHere(binding []byte) bool {
	ofLink := subtle.ConstantTimeCompare(binding, r.formBinding(true)) == 1
	if r.route.link != "" {
		return ofLink
	}
	return ofLink || subtle.ConstantTimeCompare(binding, r.formBinding(false)) == 1
}

// parse reads the fields: each at most once, so that there is nothing to pick
// the wrong one from, and of text that both databases can hold.
func (r *request) parse() error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return errUnreadable
	}
	if err := r.ParseForm(); err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return errTooBig
		}
		return errUnreadable
	}
	for name, values := range r.PostForm {
		if len(values) > 1 || !readable(name) || !readable(values[0]) {
			return errUnreadable
		}
	}
	return nil
}

func readable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// formBinding says in which session a form was shown, and for which mailed
// link, without telling the secret of either.
func (r *request) formBinding(ofLink bool) []byte {
	bound := string(r.front.Kind) + " stranger"
	if r.current != nil {
		bound = r.current.SessionID
	}
	if ofLink {
		bound += " " + r.cookie(cookieLink)
	}
	sum := sha256.Sum256([]byte(bound))
	return sum[:formBindingBytes]
}
