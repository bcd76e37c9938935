package web

import (
	"errors"
	"net/http"
	"net/url"

	"idkit/internal/domain/account"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/transport/web/page"
)

// login shows the form. Somebody who is logged in goes on to the first page.
func (r *request) login() error {
	next := samePage(r.URL.Query().Get("next"))
	if r.current != nil {
		if step := account.OpenStep(*r.current); step != account.StepDone {
			return r.toSetup(step, next)
		}
		return r.redirect(next)
	}
	view := page.Login{Next: next, Email: page.Field{Value: r.URL.Query().Get("email")}}
	switch q := r.URL.Query(); {
	case q.Has("ended"):
		view.Notice = page.NoticeSessionEnded
	case q.Has("out"):
		view.Notice = page.NoticeLoggedOut
	case q.Has("late"):
		view.Notice = page.NoticeHalfLoginEnded
	}
	return r.show(http.StatusOK, view)
}

func (r *request) postLogin() error {
	next := samePage(r.value("next"))
	if r.current != nil {
		return r.redirect(next)
	}
	view := page.Login{Email: page.Field{Value: r.value("email")}, Next: next}
	outcome, err := r.front.SignIn.LogIn(r.Context(), signin.LogIn{
		Email: view.Email.Value, Password: r.secretValue("password"), Browser: r.browser(),
	})
	if err != nil {
		if errors.Is(err, signin.ErrIncorrect) {
			r.failure = err
			view.Problem = r.sayFault(signin.ErrIncorrect.Code, nil)
			return r.show(http.StatusUnprocessableEntity, view)
		}
		p, err := r.problemOf(err)
		if err != nil {
			return err
		}
		view.Problem, view.Email.Error, view.Password.Error = p.Text, p.Fields["email"], p.Fields["password"]
		return r.show(p.Status, view)
	}
	return r.advance(outcome, next)
}

// browser is what the steps of the log-in know of this browser.
func (r *request) browser() signin.Browser {
	return signin.Browser{Known: r.cookie(cookieBrowser), Origin: r.origin}
}

// advance goes on to where a step of the log-in led: the next step, or in.
func (r *request) advance(outcome signin.Outcome, next string) error {
	if outcome.KnownBrowser != "" {
		r.setCookie(cookieBrowser, outcome.KnownBrowser, browserMemory)
	}
	if outcome.Session != nil {
		if r.current != nil { // a log-in that was under way in a second window
			if err := r.front.SignIn.LogOut(r.Context(), r.current.Actor); err != nil {
				return err
			}
		}
		r.startSession(outcome.Session.Token)
		r.front.Traffic.logIn(r)
		r.dropCookie(cookieNext)
		return r.redirect(next)
	}
	r.setCookie(cookieHalf, outcome.Half.Token.Reveal(), session.HalfLifetime)
	r.setCookie(cookieNext, next, session.HalfLifetime)
	if outcome.Half.Step == session.StepOrganization {
		return r.redirect("/login/client")
	}
	return r.redirect("/login/code")
}

// toLoginFor leads to the log-in page with an address filled in.
func toLoginFor(email, next string) string {
	return "/login?" + url.Values{"email": {email}, "next": {next}}.Encode()
}
