package web

import (
	"cmp"
	"crypto/sha256"
	"net/http"
	"net/url"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/profile"
	"idkit/internal/platform/fault"
)

// setupPages are where the open steps of a set-up are taken.
var setupPages = map[account.SetupStep]string{
	account.StepSecondFactor:      "/protect",
	account.StepSecondFactorAgain: "/protect",
	account.StepRecoveryCodes:     "/protect/recovery-codes",
	account.StepNewPassword:       "/protect/password",
}

// pass lets a request through to its action, or says why not.
func (r *request) pass() error {
	if r.route.status {
		return r.route.act(r)
	}
	if r.route.local && !r.fromThisMachine() {
		return errNoPage
	}
	if err := r.authenticate(); err != nil {
		return err
	}
	if r.route.who != anyone && r.current == nil {
		return r.toLogin()
	}
	name, err := r.readForm()
	if err != nil {
		return err
	}
	if r.route.who == loggedIn {
		if step := account.OpenStep(*r.current); step != account.StepDone {
			return r.toSetup(step, r.URL.RequestURI())
		}
	}
	if r.route.needs != "" {
		if err := r.current.Actor.Require(r.route.needs); err != nil {
			return err
		}
	}
	if err := r.namesOneUser(); err != nil {
		return err
	}
	if r.route.fresh && !profile.Fresh(*r.current, r.front.Now()) {
		return r.toConfirm()
	}
	if r.route.once {
		return r.actOnce(name)
	}
	return r.route.act(r)
}

// authenticate reads who is logged in. A dead session's cookie is dropped, but
// not by a form that is posted twice: the first post may have brought a new one.
func (r *request) authenticate() error {
	token := r.cookie(cookieSession)
	if token == "" {
		return nil
	}
	current, err := r.front.Sessions.Authenticate(r.Context(), token, r.origin)
	if fault.IsKind(err, fault.Unauthenticated) {
		if r.Method != http.MethodPost {
			r.dropCookie(cookieSession)
		}
		return nil
	}
	if fault.IsKind(err, fault.Forbidden) {
		r.dropCookie(cookieSession) // a suspension is told once; then somebody else may log in here
	}
	if err != nil {
		return err
	}
	r.current = &current
	return nil
}

// toSetup leads to the step that is open and remembers where the way led.
func (r *request) toSetup(step account.SetupStep, next string) error {
	if next = samePage(next); r.Method == http.MethodGet && next != "/" && !r.fragment() {
		r.setCookie(cookieNext, next, credential.EnrolmentLifetime)
	}
	return r.redirect(setupPages[step])
}

// toLogin asks for a log-in and remembers where the way led.
func (r *request) toLogin() error {
	q := url.Values{}
	if r.Method == http.MethodGet && r.URL.Path != "/" && !r.fragment() {
		q.Set("next", r.URL.RequestURI())
	}
	if r.cookie(cookieSession) != "" {
		q.Set("ended", "1")
	}
	path := "/login"
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return r.redirect(path)
}

// actOnce runs the action of a form at its first post; a repeated post is led
// to where the first one led. An answer that is a page is remembered if the
// action says where else a repeated post is led to.
func (r *request) actOnce(name formName) error {
	mine := false
	location, err := r.front.Repeats.Do(r.Context(), r.deed(name), func() (string, error) {
		mine = true
		if err := r.route.act(r); err != nil {
			return "", err
		}
		h := r.response.Header()
		return cmp.Or(h.Get("Location")+h.Get("HX-Redirect"), r.again), nil
	})
	if err != nil || mine {
		return err
	}
	return r.redirect(location)
}

// deed names what a form asks for. The same page sent with other words, or from
// another of its forms, is another deed.
func (r *request) deed(name formName) []byte {
	hash := sha256.New()
	hash.Write(name[:])
	hash.Write([]byte(r.URL.Path + "?" + r.PostForm.Encode()))
	return hash.Sum(nil)
}

// forget drops everything in the browser that opens something.
func (r *request) forget() {
	r.dropCookie(cookieSession)
	r.dropCookie(cookieHalf)
	r.dropCookie(cookieLink)
}
