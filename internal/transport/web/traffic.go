package web

import (
	"net/http"
	"strconv"

	"idkit/internal/domain/session"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/metrics"
)

// Traffic counts what one front answers. A nil Traffic counts nothing.
type Traffic struct {
	front     string
	requests  *metrics.Counter
	durations *metrics.Durations
	refusals  *metrics.Counter
	logIns    *metrics.Counter
}

// NewTraffic counts in that registry.
func NewTraffic(r *metrics.Registry, front string) *Traffic {
	return &Traffic{
		front:     front,
		requests:  r.Counter("idkit_http_requests_total", "Answered requests by front, route and class of status.", "front", "route", "status"),
		durations: r.Durations("idkit_http_request_duration_seconds", "How long requests took, by front and route.", "front", "route"),
		refusals:  r.Counter("idkit_refusals_total", "Refused acts by front and code of the refusal.", "front", "code"),
		logIns:    r.Counter("idkit_log_ins_total", "Log-ins that led to a session, by front and last step.", "front", "by"),
	}
}

// Of is the same Traffic for another front.
func (t *Traffic) Of(front string) *Traffic {
	other := *t
	other.front = front
	return &other
}

// note counts one answered request. A path that no route answers is counted
// under no name of its own: strangers could make any number of them.
func (t *Traffic) note(r *request) {
	if t == nil {
		return
	}
	route, status := r.route.pattern, r.response.status
	if route == "" {
		route = "none"
	}
	t.requests.Inc(t.front, route, strconv.Itoa(status/100)+"xx")
	t.durations.Observe(r.front.Now().Sub(r.started), t.front, route)
	if f, refused := fault.Of(r.failure); refused {
		t.refusals.Inc(t.front, f.Code)
	} else if status >= http.StatusInternalServerError {
		t.refusals.Inc(t.front, "error")
	}
}

// logIn counts a log-in that has led to a session.
func (t *Traffic) logIn(r *request) {
	if t == nil {
		return
	}
	by := map[string]string{
		"POST /login/code": "code", "POST /login/recovery": "recovery_code", "POST /login/client": string(session.StepOrganization),
	}[r.route.pattern]
	if by == "" {
		by = "password"
	}
	t.logIns.Inc(t.front, by)
}
