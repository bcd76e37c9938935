package administration_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
)

// takeAway is every way to take an active Administrator away.
var takeAway = []struct {
	name string
	act  func(n *place, actor access.Actor, victim *holder, member string) error
}{
	{"suspend", func(n *place, actor access.Actor, victim *holder, _ string) error {
		_, _, err := n.Suspend(context.Background(), actor, victim.user, "")
		return err
	}},
	{"demote", func(n *place, actor access.Actor, victim *holder, member string) error {
		_, err := n.ChangeRole(context.Background(), actor, victim.user, member)
		return err
	}},
	{"lock", func(n *place, actor access.Actor, victim *holder, _ string) error {
		_, err := n.Lock(context.Background(), actor, victim.user, "stolen")
		return err
	}},
	{"delete", func(n *place, actor access.Actor, victim *holder, _ string) error {
		if _, _, err := n.Suspend(context.Background(), actor, victim.user, ""); err != nil {
			return err
		}
		_, err := n.Delete(context.Background(), actor, victim.user, victim.email)
		return err
	}},
}

// TestTwoAdministratorsTakeEachOtherAway lets the only two Administrators act on
// each other at the same moment, on two nodes: exactly one of them wins.
func TestTwoAdministratorsTakeEachOtherAway(t *testing.T) {
	p := newPlace(t)
	other := p.nodes(t)[1]
	member := p.Text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = 'member'`, p.Northwind)
	pairs := len(takeAway) * len(takeAway)
	for round := range max(dbtest.RaceRounds(), pairs) {
		one, two := takeAway[round%len(takeAway)], takeAway[round/len(takeAway)%len(takeAway)]
		p.Exec(t, `UPDATE users SET role_id = $2 WHERE organization_id = $1`, p.Northwind, member)
		ada, bea := p.person(t, "Ada", access.RoleAdministrator), p.person(t, "Bea", access.RoleAdministrator)
		asAda, asBea := p.enter(t, ada).actor(t), p.enter(t, bea).actor(t)
		answers := domaintest.Together(
			func() error { return one.act(p, asAda, bea, member) },
			func() error { return two.act(other, asBea, ada, member) },
		)
		left := p.Count(t, `SELECT count(*) FROM users u JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
			WHERE u.organization_id = $1 AND u.status = 'active' AND r.kind = 'administrator'`, p.Northwind)
		if left != 1 || (answers[0] == nil) == (answers[1] == nil) {
			t.Fatalf("round %d, %s and %s: %d Administrators are left, the answers are %v", round, one.name, two.name, left, answers)
		}
	}
	p.Verify(t)
}

// TestTwoHelpersTakeTheLastTwoAdministratorsAway: who acts keeps every right here.
func TestTwoHelpersTakeTheLastTwoAdministratorsAway(t *testing.T) {
	p := newPlace(t)
	other := p.nodes(t)[1]
	member := p.Text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = 'member'`, p.Northwind)
	helpers := [2]access.Actor{}
	for i := range helpers {
		helpers[i] = p.complete(t)
	}
	for round := range max(dbtest.RaceRounds(), len(takeAway)) {
		way := takeAway[round%len(takeAway)]
		p.Exec(t, `UPDATE users SET role_id = $2 WHERE organization_id = $1 AND role_id IN (SELECT id FROM roles WHERE kind = 'administrator')`, p.Northwind, member)
		ada, bea := p.person(t, "Ada", access.RoleAdministrator), p.person(t, "Bea", access.RoleAdministrator)
		answers := domaintest.Together(
			func() error { return way.act(p, helpers[0], ada, member) },
			func() error { return way.act(other, helpers[1], bea, member) },
		)
		left := p.Count(t, `SELECT count(*) FROM users u JOIN roles r ON r.organization_id = u.organization_id AND r.id = u.role_id
			WHERE u.organization_id = $1 AND u.status = 'active' AND r.kind = 'administrator'`, p.Northwind)
		if left != 1 || (answers[0] == nil) == (answers[1] == nil) {
			t.Fatalf("round %d, %s: %d Administrators are left, the answers are %v", round, way.name, left, answers)
		}
	}
}

// shutOut is every act after which the requests of a session end, and whether
// those that only look end as well.
var shutOut = []struct {
	name  string
	looks bool
	act   func(n *place, actor access.Actor, victim *holder, member string) error
}{
	{"suspend", true, takeAway[0].act},
	{"lock", true, takeAway[2].act},
	{"log out", true, func(n *place, actor access.Actor, victim *holder, _ string) error {
		_, _, err := n.LogOutEverywhere(context.Background(), actor, victim.user)
		return err
	}},
	{"demote", false, takeAway[1].act},
}

// traffic is requests of one session on many nodes. Each looks at the clock of the
// test's machine before it begins.
type traffic struct {
	acknowledged atomic.Int64 // when the act was answered, in nanoseconds; 0 before
	begun        atomic.Int64
	late         atomic.Int64 // successes that began after the acknowledgement
	wg           sync.WaitGroup
}

