package roster_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/roster"
)

func TestEachRowIsInvitedWithItsLetterAndItsLineOfTheTrail(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, people(120)+"Wei,,wei@@northwind,Member")
	if p.finish(t) != 0 {
		t.Fatal("sent before anybody started it")
	}
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, i.ID))
	if n := p.finish(t); n != 120 {
		t.Errorf("%d rows were dealt with", n)
	}
	p.eachOnce(t, i.ID, 120)
	done := p.get(t, i.ID)
	if done.State != roster.Finished || done.Invited != 120 || done.Failed != 0 || done.EndedAt == nil {
		t.Errorf("finished: %+v", done)
	}
	if p.events(t, "import.started") != 1 || p.events(t, "import.finished") != 1 {
		t.Error("start and end are not in the trail once")
	}
	if n := p.count(t, `SELECT count(*) FROM audit_events WHERE action = 'user.invited' AND actor_id = $1 AND request_id = $2`, p.priya.UserID, p.priya.Origin.RequestID); n != 120 {
		t.Errorf("%d invitations say who sent them from where", n)
	}
	if n := p.count(t, `SELECT count(*) FROM invitations WHERE inviter_id = $1 AND inviter_name = 'Priya'`, p.priya.UserID); n != 120 {
		t.Errorf("%d invitations have their inviter", n)
	}
	if p.finish(t) != 0 {
		t.Error("a finished import goes on")
	}
}

// Letters leave one after the other, so that others can go in between.
func TestLettersLeaveAtABoundedPace(t *testing.T) {
	p := newPlace(t)
	p.start(t, p.priya, 200)
	p.finish(t)
	for after, want := range map[time.Duration]int{0: 1, 99 * time.Millisecond: 1, 100 * time.Millisecond: 2, 10 * time.Second: 101, time.Minute: 200} {
		if n := p.count(t, `SELECT count(*) FROM letters WHERE due_at <= $1`, morning.Add(after)); n < want-1 || n > want+1 {
			t.Errorf("after %v, %d letters are due, want about %d", after, n, want)
		}
	}
}

func TestWhatChangedSinceTheCheckIsFoundWhenTheTurnComes(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, "Ada,,ada@x.example,Editor", "Björk,,bjork@x.example,Member", "Wei,,wei@x.example,Member", "Kim,,kim@x.example,Member")
	if i.Wrong != 1 {
		t.Fatalf("%+v", i)
	}
	other := p.start(t, p.marco, 1)
	p.finish(t)
	p.exec(t, `UPDATE users SET email = 'wei@x.example', email_key = 'wei@x.example', first_name = 'Lee' WHERE id = (SELECT user_id FROM import_rows WHERE import_id = $1)`, other.ID)
	for range 5 { // is invited and withdrawn
		kim := p.check(t, p.marco, "Kim,,kim@x.example,Member")
		domaintest.MustNot(t, p.Start(t.Context(), p.marco, kim.ID))
		p.finish(t)
		p.exec(t, `DELETE FROM users WHERE email_key = 'kim@x.example'`)
	}
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, i.ID))
	p.finish(t)
	rows := p.rows(t, i.ID)
	for n, want := range []string{"none [role=roster.role_unknown]", "invited []", "failed [email=invitation.email_taken]", "failed [email=roster.too_often]"} {
		if got := fmt.Sprint(rows[n].Outcome, " ", codes(rows[n])); got != want {
			t.Errorf("line %d: %s, want %s", rows[n].Line, got, want)
		}
	}
	if name := rows[2].Faults[0].Params["Name"]; name != "Lee Shah" {
		t.Errorf("the address is said to be %v's", name)
	}
	if done := p.get(t, i.ID); done.State != roster.Finished || done.Invited != 1 || done.Failed != 2 {
		t.Errorf("%+v", done)
	}
	failures, err := p.Failures(t.Context(), p.priya, i.ID, 1)
	if err != nil || len(failures) != 1 || failures[0].Email != "wei@x.example" {
		t.Errorf("failures: %+v, %v", failures, err)
	}
}

