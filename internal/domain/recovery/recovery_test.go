package recovery_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/db"
)

func TestAnAdministratorIsInvitedAnewAfterThreeDaysWithASecondOperator(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	p.waits(t, 3)
	p.is(t, recovery.Invited)
	token := p.MustLink(t, domaintest.Guest, "join")
	newcomer := p.Joins(t, token).Must(t)
	if newcomer.RoleKind != access.RoleAdministrator || newcomer.Actor.OrganizationID != p.Northwind {
		t.Errorf("they joined as %+v", newcomer)
	}
	want := []string{
		"recovery.started Ada Okafor (IDKit)", "recovery.told IDKit", "recovery.approved Wei Zhang (IDKit)", "recovery.told IDKit", "recovery.told IDKit",
		"user.invited IDKit", "recovery.invited IDKit", "user.joined Li Wen",
	}
	if got := p.trail(t); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("the trail of Northwind says\n%v, want\n%v", got, want)
	}
	p.Verify(t)
}

// trail is the trail of Northwind, without log-ins.
func (p house) trail(t testing.TB) (lines []string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		lines, err = db.Collect(ctx, tx, func(row db.Row) (string, error) {
			var action, actor string
			err := row.Scan(&action, &actor)
			return action + " " + actor, err
		}, `SELECT action, actor_name FROM audit_events WHERE organization_id = $1 ORDER BY sequence`, p.Northwind)
		return err
	})
	return lines
}

func TestNobodyIsInvitedTooEarlyOrUnapproved(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	p.waits(t, 2)
	p.works(t)
	opens := p.look(t).OpensAt
	if opens == nil || opens.Before(r.FirstToldAt.Add(recovery.Wait)) {
		t.Fatalf("told at %v, it opens at %v", r.FirstToldAt, opens)
	}
	p.Clock.Advance(opens.Sub(p.Clock.Now()) - time.Microsecond)
	domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
	p.is(t, recovery.Waiting)
	p.Clock.Advance(time.Microsecond)
	domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
	p.is(t, recovery.Invited)

	p = newHouse(t)
	p.told(t)
	p.waits(t, 6)
	p.is(t, recovery.Waiting)
	_, err = p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, p.look(t).ID) // late, and at once
	domaintest.MustNot(t, err)
	p.works(t)
	p.is(t, recovery.Invited)
}

// An installation that was down, or that nobody's mail left, makes the wait longer.
func TestTheWaitCountsOnlyDaysWithLetters(t *testing.T) {
	p := newHouse(t)
	r := p.starts(t)
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
	p.Clock.Advance(4 * domaintest.Day) // the dispatcher does not run
	domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
	if got := p.look(t); got.State != recovery.Waiting || got.FirstToldAt != nil {
		t.Fatalf("no letter has left, and it is %+v", got)
	}
	p.Clock.Advance(4 * domaintest.Day)
	domaintest.MustNot(t, p.Recoveries.Work(t.Context()))
	p.is(t, recovery.Lapsed) // although it was approved

	p = newHouse(t)
	r = p.told(t)
	_, err = p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	p.Clock.Advance(3*domaintest.Day + time.Hour) // nothing runs
	p.works(t)
	p.is(t, recovery.Waiting)
	p.waits(t, 1)
	p.is(t, recovery.Waiting)
	p.waits(t, 1)
	p.is(t, recovery.Invited)
}

func TestItLapsesWithoutAnApproval(t *testing.T) {
	p := newHouse(t)
	p.told(t)
	p.waits(t, 7)
	p.is(t, recovery.Lapsed)
	if n := p.Events(t, "recovery.lapsed"); n != 1 {
		t.Errorf("%d events", n)
	}
	p.starts(t) // may be tried again at once
}

func TestWhoMayApprove(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	late, young := p.operator(t, "Kim", "Late"), p.operator(t, "Noor", "Young")
	p.Exec(t, `UPDATE users SET activated_at = $1 WHERE id = $2`, p.Clock.Now(), late.UserID)
	p.Exec(t, `UPDATE users SET activated_at = $1 WHERE id = $2`, r.StartedAt.Add(-recovery.Seniority), young.UserID) // whom the starter could have made for it
	looksOnly := p.wei
	looksOnly.Permissions = access.Holding("clients.access", access.ClientsView)
	strange := p.Stranger(t)
	for name, c := range map[string]struct {
		actor access.Actor
		want  error
	}{
		"the starter":              {p.ada, recovery.ErrOwnStart},
		"an operator made after":   {late, recovery.ErrNewOperator},
		"one of the same week":     {young, recovery.ErrNewOperator},
		"an operator who looks":    {looksOnly, access.ErrForbidden},
		"a client's Administrator": {strange, access.ErrForbidden},
		"the installation":         {access.Installation(domaintest.Origin), access.ErrForbidden},
	} {
		if _, err := p.Recoveries.Approve(t.Context(), c.actor, p.Northwind, r.ID); !sameRefusal(err, c.want) {
			t.Errorf("%s is answered with %v", name, err)
		}
		if v, err := p.Recoveries.Look(t.Context(), c.actor, p.Northwind); err == nil && v.MayApprove {
			t.Errorf("%s is offered the approval", name)
		}
	}
	if v, err := p.Recoveries.Look(t.Context(), p.wei, p.Northwind); err != nil || !v.MayApprove {
		t.Errorf("Wei is not offered the approval: %+v, %v", v, err)
	}
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	_, err = p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.Refused(t, err, recovery.ErrApproved)
}

