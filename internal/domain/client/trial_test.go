package client_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/domain/client"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
)

// subjects are the letters to the first Administrator whose subject begins so.
func (h house) subjects(t testing.TB, begins string) (n int) {
	t.Helper()
	for _, letter := range h.Letters(t, chief) {
		if strings.Contains(letter, "Subject: "+begins) {
			n++
		}
	}
	return n
}

// TestATrialEndsByItself walks the clock over a whole trial, minute by minute around
// what happens in it.
func TestATrialEndsByItself(t *testing.T) {
	h := newHouse(t)
	id := h.onTrial(t).ID
	h.joined(t)
	until := func(at time.Time) {
		h.Clock.Advance(at.Sub(h.Clock.Now()))
		h.watch(t)
		h.watch(t) // another node
	}
	until(trialEnd.Add(-7*domaintest.Day - time.Minute))
	if n := h.subjects(t, "The trial of Fabrikam ends on"); n != 0 {
		t.Fatalf("%d letters before their time", n)
	}
	until(trialEnd.Add(-7 * domaintest.Day))
	if n := h.subjects(t, "The trial of Fabrikam ends on"); n != 1 {
		t.Fatalf("%d letters seven days before", n)
	}
	until(trialEnd.Add(-domaintest.Day))
	if n := h.subjects(t, "The trial of Fabrikam ends on"); n != 2 {
		t.Fatalf("%d letters the day before", n)
	}
	until(trialEnd.Add(-time.Minute))
	b := h.start(t, id)
	b.Must(t)

	// The instant itself, before anybody has written it down.
	h.Clock.Advance(time.Minute)
	_, err := b.Current(t)
	domaintest.Refused(t, err, session.ErrOrganizationSuspended)
	if p := h.portrait(t, id); p.Standing() != client.Suspended || p.Suspension.Because != client.ByTrialEnd || h.lines(t, id, "organization.trial_ended") != 0 {
		t.Errorf("at the instant it is %+v", p.Client)
	}
	list, err := h.Clients.List(t.Context(), h.ada(t), client.Query{Tab: client.Suspended})
	if err != nil || list.Total != 1 || list.Counts != (client.Counts{Active: 1, Suspended: 1}) {
		t.Errorf("the list counts %+v, %v", list.Counts, err)
	}
	until(h.Clock.Now())
	if h.lines(t, id, "organization.trial_ended") != 1 || h.subjects(t, "The trial of Fabrikam has ended") != 1 {
		t.Error("the end is not told once")
	}
	if p := h.portrait(t, id); !p.Suspension.At.Equal(trialEnd) {
		t.Errorf("it is suspended since %v", p.Suspension.At)
	}
	if n := h.Count(t, `SELECT count(*) FROM sessions WHERE organization_id = $1 AND ended_at IS NULL`, id); n != 0 {
		t.Errorf("%d sessions live on", n)
	}
	h.Northwind = id
	h.Verify(t)
}

func TestNobodyLogsInOrJoinsAfterATrial(t *testing.T) {
	h := newHouse(t)
	h.onTrial(t)
	link := h.MustLink(t, chief, "join")
	h.Exec(t, `UPDATE links SET expires_at = $1`, trialEnd.Add(domaintest.Day)) // the invitation itself is good
	h.Exec(t, `UPDATE invitations SET expires_at = $1`, trialEnd.Add(domaintest.Day))
	h.Clock.Advance(trialEnd.Sub(h.Clock.Now()))
	_, err := h.Invitations.Join(t.Context(), link, domaintest.Password, domaintest.Origin)
	domaintest.Refused(t, err, session.ErrOrganizationSuspended)

	who := h.Person(t)
	h.Exec(t, `UPDATE organizations SET trial_started_at = $2, trial_ends_at = $2 WHERE id = $1`, h.Northwind, h.Clock.Now())
	_, err = h.SignIn.LogIn(t.Context(), signin.LogIn{Email: who.Email, Password: domaintest.Password, Browser: signin.Browser{Origin: domaintest.Origin}})
	domaintest.Refused(t, err, signin.ErrOrganizationSuspended)
	before := len(h.Letters(t, who.Email))
	h.RequestReset(t, who.Email)
	if after := len(h.Letters(t, who.Email)); after != before {
		t.Error("a link for a new password is sent")
	}
}

func TestAnExtensionBringsAClientBack(t *testing.T) {
	h := newHouse(t)
	id := h.onTrial(t).ID
	h.joined(t)
	h.Clock.Advance(trialEnd.Sub(h.Clock.Now()) + time.Hour)
	h.watch(t)
	ada := h.ada(t)
	_, err := h.Clients.Reactivate(t.Context(), ada, id, time.Time{})
	domaintest.Refused(t, err, client.ErrTrialOver)
	_, err = h.Clients.ExtendTrial(t.Context(), ada, id, "2026-12-22")
	domaintest.Refused(t, err, client.ErrTrialEndPast)
	c, err := h.Clients.ExtendTrial(t.Context(), ada, id, "2026-12-31")
	if err != nil || c.Standing() != client.Trial || !c.Trial.EndsAt.Equal(time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)) {
		t.Fatalf("extended to %+v, %v", c.Trial, err)
	}
	h.start(t, id).Must(t)
	if h.subjects(t, "The trial of Fabrikam now ends on 31 December 2026") != 1 {
		t.Error("its Administrator is not told")
	}
	h.Clock.Advance(7 * domaintest.Day) // past the day before the new end
	h.watch(t)
	if n := h.subjects(t, "The trial of Fabrikam ends on"); n != 1 {
		t.Errorf("%d letters about the new end", n)
	}
	c, err = h.Clients.Activate(t.Context(), h.ada(t), id)
	if err != nil || c.Standing() != client.Active || c.Trial != nil {
		t.Fatalf("activated is %+v, %v", c, err)
	}
	h.Clock.Advance(90 * domaintest.Day)
	h.watch(t)
	if h.portrait(t, id).Standing() != client.Active || h.lines(t, id, "organization.trial_ended") != 1 {
		t.Error("a client that was made active ends after all")
	}
	_, err = h.Clients.ExtendTrial(t.Context(), h.ada(t), id, "2027-12-31")
	domaintest.Refused(t, err, client.ErrNoTrial)
	_, err = h.Clients.Activate(t.Context(), h.ada(t), id)
	domaintest.Refused(t, err, client.ErrNoTrial)
}