// A job has no more rights than its importer has at this moment (P05).
func TestAnImporterWhoLosesTheRightSendsNothingMore(t *testing.T) {
	for because, query := range map[roster.Cause]string{
		roster.ImporterSuspended:     `UPDATE users SET status = 'suspended' WHERE id = $1`,
		roster.ImporterDemoted:       `UPDATE users SET role_id = (SELECT id FROM roles WHERE organization_id = users.organization_id AND kind = 'member') WHERE id = $1`,
		roster.ImporterDeleted:       `DELETE FROM users WHERE id = $1`,
		roster.OrganizationSuspended: `UPDATE organizations SET status = 'suspended' WHERE id = (SELECT organization_id FROM users WHERE id = $1)`,
	} {
		t.Run(string(because), func(t *testing.T) {
			p := newPlace(t)
			i := p.start(t, p.priya, 30)
			p.exec(t, query, p.priya.UserID)
			p.finish(t)
			p.eachOnce(t, i.ID, 0)
			stopped, err := p.Get(t.Context(), p.marco, i.ID)
			if err != nil || stopped.State != roster.Stopped || stopped.EndedAt == nil || stopped.Cause != because || p.events(t, "import.stopped."+string(because)) != 1 {
				t.Errorf("%+v, %v", stopped, err)
			}
			domaintest.Refused(t, p.Continue(t.Context(), p.marco, i.ID), roster.ErrOtherState)
		})
	}
}

func TestPauseContinueAndDiscard(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, people(60))
	only := func(want ...string) {
		t.Helper()
		for name, act := range map[string]func() error{
			"start":    func() error { return p.Start(t.Context(), p.priya, i.ID) },
			"pause":    func() error { return p.Pause(t.Context(), p.priya, i.ID) },
			"continue": func() error { return p.Continue(t.Context(), p.priya, i.ID) },
			"discard":  func() error { return p.Discard(t.Context(), p.priya, i.ID) },
		} {
			if !strings.Contains(fmt.Sprint(want), name) {
				domaintest.Refused(t, act(), roster.ErrOtherState)
			}
		}
	}
	only("start", "discard")
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, i.ID))
	only("pause", "discard")
	domaintest.MustNot(t, p.Pause(t.Context(), p.marco, i.ID))
	only("continue", "discard")
	if n := p.finish(t); n != 0 || p.get(t, i.ID).PausedBy != "Marco" {
		t.Errorf("%d rows were sent while paused by %q", n, p.get(t, i.ID).PausedBy)
	}
	domaintest.MustNot(t, p.Continue(t.Context(), p.marco, i.ID))
	if p.get(t, i.ID).ImporterID != p.marco.UserID {
		t.Error("whoever continues does not answer for it")
	}
	p.finish(t)
	only()
	p.eachOnce(t, i.ID, 60)

	j := p.check(t, p.priya, "Ada,,ada@x.example,Member")
	domaintest.MustNot(t, p.Discard(t.Context(), p.priya, j.ID))
	if got := p.get(t, j.ID); got.State != roster.Discarded || got.ErasedAt == nil || p.count(t, `SELECT count(*) FROM import_rows WHERE import_id = $1`, j.ID) != 0 {
		t.Errorf("discarded: %+v", got)
	}
	domaintest.Refused(t, p.Result(t.Context(), p.priya, j.ID, nil), roster.ErrNotFound)

	k := p.check(t, p.priya, "Ada,,ada@x.example,Member", "Kim,,kim@x.example,Member")
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, k.ID))
	domaintest.MustNot(t, p.Discard(t.Context(), p.marco, k.ID))
	p.finish(t)
	if got := p.get(t, k.ID); got.State != roster.Stopped || got.Invited != 0 || len(p.rows(t, k.ID)) != 2 {
		t.Errorf("stopped: %+v", got)
	}
	for action, want := range map[string]int{"started": 2, "paused": 1, "continued": 1, "finished": 1, "discarded": 1, "stopped": 1} {
		if n := p.events(t, "import."+action); n != want {
			t.Errorf("%s stands in the trail %d times, want %d", action, n, want)
		}
	}
	p.verify(t)
}

func TestAnImportWithNobodyToInviteCannotBeStarted(t *testing.T) {
	p := newPlace(t)
	i := p.check(t, p.priya, ",,bad,Member")
	domaintest.Refused(t, p.Start(t.Context(), p.priya, i.ID), roster.ErrOtherState)
}

