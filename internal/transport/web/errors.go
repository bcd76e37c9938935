package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"idkit/internal/domain/access"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// Refusals of a posted form as such.
var (
	errUnreadable = fault.New(fault.Invalid, "web.form_unreadable")
	errStaleForm  = fault.New(fault.Conflict, "web.form_stale")
)

// errPanic stands for a panic, whose value only the log tells.
var errPanic = errors.New("panic")

// statusOf is the one place where kinds of refusal become status codes.
var statusOf = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Expired:         http.StatusGone,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// fail answers with the page of a refusal that no action has turned into its own.
func (r *request) fail(err error) {
	r.failure = err
	r.response.reset()
	if r.left(err) {
		r.response.WriteHeader(statusClientLeft)
		return
	}
	if errors.Is(err, session.ErrEnded) { // while the request was on its way
		r.dropCookie(cookieSession)
		_ = r.toLogin()
		return
	}
	if f, ok := fault.Of(err); ok && r.canGoBack(f) {
		r.setFlash(flash{Key: "fault." + f.Code, Values: f.Params, Problem: true})
		_ = r.redirect(cmp.Or(r.route.link, r.back())) // writes headers only
		return
	}
	status, view := r.failurePage(err)
	if f, ok := fault.Of(err); ok {
		r.setRetryAfter(f)
	}
	if r.route.status || r.apiCall() {
		r.response.Header().Set("Content-Type", "text/plain; charset=utf-8")
		r.response.WriteHeader(status)
		return
	}
	if shown := r.show(status, view); shown != nil {
		r.front.Log.Error("the page of a failure failed", "error", shown, "request_id", r.id)
		r.response.reset()
		r.response.WriteHeader(http.StatusInternalServerError)
	}
}

// statusClientLeft is for the log alone: nobody is there to get the answer.
const statusClientLeft = 499

// left tells a request that its client gave up from one that failed here.
func (r *request) left(err error) bool {
	_, refusal := fault.Of(err)
	return !refusal && !errors.Is(err, errPanic) && errors.Is(r.Context().Err(), context.Canceled)
}

// canGoBack tells refusals of an act that no form is left to show: the page it
// came from tells them, with the current state of things.
func (r *request) canGoBack(f *fault.Fault) bool {
	return r.Method == http.MethodPost && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) && r.route.pattern != "" && f.Code != errTooBig.Code
}

func (r *request) apiCall() bool { return strings.HasPrefix(r.URL.Path, "/api/") }

func (r *request) failurePage(err error) (int, page.View) {
	f, ok := fault.Of(err)
	switch {
	case errors.Is(err, errTooBig):
		return failure(http.StatusRequestEntityTooLarge)
	case errors.Is(err, errMethod):
		return failure(http.StatusMethodNotAllowed)
	case errors.Is(err, errHost):
		return http.StatusMisdirectedRequest, page.Failure{Status: http.StatusNotFound}
	case errors.Is(err, errForeign): // "go back and use the buttons", not "ask an Administrator"
		return http.StatusForbidden, page.Failure{Status: http.StatusMethodNotAllowed}
	case errors.Is(err, errTooLong):
		return http.StatusRequestURITooLong, page.Failure{Status: http.StatusRequestEntityTooLarge}
	case errors.Is(err, session.ErrSuspended), errors.Is(err, signin.ErrSuspended):
		return http.StatusForbidden, page.Suspended{Organization: organizationOf(f)}
	case errors.Is(err, session.ErrOrganizationSuspended), errors.Is(err, signin.ErrOrganizationSuspended):
		return http.StatusForbidden, page.Suspended{Organization: organizationOf(f), Whole: true}
	case errors.Is(err, db.ErrNotStored):
		return http.StatusServiceUnavailable, page.Failure{Status: http.StatusServiceUnavailable, NotStored: true}
	case !ok && errors.Is(err, context.DeadlineExceeded):
		return failure(http.StatusServiceUnavailable)
	case !ok:
		return http.StatusInternalServerError, page.Failure{Status: http.StatusInternalServerError, Reference: r.reference()}
	}
	view := page.Failure{Status: statusOf[f.Kind]}
	switch f.Kind {
	case fault.TooMany:
		view.Wait = r.sayFault(f.Code, f.Params)
	case fault.NotFound:
		view.Search = r.searchable()
	case fault.Forbidden:
		if r.current != nil {
			view.Organization, view.Module = r.current.OrganizationName, r.closedModule(err)
		}
	}
	return view.Status, view
}

// searchable is the list in which whoever meets no page may look for what they
// meant; empty for those who see neither.
func (r *request) searchable() string {
	switch {
	case r.current == nil:
		return ""
	case r.front.console() && r.current.Actor.Permissions.Has(access.ClientsView):
		return "/clients"
	case r.current.Actor.Permissions.Has(access.UsersView):
		return "/users"
	}
	return ""
}

func failure(status int) (int, page.View) { return status, page.Failure{Status: status} }

func organizationOf(f *fault.Fault) string {
	name, _ := f.Params["Organization"].(string)
	return name
}

// reference is what a person can tell support: the end of the request id in two groups.
func (r *request) reference() string {
	end := strings.ToUpper(r.id[len(r.id)-6:])
	return end[:4] + "-" + end[4:]
}
