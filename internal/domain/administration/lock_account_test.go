package administration_test

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/throttle"
)

func TestALockEndsWhatAThiefMayHold(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleAdministrator)
	b := p.enter(t, priya)
	li, wen := p.invite(t, b.actor(t), "li@northwind.example"), p.invite(t, b.actor(t), "wen@northwind.example")
	others := p.invite(t, sam, "zoe@northwind.example")
	token := p.Link(t, "li@northwind.example", "join")
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))

	report, err := p.Lock(t.Context(), sam, priya.user, "phished")
	domaintest.MustNot(t, err)
	want := administration.Endings{Sessions: 1, Links: 1, Invitations: 2}
	if report.Ended != want || report.Reason != "phished" || !report.At.Equal(p.Clock.Now()) || report.User.ID != priya.user {
		t.Errorf("the report says %+v", report)
	}
	_, err = b.current(t)
	domaintest.Refused(t, err, session.ErrSuspended)
	opened, err := p.Invitations.Open(t.Context(), token)
	if err != nil || opened.State != credential.LinkWithdrawn {
		t.Errorf("an invitation that was sent from the account: %s, %v", opened.State, err)
	}
	if n := p.Count(t, `SELECT count(*) FROM users WHERE id IN ($1, $2)`, li, wen); n != 0 {
		t.Errorf("%d people whom the account invited are still expected", n)
	}
	if n := p.Count(t, `SELECT count(*) FROM invitations WHERE user_id = $1`, others); n != 1 {
		t.Error("the lock withdrew somebody else's invitation")
	}
	if events := p.events(t, p.Northwind, "user.locked"); len(events) != 1 ||
		events[0].Details != `{"invitations":"2","links":"1","password":"blocked","reason":"phished","sessions":"1"}` {
		t.Errorf("the trail says %+v", events)
	}
	if events := p.events(t, p.Northwind, "invitation.withdrawn"); len(events) != 2 || events[0].ActorName != "Sam Shah" {
		t.Errorf("the trail says %+v", events)
	}
	letters := p.letters(t, priya.email)
	if len(letters) != 1 || !strings.HasPrefix(letters[0], "Your access to Northwind was locked\n") || strings.Contains(letters[0], "phished") {
		t.Errorf("the owner reads %q", letters)
	}
	if !report.PasswordBlocked {
		t.Error("the report does not say that the password is blocked")
	}
	// Reactivation gives the invitations back to nobody.
	_, err = p.Reactivate(t.Context(), sam, priya.user, time.Time{})
	domaintest.MustNot(t, err)
	if opened, err := p.Invitations.Open(t.Context(), token); err != nil || opened.State != credential.LinkWithdrawn {
		t.Errorf("the invitation lives again: %s, %v", opened.State, err)
	}
	if _, err := p.logIn(t, priya); err == nil {
		t.Error("the thief's password opens the account again")
	}
}

func TestALockLeavesThePasswordToAnotherOrganization(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	p.join(t, priya, p.Organization(t, "Fabrikam"), access.RoleMember)
	report, err := p.Lock(t.Context(), sam, priya.user, "phished")
	domaintest.MustNot(t, err)
	if report.PasswordBlocked {
		t.Error("the report says that the password is blocked")
	}
	if _, err := p.logIn(t, priya); err != nil {
		t.Errorf("Fabrikam lost a user to an administrator of Northwind: %v", err)
	}
}

func TestASuspendedAccountCanBeLocked(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleAdministrator)
	p.invite(t, p.enter(t, priya).actor(t), "li@northwind.example")
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "on leave")
	domaintest.MustNot(t, err)
	report, err := p.Lock(t.Context(), sam, priya.user, "phished")
	if err != nil || report.Ended != (administration.Endings{Invitations: 1}) {
		t.Errorf("the report says %+v, %v", report.Ended, err)
	}
	if preview, err := p.Preview(t.Context(), sam, priya.user); err != nil || preview.Suspension == nil || preview.Suspension.Reason != "phished" {
		t.Errorf("the window says %+v, %v", preview.Suspension, err)
	}
}

func TestLogOutEverywhere(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	p.protect(t, priya)
	there := p.join(t, priya, p.Organization(t, "Fabrikam"), access.RoleMember)
	if p.standing(t, sam, priya).LogOut {
		t.Error("it is offered for somebody who is logged in nowhere")
	}
	here, also, elsewhere := p.enter(t, priya), p.enter(t, priya), p.enter(t, there)
	if !p.standing(t, sam, priya).LogOut {
		t.Error("it is not offered for somebody who is logged in")
	}
	half, err := p.logIn(t, priya)
	domaintest.MustNot(t, err)
	_, ended, err := p.LogOutEverywhere(t.Context(), sam, priya.user)
	if err != nil || ended != 2 || p.standing(t, sam, priya).LogOut { // the session at Fabrikam is none of theirs
		t.Errorf("%d sessions ended, %v", ended, err)
	}
	for _, b := range []*browser{here, also} {
		_, err := b.current(t)
		domaintest.Refused(t, err, session.ErrEnded)
	}
	if _, err := elsewhere.current(t); err != nil {
		t.Errorf("the session at Fabrikam: %v", err)
	}
	if _, err := p.SignIn.Half(t.Context(), half.Half.Token.Reveal()); err != nil {
		t.Errorf("a log-in that may lead to Fabrikam: %v", err)
	}
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, there.user)
	_, _, err = p.LogOutEverywhere(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	_, err = p.SignIn.Half(t.Context(), half.Half.Token.Reveal())
	domaintest.Refused(t, err, session.ErrHalfEnded)
	events := p.events(t, p.Northwind, "user.logged_out_everywhere")
	if len(events) != 2 || events[0].Details != `{"sessions":"2"}` || events[1].Details != `{"sessions":"0"}` {
		t.Errorf("the trail says %+v", events)
	}
}

