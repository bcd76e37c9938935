package client_test

import (
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/domaintest"
)

const (
	chief   = "chief@fabrikam.example"
	lastDay = "2026-12-23" // thirty days after the clock of the tests begins
)

// begin is when the clock of the tests begins.
var begin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// trialEnd is the end of a trial until the last day.
var trialEnd = time.Date(2026, 12, 23, 23, 59, 59, 0, time.UTC)

// house is an installation with an operator.
type house struct {
	*domaintest.Place
	operator access.Actor // Ada Okafor, who logged in when the test began
}

func newHouse(t testing.TB) house {
	t.Helper()
	p := domaintest.NewPlace(t)
	return house{p, p.Operator(t)}
}

// ada is the operator; after a while she has to log in again.
func (h house) ada(t testing.TB) access.Actor {
	t.Helper()
	if h.Clock.Now().Sub(begin) < 5*time.Minute {
		return h.operator
	}
	return h.Operator(t)
}

// start logs the first Administrator of a client in.
func (h house) start(t testing.TB, id string) *domaintest.Browser {
	t.Helper()
	return h.LogInto(t, id, h.Text(t, `SELECT id FROM users WHERE organization_id = $1`, id))
}

// draft is a new client that nothing is wrong with.
func draft() client.Draft {
	return client.Draft{
		Details:   client.Details{Name: "Fabrikam", Country: "AU", Category: "Retail"},
		FirstName: "Lee", LastName: "Chief", Email: chief,
	}
}

// made is a client without an end, onTrial one with the last day.
func (h house) made(t testing.TB) client.Client {
	t.Helper()
	made, err := h.Clients.Create(t.Context(), h.ada(t), draft())
	domaintest.MustNot(t, err)
	return made.Client
}

func (h house) onTrial(t testing.TB) client.Client {
	t.Helper()
	d := draft()
	d.OnTrial, d.TrialEnds = true, lastDay
	made, err := h.Clients.Create(t.Context(), h.ada(t), d)
	domaintest.MustNot(t, err)
	return made.Client
}

// joined is the first Administrator of the newest client, logged in.
func (h house) joined(t testing.TB) *domaintest.Browser {
	t.Helper()
	return h.Joins(t, h.MustLink(t, chief, "join"))
}

func (h house) portrait(t testing.TB, id string) client.Portrait {
	t.Helper()
	p, err := h.Clients.Portrait(t.Context(), h.ada(t), id)
	domaintest.MustNot(t, err)
	return p
}

// lines counts the lines of a client's trail about an action.
func (h house) lines(t testing.TB, id, action string) int {
	t.Helper()
	return h.Count(t, `SELECT count(*) FROM audit_events WHERE organization_id = $1 AND action = $2`, id, action)
}

// watch looks after the trials.
func (h house) watch(t testing.TB) {
	t.Helper()
	_, err := h.Clients.Watch(t.Context())
	domaintest.MustNot(t, err)
}