func sameRefusal(err, want error) bool { return err != nil && err.Error() == want.Error() }

func TestWhoStartsByCommandCannotApprove(t *testing.T) {
	p := newHouse(t)
	r, err := p.Recoveries.StartByCommand(t.Context(), strings.ToUpper(email(p.ada)), p.draft())
	domaintest.MustNot(t, err)
	if !r.ByCommand || r.Starter != p.ada.Name {
		t.Errorf("it was started as %+v", r)
	}
	_, err = p.Recoveries.Approve(t.Context(), p.ada, p.Northwind, r.ID)
	domaintest.Refused(t, err, recovery.ErrOwnStart)
	p.works(t)
	for _, o := range []access.Actor{p.ada, p.wei} { // also whose name it was: somebody may have used it
		if letters := p.Letters(t, email(o)); len(letters) != 1 || !strings.Contains(letters[0], "Ada Okafor started a recovery of Northwind") {
			t.Errorf("%s reads %q", o.Name, letters)
		}
	}
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, p.wei.UserID)
	for _, as := range []string{"nobody@idkit.example", "", p.lost.Email, email(p.wei)} {
		_, err := p.Recoveries.StartByCommand(t.Context(), as, p.draft())
		domaintest.Refused(t, err, recovery.ErrNoOperator)
	}
}

func TestEveryRefusalOfAStart(t *testing.T) {
	for name, c := range map[string]struct {
		before func(t *testing.T, p house, d *recovery.Draft)
		want   error
	}{
		"no client":    {func(_ *testing.T, _ house, d *recovery.Draft) { d.OrganizationID = "org_none" }, recovery.ErrNoClient},
		"the vendor":   {func(_ *testing.T, p house, d *recovery.Draft) { d.OrganizationID = p.vendor }, recovery.ErrNoClient},
		"suspended":    {func(t *testing.T, p house, _ *recovery.Draft) { p.suspends(t) }, recovery.ErrSuspended},
		"under way":    {func(t *testing.T, p house, _ *recovery.Draft) { p.starts(t) }, recovery.ErrUnderWay},
		"nobody there": {func(_ *testing.T, p house, d *recovery.Draft) { d.OrganizationID = p.Organization(t, "Fabrikam") }, recovery.ErrNobodyJoined},
		"one operator": {func(t *testing.T, p house, _ *recovery.Draft) {
			p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, p.wei.UserID)
		}, recovery.ErrNobodyApproves},
		"an Administrator is there": {func(t *testing.T, p house, _ *recovery.Draft) {
			p.LogIn(t, p.lost)
			p.Clock.Advance(domaintest.Day - time.Second)
		}, recovery.ErrAdministratorThere},
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			d := p.draft()
			c.before(t, p, &d)
			events := p.Count(t, `SELECT count(*) FROM audit_events`)
			if v, err := p.Recoveries.Look(t.Context(), p.ada, d.OrganizationID); err == nil && (v.NoStart == nil || !sameRefusal(v.NoStart, c.want)) {
				t.Errorf("who looks first is told %v, want %v", v.NoStart, c.want)
			}
			if _, err := p.Recoveries.Start(t.Context(), p.ada, d); !sameRefusal(err, c.want) {
				t.Errorf("refused with %v, want %v", err, c.want)
			}
			if p.Count(t, `SELECT count(*) FROM audit_events`) != events {
				t.Error("a refusal left an event")
			}
		})
	}
}

func (p house) suspends(t testing.TB) {
	t.Helper()
	p.Exec(t, `UPDATE organizations SET status = 'suspended' WHERE id = $1`, p.Northwind)
}

func TestTheFormOfAStart(t *testing.T) {
	p := newHouse(t)
	for field, c := range map[string]struct {
		change func(d *recovery.Draft)
		code   string
	}{
		"first_name": {func(d *recovery.Draft) { d.FirstName = "" }, "person.first_name_missing"},
		"email":      {func(d *recovery.Draft) { d.Email = "li.wen@northwind" }, "person.email_invalid"},
		"reason":     {func(d *recovery.Draft) { d.Reason = " " }, recovery.ErrReasonMissing.Code},
	} {
		d := p.draft()
		c.change(&d)
		_, err := p.Recoveries.Start(t.Context(), p.ada, d)
		if got := domaintest.FieldsOf(t, err); got[field] != c.code || len(got) != 1 {
			t.Errorf("%s: %v", field, got)
		}
	}
	for _, reason := range []string{strings.Repeat("x", person.ReasonLimit+1), "a\u202eb"} {
		d := p.draft()
		d.Reason = reason
		if _, err := p.Recoveries.Start(t.Context(), p.ada, d); domaintest.FieldsOf(t, err)["reason"] == "" {
			t.Errorf("%q is taken: %v", reason, err)
		}
	}
	d := p.draft()
	d.Email = strings.ToUpper(p.member.Email)
	_, err := p.Recoveries.Start(t.Context(), p.ada, d)
	domaintest.Refused(t, err, recovery.ErrAlreadyUser)
}