// send repeats a request until some have begun after the acknowledgement.
func (tr *traffic) send(began time.Time, request func() error) {
	tr.wg.Go(func() {
		for after := 0; after < 5; {
			acknowledged := tr.acknowledged.Load()
			start := int64(time.Since(began))
			err := request()
			tr.begun.Add(1)
			if acknowledged == 0 || start <= acknowledged {
				continue
			}
			if after++; err == nil {
				tr.late.Add(1)
			}
		}
	})
}

// nodes are three on PostgreSQL. A database of SQLite belongs to one node, which
// then takes all of the traffic.
func (p *place) nodes(t testing.TB) []*place {
	t.Helper()
	if os.Getenv(dbtest.PostgresVariable) == "" {
		return []*place{p, p, p}
	}
	return []*place{p, p.anotherNode(t), p.anotherNode(t)}
}

// TestNothingSucceedsAfterTheAcknowledgement is promise P05: over three nodes, no
// request of the session that begins after the act was answered succeeds, and no
// write of theirs stands in the trail after it.
func TestNothingSucceedsAfterTheAcknowledgement(t *testing.T) {
	p := newPlace(t)
	nodes := p.nodes(t)
	member := p.Text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = 'member'`, p.Northwind)
	admin := p.administrator(t)
	bystander := p.person(t, "Omar", access.RoleMember)
	for round := range max(dbtest.RaceRounds(), len(shutOut)) {
		way := shutOut[round%len(shutOut)]
		victim := p.person(t, "Priya", access.RoleAdministrator)
		b := p.enter(t, victim)
		current, err := b.current(t) // a request that has passed the door already
		domaintest.MustNot(t, err)
		actor := current.Actor
		invited := p.invite(t, admin, id.New("inv")+"@northwind.example")
		p.Exec(t, `DELETE FROM throttles`)
		var tr traffic
		began := time.Now()
		for _, n := range nodes {
			if way.looks {
				tr.send(began, func() error {
					_, err := n.Sessions.Authenticate(context.Background(), b.token, domaintest.Origin)
					return err
				})
			}
			tr.send(began, func() error { _, _, err := n.LogOutEverywhere(context.Background(), actor, bystander.user); return err })
			if way.looks {
				tr.send(began, func() error { return n.Profiles.ChangeName(context.Background(), current, "Priya", id.New("name")) })
			}
			tr.send(began, func() error { _, _, err := n.Invitations.CopyLink(context.Background(), actor, invited); return err })
		}
		time.Sleep(time.Duration(round%20) * time.Millisecond)
		err = way.act(nodes[round%len(nodes)], admin, victim, member)
		tr.acknowledged.Store(int64(time.Since(began)))
		tr.wg.Wait()
		domaintest.MustNot(t, err)
		after := p.Count(t, `SELECT count(*) FROM audit_events WHERE organization_id = $1 AND actor_id = $2
			AND sequence > (SELECT max(sequence) FROM audit_events WHERE organization_id = $1 AND target_id = $2 AND actor_id = $3)`,
			p.Northwind, victim.user, admin.UserID)
		if late := tr.late.Load(); late > 0 || after > 0 {
			t.Fatalf("round %d, %s: of %d requests %d succeeded afterwards, and %d of their acts were recorded", round, way.name, tr.begun.Load(), late, after)
		}
		if round == 0 {
			t.Log(fmt.Sprint(tr.begun.Load(), " requests in a round"))
		}
	}
	p.Verify(t)
}

// TestALogInUnderWayEndsWithTheSuspension lets the last step of a log-in meet the
// suspension of its owner, whichever is first.
func TestALogInUnderWayEndsWithTheSuspension(t *testing.T) {
	p := newPlace(t)
	other := p.nodes(t)[1]
	ada, priya := p.person(t, "Ada", access.RoleAdministrator), p.person(t, "Priya", access.RoleMember)
	p.protect(t, priya)
	for round := range dbtest.RaceRounds() {
		admin := p.enter(t, ada).actor(t)
		half, err := p.logIn(t, priya)
		domaintest.MustNot(t, err)
		step := signin.SecondStep{
			HalfToken: half.Half.Token.Reveal(), Code: p.Code(t, priya.key), Browser: signin.Browser{Origin: domaintest.Origin},
		}
		var in signin.Outcome
		answers := domaintest.Together(
			func() (err error) { in, err = other.SignIn.Code(context.Background(), step); return err },
			func() error { _, _, err := p.Suspend(context.Background(), admin, priya.user, ""); return err },
		)
		domaintest.MustNot(t, answers[1])
		if in.Session != nil {
			_, err := p.Sessions.Authenticate(t.Context(), in.Session.Token.Reveal(), domaintest.Origin)
			domaintest.Refused(t, err, session.ErrSuspended)
		}
		if n := p.Count(t, `SELECT count(*) FROM sessions WHERE user_id = $1 AND ended_at IS NULL`, priya.user); n > 0 {
			t.Fatalf("round %d: a session outlives the suspension; the answers are %v", round, answers)
		}
		_, err = p.Reactivate(t.Context(), admin, priya.user, time.Time{})
		domaintest.MustNot(t, err)
		p.Clock.Advance(time.Minute)
	}
	p.Verify(t)
}