// guess tries wrong passwords until the account lets no more through.
func (p *place) guess(t testing.TB, who *holder, until func(error) bool) (tried int) {
	t.Helper()
	for range 1000 {
		_, err := attempt.Password{AccountID: who.account, Address: domaintest.Origin.Address}.Begin(t.Context(), throttle.New(p.DB))
		switch {
		case err == nil:
			tried++
		case until(err):
			return tried
		}
		p.Clock.Advance(16 * time.Minute) // longer than any pause after a failure
	}
	t.Fatal("nothing ever locked")
	return 0
}

func TestUnlockEndsTheStopAndKeepsTheLimits(t *testing.T) {
	p := newPlace(t)
	ada := p.person(t, "Ada", access.RoleAdministrator)
	sam := p.enter(t, ada).actor(t)
	priya := p.person(t, "Priya", access.RoleMember)
	_, _, err := p.Unlock(t.Context(), sam, priya.user)
	domaintest.Refused(t, err, administration.ErrNotLocked)
	if n := p.guess(t, priya, func(err error) bool { return isCode(err, attempt.ErrPasswordStopped.Code) }); n != 100 {
		t.Errorf("it stopped after %d tries", n)
	}
	sam = p.enter(t, ada).actor(t) // the hours have ended the session
	standing := p.standing(t, sam, priya)
	if len(standing.Locks) != 1 || standing.Locks[0].Of != attempt.OfPassword || !standing.Locks[0].Until.IsZero() || !standing.Unlock {
		t.Errorf("the list says %+v", standing.Locks)
	}
	_, left, err := p.Unlock(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	if got := p.standing(t, sam, priya); len(got.Locks) != len(left) || got.Unlock {
		t.Errorf("after it the list says %+v, the act said %+v", got.Locks, left)
	}
	_, _, err = p.Unlock(t.Context(), sam, priya.user)
	domaintest.Refused(t, err, administration.ErrLimitHolds)
	if events := p.events(t, p.Northwind, "user.unlocked"); len(events) != 1 || events[0].Details != `{"password":"stopped"}` {
		t.Errorf("the trail says %+v", events)
	}
	p.Clock.Advance(24 * time.Hour)
	if _, err := p.logIn(t, priya); err != nil {
		t.Errorf("the owner is still locked out: %v", err)
	}
	// Unlocking again and again gives nobody more than the limit per day.
	fresh, tried := p.person(t, "Omar", access.RoleMember), 0
	begin := p.Clock.Now()
	for p.Clock.Now().Sub(begin) < 24*time.Hour {
		_, err := attempt.Password{AccountID: fresh.account, Address: domaintest.Origin.Address}.Begin(t.Context(), throttle.New(p.DB))
		if err == nil {
			tried++
		}
		_, _, err = p.Unlock(t.Context(), p.enter(t, ada).actor(t), fresh.user)
		if err != nil && !isCode(err, administration.ErrNotLocked.Code) && !isCode(err, administration.ErrLimitHolds.Code) {
			t.Fatal(err)
		}
		p.Clock.Advance(20 * time.Minute)
	}
	if tried > 50 {
		t.Errorf("%d passwords were looked at in a day", tried)
	}
}

func TestCodesLockAndUnlock(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	p.protect(t, priya)
	half, err := p.logIn(t, priya)
	domaintest.MustNot(t, err)
	for range 5 {
		_, _ = p.SignIn.Code(t.Context(), signin.SecondStep{HalfToken: half.Half.Token.Reveal(), Code: "000000", Browser: signin.Browser{Origin: domaintest.Origin}})
	}
	locks := p.standing(t, sam, priya).Locks
	if len(locks) != 1 || locks[0].Of != attempt.OfCode || !locks[0].Until.Equal(p.Clock.Now().Add(15*time.Minute)) || locks[0].Lifts() {
		t.Errorf("the list says %+v", locks)
	}
	// Waiting is all that helps: the limit per quarter of an hour stays.
	_, _, err = p.Unlock(t.Context(), sam, priya.user)
	domaintest.Refused(t, err, administration.ErrLimitHolds)
}

func TestALockIsShownToItsLastSecond(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	wrong := func() {
		_, err := attempt.Password{AccountID: priya.account, Address: domaintest.Origin.Address}.Begin(t.Context(), throttle.New(p.DB))
		domaintest.MustNot(t, err)
	}
	for range 4 {
		wrong()
	}
	for pause := time.Second; pause < time.Minute; pause *= 2 {
		if locks := p.standing(t, sam, priya).Locks; len(locks) != 0 {
			t.Fatalf("a pause of %v is shown as a lock: %+v", pause, locks)
		}
		p.Clock.Advance(pause)
		wrong()
	}
	p.Clock.Advance(63 * time.Second) // of 64
	if locks := p.standing(t, sam, priya).Locks; len(locks) != 1 || !locks[0].Until.Equal(p.Clock.Now().Add(time.Second)) {
		t.Errorf("in its last second the lock is shown as %+v", locks)
	}
	p.Clock.Advance(time.Second)
	if locks := p.standing(t, sam, priya).Locks; len(locks) != 0 {
		t.Errorf("over, it is shown as %+v", locks)
	}
}

func (p *place) standing(t testing.TB, actor access.Actor, who *holder) administration.Standing {
	t.Helper()
	preview, err := p.Preview(t.Context(), actor, who.user)
	domaintest.MustNot(t, err)
	all, err := p.Standings(t.Context(), actor, preview.User)
	domaintest.MustNot(t, err)
	return all[who.user]
}