// TestATrialOfASuspendedClientChangesNothingElse: whoever was suspended for another
// reason stays so, and is told of nothing.
func TestATrialOfASuspendedClientChangesNothingElse(t *testing.T) {
	h := newHouse(t)
	id := h.onTrial(t).ID
	h.joined(t)
	_, err := h.Clients.Suspend(t.Context(), h.ada(t), id, "")
	domaintest.MustNot(t, err)
	letters := len(h.Letters(t, chief))
	c, err := h.Clients.ExtendTrial(t.Context(), h.ada(t), id, "2026-12-24")
	if err != nil || c.Suspension == nil || c.Suspension.Because != client.ByVendor {
		t.Fatalf("extended is %+v, %v", c, err)
	}
	h.Clock.Advance(40 * domaintest.Day)
	h.watch(t)
	if p := h.portrait(t, id); p.Suspension.Because != client.ByVendor || h.lines(t, id, "organization.trial_ended") != 0 || len(h.Letters(t, chief)) != letters {
		t.Errorf("after its trial it is %+v", p.Suspension)
	}
	c, err = h.Clients.Activate(t.Context(), h.ada(t), id)
	if err != nil || c.Suspension == nil {
		t.Errorf("activated is %+v, %v", c, err)
	}
	c, err = h.Clients.Reactivate(t.Context(), h.ada(t), id, time.Time{})
	if err != nil || c.Standing() != client.Active {
		t.Errorf("reactivated is %+v, %v", c, err)
	}
}

// TestAnExtensionAgainstTheEnd: both at the same moment leave one of the two, whole.
func TestAnExtensionAgainstTheEnd(t *testing.T) {
	h := newHouse(t)
	for round := range dbtest.RaceRounds() {
		d := draft()
		day := h.Clock.Now().Format(time.DateOnly)
		d.Email, d.OnTrial, d.TrialEnds = fmt.Sprintf("chief%d@fabrikam.example", round), true, day
		made, err := h.Clients.Create(t.Context(), h.ada(t), d)
		domaintest.MustNot(t, err)
		id := made.Client.ID
		h.Clock.Advance(made.Client.Trial.EndsAt.Sub(h.Clock.Now()))
		ada, next := h.ada(t), h.Clock.Now().Add(3*domaintest.Day).Format(time.DateOnly)
		other := h.AnotherNode(t)
		answers := domaintest.Together(
			func() error { _, err := h.Clients.ExtendTrial(t.Context(), ada, id, next); return err },
			func() error { _, err := other.Clients.Watch(t.Context()); return err },
			func() error { _, err := h.Clients.Watch(t.Context()); return err },
		)
		if domaintest.Succeeded(answers) != 3 {
			t.Fatalf("answered with %s", domaintest.Describe(answers))
		}
		h.watch(t)
		if p := h.portrait(t, id); p.Standing() != client.Trial {
			t.Fatalf("an extended trial is %+v", p.Client)
		}
		if ended, extended := h.lines(t, id, "organization.trial_ended"), h.lines(t, id, "organization.trial_extended"); ended > 1 || extended != 1 {
			t.Fatalf("it ended %d times and was extended %d times", ended, extended)
		}
	}
}

// TestASuspensionAgainstRunningRequests: once the suspension is acknowledged, no
// request of anybody there gets through, on any node.
func TestASuspensionAgainstRunningRequests(t *testing.T) {
	h := newHouse(t)
	id := h.made(t).ID
	first := h.joined(t)
	other := h.AnotherNode(t)
	for range dbtest.RaceRounds() {
		browsers := []*domaintest.Browser{first, h.start(t, id), other.Browser(h.start(t, id).Token)}
		var acknowledged atomic.Bool
		requests := []func() error{func() error {
			_, err := h.Clients.Suspend(t.Context(), h.operator, id, "")
			acknowledged.Store(true)
			return err
		}}
		for _, b := range browsers {
			requests = append(requests, func() error {
				for range 20 {
					suspended := acknowledged.Load()
					_, err := b.Current(t)
					if err == nil && suspended {
						return fmt.Errorf("a request gets through after the suspension")
					}
					if f, ok := fault.Of(err); err != nil && (!ok || f.Kind != fault.Forbidden && f.Kind != fault.Unauthenticated) {
						return err
					}
				}
				return nil
			})
		}
		if answers := domaintest.Together(requests...); domaintest.Succeeded(answers) != len(answers) {
			t.Fatal(domaintest.Describe(answers))
		}
		_, err := h.Clients.Reactivate(t.Context(), h.operator, id, time.Time{})
		domaintest.MustNot(t, err)
		first = h.start(t, id)
	}
}