func TestTheLimitOfADayHoldsAnImportUp(t *testing.T) {
	p := newPlace(t)
	full := p.check(t, p.priya, people(10_000))
	p.exec(t, `UPDATE import_rows SET outcome = 'invited', invited_at = $2 WHERE import_id = $1 AND position <= 9990`, full.ID, morning)
	p.clock.Advance(time.Hour)
	i := p.check(t, p.priya, "Ada,,ada@x.example,Member", strings.ReplaceAll(people(14), "@northwind", "@x"))
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, i.ID))
	if n := p.finish(t); n != 10 {
		t.Errorf("%d were sent on top of 9,990", n)
	}
	resting := p.get(t, i.ID)
	if resting.State != roster.Sending || resting.RestsUntil == nil || !resting.RestsUntil.Equal(morning.Add(24*time.Hour)) {
		t.Errorf("resting: %+v", resting)
	}
	p.clock.Advance(23*time.Hour - time.Second)
	if n := p.finish(t); n != 0 {
		t.Errorf("%d were sent before there was room", n)
	}
	p.clock.Advance(time.Second)
	if n := p.finish(t); n != 5 || p.get(t, i.ID).State != roster.Finished || p.get(t, i.ID).RestsUntil != nil {
		t.Errorf("%d were sent when there was room: %+v", n, p.get(t, i.ID))
	}
	p.eachOnce(t, i.ID, 15)
}

func TestWhatIsOldIsEndedAndItsPeopleForgotten(t *testing.T) {
	p := newPlace(t)
	checked := p.check(t, p.priya, "Ada,,ada@x.example,Member")
	paused := p.check(t, p.priya, "Kim,,kim@x.example,Member")
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, paused.ID))
	domaintest.MustNot(t, p.Pause(t.Context(), p.priya, paused.ID))
	finished := p.start(t, p.priya, 3)
	p.finish(t)
	tidy := func(want int, states ...roster.State) {
		t.Helper()
		n, err := p.Tidy(t.Context())
		if err != nil || n != want {
			t.Errorf("%d imports were tidied, want %d; %v", n, want, err)
		}
		for at, importID := range []string{checked.ID, paused.ID, finished.ID} {
			if got := p.get(t, importID).State; got != states[at] {
				t.Errorf("import %d is %s, want %s", at, got, states[at])
			}
		}
	}
	p.clock.Advance(roster.CheckLifetime - time.Second)
	tidy(0, roster.Checked, roster.Paused, roster.Finished)
	p.clock.Advance(time.Second)
	domaintest.Refused(t, p.Start(t.Context(), p.priya, checked.ID), roster.ErrOtherState)
	tidy(1, roster.Discarded, roster.Paused, roster.Finished)
	p.clock.Advance(roster.Retention - roster.CheckLifetime)
	tidy(2, roster.Discarded, roster.Stopped, roster.Finished)
	for importID, because := range map[string]roster.Cause{checked.ID: roster.NotStarted, paused.ID: roster.NotContinued, finished.ID: ""} {
		if got := p.get(t, importID).Cause; got != because {
			t.Errorf("import %s ended because %q, want %q", importID, got, because)
		}
	}
	if p.events(t, "import.discarded.not_started") != 1 || p.events(t, "import.stopped.not_continued") != 1 {
		t.Error("the trail does not say why they ended")
	}
	if n := p.count(t, `SELECT count(*) FROM import_rows`); n != 0 {
		t.Errorf("%d rows are kept", n)
	}
	domaintest.Refused(t, p.Result(t.Context(), p.priya, finished.ID, nil), roster.ErrNotFound)
	if got := p.get(t, finished.ID); got.Invited != 3 || got.ErasedAt == nil {
		t.Errorf("the numbers of the finished one: %+v", got)
	}
	tidy(0, roster.Discarded, roster.Stopped, roster.Finished)
	p.verify(t)
}

// Whoever is deleted, or whose invitation is withdrawn, stands in no result any more.
func TestAnImportForgetsWhoIsDeleted(t *testing.T) {
	p := newPlace(t)
	i := p.start(t, p.priya, 3)
	p.finish(t)
	p.exec(t, `DELETE FROM users WHERE email_key = 'priya1@northwind.example'`)
	if rows := p.rows(t, i.ID); len(rows) != 2 || rows[0].Line != 2 || rows[1].Line != 4 {
		t.Errorf("the result is %+v", rows)
	}
	if got := p.get(t, i.ID); got.Invited != 3 {
		t.Errorf("%d were invited", got.Invited)
	}
}

// A small import does not wait for the end of a large one.
func TestImportsTakeTurns(t *testing.T) {
	p := newPlace(t)
	large := p.start(t, p.priya, 4000)
	small := p.check(t, p.marco, "Ada,,ada@x.example,Member")
	domaintest.MustNot(t, p.Start(t.Context(), p.marco, small.ID))
	began := time.Now()
	n := openNode(t, p.url, func() time.Time { return morning.Add(time.Since(began)) })
	ctx, stop := context.WithCancel(t.Context())
	together(func() {
		_, err := n.SendDue(ctx)
		domaintest.MustNot(t, err)
	}, func() {
		for p.get(t, small.ID).State != roster.Finished {
			time.Sleep(time.Millisecond)
		}
		stop()
	})
	if got := p.get(t, large.ID); got.Invited > 2000 {
		t.Errorf("the small import came after %d of the large one", got.Invited)
	}
}

