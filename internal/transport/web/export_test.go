package web

import (
	"net/http"
	"strings"

	"idkit/internal/transport/web/page"
)

// Line is one line of the route table, for the tests that walk it.
type Line struct {
	Method, Path      string // the pattern's two halves
	NeedsSession      bool   // a stranger is led to the log-in
	NeedsSetup        bool   // and a set-up that is behind its owner
	NeedsPermission   bool   // and a right that a Member does not have
	Open, ForMachines bool
	Link              string // the page of the mailed link that it is about
}

// Lines is the route table of a portal.
func Lines(h http.Handler) []Line {
	var lines []Line
	for _, r := range h.(*Front).routes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		lines = append(lines, Line{
			Method: method, Path: path, NeedsSession: r.who != anyone, NeedsSetup: r.who == loggedIn,
			NeedsPermission: r.needs != "", Open: r.open, ForMachines: r.status, Link: r.link,
		})
	}
	return lines
}

// WithAct is the portal with nothing but one path, whose action is the test's.
func WithAct(h http.Handler, path string, act func() error) http.Handler {
	return withAct(h, path, func(*request) error { return act() })
}

// WithPage is the portal with nothing but one path, which shows that page.
func WithPage(h http.Handler, path string, view page.View) http.Handler {
	return withAct(h, path, func(r *request) error { return r.show(http.StatusOK, view) })
}

func withAct(h http.Handler, path string, act func(*request) error) http.Handler {
	f := *h.(*Front)
	f.mux = http.NewServeMux()
	f.mux.Handle("GET "+path, f.guard(route{pattern: "GET " + path, act: act}))
	return &f
}

// The limits and the policy, as the tests hold answers to them.
const (
	ContentPolicy = contentPolicy
	FormLimit     = formLimit
	URLLimit      = urlLimit
)

// SamePage decides where a log-in may lead.
var SamePage = samePage

// PlainCell is what a cell of an exported file becomes.
var PlainCell = plainCell

// AuditGroups are the actions of each group that the log can be narrowed to.
func AuditGroups() map[string][]string {
	groups := map[string][]string{}
	for _, g := range auditGroups {
		for _, action := range g.actions {
			groups[g.name] = append(groups[g.name], string(action))
		}
	}
	return groups
}

// RouteOf is the line of the route table that answers a request.
func RouteOf(h http.Handler, r *http.Request) string {
	_, pattern := h.(*Front).mux.Handler(r)
	return pattern
}