func TestAtMostThreeStartsInAMonth(t *testing.T) {
	p := newHouse(t)
	for range 3 {
		r := p.starts(t)
		_, err := p.Recoveries.Stop(t.Context(), p.wei, p.Northwind, r.ID)
		domaintest.MustNot(t, err)
		p.Clock.Advance(domaintest.Day)
	}
	_, err := p.Recoveries.Start(t.Context(), p.ada, p.draft())
	domaintest.Refused(t, err, recovery.ErrTooOften)
	p.Clock.Advance(27 * domaintest.Day)
	p.starts(t)
}

func TestAnAdministratorWhoIsThereEndsIt(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	p.Clock.Advance(time.Hour)
	p.LogIn(t, p.member) // says nothing about Administrators
	p.works(t)
	p.is(t, recovery.Waiting)
	p.LogIn(t, p.lost)
	p.works(t)
	p.Clock.Advance(time.Second)
	p.is(t, recovery.Returned)
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.Refused(t, err, recovery.ErrOver)
	if said := newest(p.Letters(t, p.member.Email)); !strings.Contains(said, "An Administrator is there: nobody new for Northwind") {
		t.Errorf("a user reads %q", said)
	}
	if said := newest(p.Letters(t, email(p.wei))); !strings.Contains(said, "has ended") || strings.Contains(said, "Priya") {
		t.Errorf("an operator reads %q", said)
	}
	if got := p.look(t); got.EndedBy != "" {
		t.Errorf("an operator sees that it was %s", got.EndedBy)
	}
}

func newest(letters []string) string {
	if len(letters) == 0 {
		return ""
	}
	return letters[len(letters)-1]
}

// What a recovery stands on is looked at until the last moment.
func TestItEndsWithWhatItStandsOn(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, p house){
		"the client is suspended": func(t *testing.T, p house) { p.suspends(t) },
		"the starter is suspended": func(t *testing.T, p house) {
			p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, p.ada.UserID)
		},
		"the approver is suspended": func(t *testing.T, p house) {
			p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, p.wei.UserID)
		},
		"the approver is gone": func(t *testing.T, p house) { p.Exec(t, `DELETE FROM users WHERE id = $1`, p.wei.UserID) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			r := p.told(t)
			_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
			domaintest.MustNot(t, err)
			change(t, p)
			p.works(t)
			p.is(t, recovery.Void)
		})
	}
	t.Run("the address is a user's by now", func(t *testing.T) {
		p := newHouse(t)
		r := p.told(t)
		_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
		domaintest.MustNot(t, err)
		p.Exec(t, `UPDATE users SET email = $1, email_key = $1 WHERE id = $2`, domaintest.Guest, p.member.User)
		p.waits(t, 4)
		p.is(t, recovery.Void)
	})
}

// TestARecoveryTouchesNobody compares every password, factor, code and session of
// the client, and every role and status, before and after.
func TestARecoveryTouchesNobody(t *testing.T) {
	p := newHouse(t)
	p.Protect(t, p.member)
	p.Protect(t, p.lost)
	p.LogIn(t, p.member)
	p.Clock.Advance(domaintest.Day)
	what := func() (all string) {
		for _, query := range []string{
			`SELECT id || password_hash || password_changed_at || setup_step || email FROM accounts ORDER BY id`,
			`SELECT account_id || CAST(last_step AS text) || created_at FROM second_factors ORDER BY account_id`,
			`SELECT account_id || created_at || coalesce(CAST(used_at AS text), '') FROM recovery_codes ORDER BY account_id, code_hash`,
			`SELECT id || user_id || last_seen_at || coalesce(ended_because, '') FROM sessions ORDER BY id`,
			`SELECT id || role_id || status || coalesce(CAST(last_active_at AS text), '') || email FROM users WHERE status <> 'invited' ORDER BY id`,
			`SELECT id || name || permissions FROM roles ORDER BY id`,
		} {
			p.Write(t, func(ctx context.Context, tx *db.Tx) error {
				rows, err := db.Values[string](ctx, tx, query)
				all += query + "\n" + strings.Join(rows, "\n") + "\n"
				return err
			})
		}
		return all
	}
	before := what()
	r := p.told(t)
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	p.waits(t, 4)
	p.is(t, recovery.Invited)
	if after := what(); after != before {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
	if _, err := p.Recoveries.Look(t.Context(), p.ada, p.Northwind); err != nil {
		t.Error(err)
	}
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := audit.Verify(ctx, tx, p.Northwind)
		return err
	})
}