// Several processes find the same import due, while somebody invites some of its
// people by hand.
func TestManyWorkersInviteEachRowOnce(t *testing.T) {
	for range rounds() {
		p := newPlace(t)
		const rows, workers, byHand = 150, 4, 10
		i := p.start(t, p.priya, rows)
		var acts []func()
		for range workers {
			n := openNode(t, p.url, p.clock.Now)
			acts = append(acts, func() {
				if _, err := n.SendDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		var invited int
		acts = append(acts, func() {
			for n := range byHand {
				_, err := p.Invitations.Invite(t.Context(), p.marco, invitation.Draft{
					FirstName: "Priya", Email: fmt.Sprintf("priya%d@northwind.example", rows-1-14*n), RoleID: p.roles["Member"],
				})
				switch {
				case err == nil:
					invited++
				case !errors.Is(err, invitation.ErrEmailTaken):
					t.Error(err)
				}
			}
		})
		together(acts...)
		p.finish(t)
		done := p.get(t, i.ID)
		if done.State != roster.Finished || done.Failed != invited || done.Invited != rows-invited {
			t.Errorf("%d were invited by hand, and the import has %+v", invited, done)
		}
		for what, n := range map[string]int{
			"users": p.count(t, `SELECT count(*) FROM users WHERE status = 'invited'`), "invitations": p.count(t, `SELECT count(*) FROM invitations`),
			"letters": p.count(t, `SELECT count(*) FROM letters`), "events": p.events(t, "user.invited"),
		} {
			if n != rows {
				t.Errorf("%d %s, want %d", n, what, rows)
			}
		}
		p.verify(t)
	}
}

// Once a suspension is acknowledged, the import sends nothing more.
func TestASuspensionAgainstAnImport(t *testing.T) {
	for range rounds() {
		p := newPlace(t)
		i := p.start(t, p.priya, 200)
		other := openNode(t, p.url, p.clock.Now)
		var at int
		together(func() { p.finish(t) }, func() { other.finish(t) }, func() {
			time.Sleep(5 * time.Millisecond)
			p.suspend(t, p.priya)
			at = p.count(t, `SELECT count(*) FROM users WHERE status = 'invited'`)
		})
		p.clock.Advance(roster.LeaseTime)
		p.finish(t)
		after, err := p.Get(t.Context(), p.marco, i.ID)
		domaintest.MustNot(t, err)
		if after.Invited != at || after.State != roster.Stopped && at < 200 {
			t.Errorf("%d were invited when the suspension was acknowledged, %d in the end: %s", at, after.Invited, after.State)
		}
		p.eachOnce(t, i.ID, at)
	}
}

// Once a pause is acknowledged, nothing more is sent.
func TestAPauseAgainstAnImport(t *testing.T) {
	for range rounds() {
		p := newPlace(t)
		i := p.start(t, p.priya, 200)
		other := openNode(t, p.url, p.clock.Now)
		var at int
		together(func() { p.finish(t) }, func() { other.finish(t) }, func() {
			time.Sleep(5 * time.Millisecond)
			if err := p.Pause(t.Context(), p.marco, i.ID); err != nil {
				domaintest.Refused(t, err, roster.ErrOtherState) // it was over
			}
			at = p.get(t, i.ID).Invited
		})
		if got := p.get(t, i.ID).Invited; got != at {
			t.Errorf("%d were invited when the pause was acknowledged, %d in the end", at, got)
		}
		if at < 200 {
			domaintest.MustNot(t, p.Continue(t.Context(), p.marco, i.ID))
			p.finish(t)
		}
		p.eachOnce(t, i.ID, 200)
	}
}

func TestAWorkerThatIsStoppedGivesTheImportBack(t *testing.T) {
	p := newPlace(t)
	i := p.start(t, p.priya, 600)
	ctx, stop := context.WithCancel(t.Context())
	together(func() {
		_, err := p.SendDue(ctx)
		domaintest.MustNot(t, err)
	}, func() {
		for p.get(t, i.ID).Invited == 0 {
			time.Sleep(time.Millisecond)
		}
		stop()
	})
	if got := p.get(t, i.ID); got.Invited == 600 {
		t.Fatal("the worker was not stopped in time")
	}
	p.finish(t) // without waiting for a lease
	p.eachOnce(t, i.ID, 600)
}
