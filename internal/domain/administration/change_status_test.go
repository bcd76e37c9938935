package administration_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/domain/user"
	"idkit/internal/platform/mail"
)

func TestASuspensionBitesAtOnceAndSaysWhatItEnded(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleAdministrator)
	first, second := p.enter(t, priya), p.enter(t, priya)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	token := p.Link(t, priya.email, "reset")
	p.invite(t, first.actor(t), "li@northwind.example")

	before, err := p.Preview(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	want := administration.Endings{Sessions: 2, Links: 1, Invitations: 1}
	if before.Ends != want || !before.ChangeStatus || before.Suspension != nil {
		t.Errorf("the window says %+v, want %+v", before, want)
	}
	u, ended, err := p.Suspend(t.Context(), sam, priya.user, "  lost her laptop\n ")
	domaintest.MustNot(t, err)
	if ended != want || u.Name() != "Priya Shah" {
		t.Errorf("it ended %+v of %s, the window said %+v", ended, u.Name(), want)
	}
	for _, b := range []*browser{first, second} {
		_, err := b.current(t)
		domaintest.Refused(t, err, session.ErrSuspended)
	}
	opened, err := p.Accounts.OpenReset(t.Context(), token)
	if err != nil || opened.State != credential.LinkVoided {
		t.Errorf("the link to a new password: %s, %v", opened.State, err)
	}
	if n := p.Count(t, `SELECT count(*) FROM sessions WHERE user_id = $1 AND ended_because = 'suspended'`, priya.user); n != 2 {
		t.Errorf("%d sessions ended with the suspension", n)
	}
	after, err := p.Portrait(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	if s := after.Suspension; s == nil || s.By != "Sam Shah" || s.Reason != "lost her laptop" || !s.At.Equal(p.Clock.Now()) {
		t.Errorf("the portrait says %+v", s)
	}
	if after.Ends.Sessions != 0 || after.Ends.Links != 0 || !after.Delete || after.LogOut {
		t.Errorf("the portrait says %+v", after)
	}
	events := p.events(t, p.Northwind, "user.suspended")
	if len(events) != 1 || events[0].Target.ID != priya.user || events[0].ActorName != "Sam Shah" ||
		events[0].Details != `{"invitations":"1","links":"1","reason":"lost her laptop","sessions":"2"}` {
		t.Errorf("the trail says %+v", events)
	}
	p.Verify(t)
}

func TestWhatIsInTheOutboxOfASuspendedUserCarriesNoLink(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	if preview, err := p.Preview(t.Context(), sam, priya.user); err != nil || preview.Ends.Links != 1 {
		t.Errorf("a letter that waits is no pending link: %+v, %v", preview.Ends, err)
	}
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	_, err = p.Reactivate(t.Context(), sam, priya.user, time.Time{})
	domaintest.MustNot(t, err)
	if p.Link(t, priya.email, "reset") != "" || p.Count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL AND subject_id = $1`, priya.account) != 0 {
		t.Error("a link was handed over after the suspension")
	}
}

func TestReactivationRevivesNothing(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	p.protect(t, priya)
	b := p.enter(t, priya)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	token := p.Link(t, priya.email, "reset")
	half, err := p.logIn(t, priya)
	domaintest.MustNot(t, err)
	_, _, err = p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	_, err = p.Reactivate(t.Context(), sam, priya.user, time.Time{})
	domaintest.MustNot(t, err)
	if got := p.status(t, priya); got != "active" {
		t.Errorf("the user is %s", got)
	}
	_, err = b.current(t)
	domaintest.Refused(t, err, session.ErrEnded)
	_, err = p.SignIn.Code(t.Context(), signin.SecondStep{HalfToken: half.Half.Token.Reveal(), Code: p.Code(t, priya.key)})
	domaintest.Refused(t, err, session.ErrHalfEnded)
	if opened, err := p.Accounts.OpenReset(t.Context(), token); err != nil || opened.State == credential.LinkLive {
		t.Errorf("the link lives again: %s, %v", opened.State, err)
	}
	after, err := p.Portrait(t.Context(), sam, priya.user)
	if err != nil || after.Suspension != nil {
		t.Errorf("the portrait of an active user says %+v, %v", after.Suspension, err)
	}
	// The same password and second factor open the door again.
	again, err := p.logIn(t, priya)
	domaintest.MustNot(t, err)
	p.Clock.Advance(time.Minute)
	in, err := p.SignIn.Code(t.Context(), signin.SecondStep{HalfToken: again.Half.Token.Reveal(), Code: p.Code(t, priya.key)})
	if err != nil || in.Session == nil {
		t.Errorf("no way in again: %v", err)
	}
	if events := p.events(t, p.Northwind, "user.reactivated"); len(events) != 1 {
		t.Errorf("the trail says %+v", events)
	}
}

// TestTheSuspensionIsToldOnlyToItsOwner: a wrong password tells nothing, nor
// does the right one before the second factor.
func TestTheSuspensionIsToldOnlyToItsOwner(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	plain, guarded := p.person(t, "Priya", access.RoleMember), p.person(t, "Omar", access.RoleMember)
	p.protect(t, guarded)
	for _, who := range []*holder{plain, guarded} {
		_, _, err := p.Suspend(t.Context(), sam, who.user, "")
		domaintest.MustNot(t, err)
		_, err = p.SignIn.LogIn(t.Context(), signin.LogIn{Email: who.email, Password: "incorrect horse battery", Browser: signin.Browser{Origin: domaintest.Origin}})
		domaintest.Refused(t, err, signin.ErrIncorrect)
	}
	_, err := p.logIn(t, plain)
	domaintest.Refused(t, err, signin.ErrSuspended)
	half, err := p.logIn(t, guarded)
	if err != nil || half.Half == nil {
		t.Fatalf("the password alone is answered with %v", err)
	}
	_, err = p.SignIn.Code(t.Context(), signin.SecondStep{HalfToken: half.Half.Token.Reveal(), Code: p.Code(t, guarded.key)})
	domaintest.Refused(t, err, signin.ErrSuspended)
}

// TestAnotherOrganizationNoticesNothing: Priya is active at Fabrikam as well.
func TestAnotherOrganizationNoticesNothing(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	p.protect(t, priya)
	fabrikam := p.Organization(t, "Fabrikam")
	there := p.join(t, priya, fabrikam, access.RoleAdministrator)
	here, elsewhere := p.enter(t, priya), p.enter(t, there)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	token := p.Link(t, priya.email, "reset")
	half, err := p.logIn(t, priya)
	domaintest.MustNot(t, err)

	_, ended, err := p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	if ended.Sessions != 1 || ended.Links != 1 {
		t.Errorf("the numbers tell of another organization: %+v", ended)
	}
	_, err = here.current(t)
	domaintest.Refused(t, err, session.ErrSuspended)
	if _, err := elsewhere.current(t); err != nil {
		t.Errorf("the session at Fabrikam: %v", err)
	}
	if opened, err := p.Accounts.OpenReset(t.Context(), token); err != nil || opened.State != credential.LinkLive {
		t.Errorf("the link to a new password: %s, %v", opened.State, err)
	}
	in, err := p.SignIn.Code(t.Context(), signin.SecondStep{HalfToken: half.Half.Token.Reveal(), Code: p.Code(t, priya.key)})
	if err != nil || in.Session == nil {
		t.Fatalf("the half log-in: %+v, %v", in, err)
	}
	current, err := p.Sessions.Authenticate(t.Context(), in.Session.Token.Reveal(), domaintest.Origin)
	if err != nil || current.Actor.OrganizationID != fabrikam {
		t.Errorf("it led to %s, %v", current.OrganizationName, err)
	}
	if got := p.status(t, there); got != "active" {
		t.Errorf("at Fabrikam the user is %s", got)
	}
	if n := p.Count(t, `SELECT count(*) FROM audit_events WHERE organization_id = $1 AND action LIKE 'user.suspend%'`, fabrikam); n != 0 {
		t.Error("the trail of Fabrikam tells of it")
	}
	// With the last way in, the rest goes as well.
	sue := p.enter(t, p.join(t, p.person(t, "Sue", access.RoleMember), fabrikam, access.RoleAdministrator)).actor(t)
	_, _, err = p.Suspend(t.Context(), sue, there.user, "")
	domaintest.MustNot(t, err)
	if opened, err := p.Accounts.OpenReset(t.Context(), token); err != nil || opened.State != credential.LinkVoided {
		t.Errorf("the link to a new password: %s, %v", opened.State, err)
	}
}

func TestTheNoticesOfASuspensionSpeakToTheUser(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "stole the silver")
	domaintest.MustNot(t, err)
	_, err = p.Reactivate(t.Context(), sam, priya.user, time.Time{})
	domaintest.MustNot(t, err)
	letters := p.letters(t, priya.email)
	if len(letters) != 2 {
		t.Fatalf("%d letters: %q", len(letters), letters)
	}
	if !strings.HasPrefix(letters[0], "Your access to Northwind was suspended\n") || strings.Contains(strings.Join(letters, ""), "silver") {
		t.Errorf("she reads %q", letters[0])
	}
	if !strings.HasPrefix(letters[1], "Your access to Northwind is active again\n") || !strings.Contains(letters[1], "https://id.example/login") {
		t.Errorf("she reads %q", letters[1])
	}
	p.Exec(t, `UPDATE accounts SET language = 'pt-BR' WHERE id = $1`, priya.account)
	_, _, err = p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	if got := p.Text(t, `SELECT language FROM letters WHERE kind = $1 AND state = 'queued'`, string(mail.KindSuspended)); got != "pt-BR" {
		t.Errorf("the letter speaks %q", got)
	}
}

func TestASecondPostFindsTheUserChanged(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	_, err := p.Reactivate(t.Context(), sam, priya.user, time.Time{})
	domaintest.Refused(t, err, administration.ErrChangedMeanwhile)
	_, _, err = p.Suspend(t.Context(), sam, priya.user, "first")
	domaintest.MustNot(t, err)
	_, _, err = p.Suspend(t.Context(), sam, priya.user, "second")
	domaintest.Refused(t, err, administration.ErrChangedMeanwhile)
	if got := p.Text(t, `SELECT suspended_reason FROM users WHERE id = $1`, priya.user); got != "first" {
		t.Errorf("the second post left %q", got)
	}
	if len(p.events(t, p.Northwind, "user.suspended")) != 1 || len(p.letters(t, priya.email)) != 1 {
		t.Error("the second post was carried out")
	}
}

func TestReasonsThatAreRefused(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	_, _, err := p.Suspend(t.Context(), sam, priya.user, strings.Repeat("é", person.ReasonLimit+1))
	domaintest.Refused(t, err, person.ErrReasonTooLong)
	_, _, err = p.Suspend(t.Context(), sam, priya.user, "turn \u202e around")
	domaintest.Refused(t, err, person.ErrReasonUnreadable)
	for _, reason := range []string{"", "  "} {
		_, err = p.Lock(t.Context(), sam, priya.user, reason)
		domaintest.Refused(t, err, administration.ErrReasonMissing)
	}
	if p.status(t, priya) != "active" {
		t.Error("a refused reason suspends")
	}
	_, _, err = p.Suspend(t.Context(), sam, priya.user, strings.Repeat("é", person.ReasonLimit-1)+"\n")
	domaintest.MustNot(t, err)
}

// acts is every act of this package that another administrator's file does not
// test, by name.
var acts = map[string]func(t testing.TB, p *place, actor access.Actor, u string) error{
	"Suspend": func(t testing.TB, p *place, actor access.Actor, u string) error {
		_, _, err := p.Suspend(t.Context(), actor, u, "")
		return err
	},
	"Reactivate": func(t testing.TB, p *place, actor access.Actor, u string) error {
		_, err := p.Reactivate(t.Context(), actor, u, time.Time{})
		return err
	},
	"Lock": func(t testing.TB, p *place, actor access.Actor, u string) error {
		_, err := p.Lock(t.Context(), actor, u, "stolen")
		return err
	},
	"LogOutEverywhere": func(t testing.TB, p *place, actor access.Actor, u string) error {
		_, _, err := p.LogOutEverywhere(t.Context(), actor, u)
		return err
	},
	"Unlock": func(t testing.TB, p *place, actor access.Actor, u string) error {
		_, _, err := p.Unlock(t.Context(), actor, u)
		return err
	},
	"Delete": func(t testing.TB, p *place, actor access.Actor, u string) error {
		_, err := p.Delete(t.Context(), actor, u, "priya@northwind.example")
		return err
	},
}

// needs is the permission of each act.
var needs = map[string]access.Permission{
	"Suspend": access.UsersChangeStatus, "Reactivate": access.UsersChangeStatus, "Lock": access.UsersChangeStatus,
	"LogOutEverywhere": access.UsersResetPassword, "Unlock": access.UsersResetPassword, "Delete": access.UsersEdit,
}

func TestWhoMayActOnWhom(t *testing.T) {
	p := newPlace(t)
	admin := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	boss := p.person(t, "Boss", access.RoleAdministrator)
	fabrikam := p.Organization(t, "Fabrikam")
	stranger := p.join(t, p.person(t, "Lee", access.RoleMember), fabrikam, access.RoleAdministrator)
	all := access.BuiltIn().All()
	for name, act := range acts {
		domaintest.Refused(t, act(t, p, admin, admin.UserID), administration.ErrOwnAccess)
		domaintest.Refused(t, act(t, p, admin, stranger.user), user.ErrNotFound)
		domaintest.Refused(t, act(t, p, admin, "usr_00000000000000000000000000"), user.ErrNotFound)

		helper := p.person(t, "Helen", access.RoleMember)
		p.ownRole(t, helper, needs[name])
		actor := p.enter(t, helper).actor(t)
		domaintest.Refused(t, act(t, p, actor, boss.user), administration.ErrHoldsMore)

		var others []access.Permission
		for _, one := range all {
			if one != needs[name] {
				others = append(others, one)
			}
		}
		p.ownRole(t, helper, others...)
		domaintest.Refused(t, act(t, p, p.enter(t, helper).actor(t), priya.user), access.ErrForbidden)
		// The right is read anew: what the request was authenticated with counts no more.
		domaintest.Refused(t, act(t, p, actor, priya.user), access.ErrForbidden)
		p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, helper.user)
		domaintest.Refused(t, act(t, p, actor, priya.user), session.ErrSuspended)
	}
	if p.status(t, priya) != "active" || p.status(t, boss) != "active" || p.status(t, stranger) != "active" {
		t.Error("a refused act was carried out")
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	p := newPlace(t)
	last := p.person(t, "Ada", access.RoleAdministrator)
	actor := p.complete(t)
	for _, name := range []string{"Suspend", "Lock"} {
		domaintest.Refused(t, acts[name](t, p, actor, last.user), administration.ErrLastAdministrator)
	}
	domaintest.Refused(t, acts["Delete"](t, p, actor, last.user), administration.ErrStillActive)
	p.enter(t, last)
	preview, err := p.Preview(t.Context(), actor, last.user)
	if err != nil || !preview.LastAdministrator || preview.ChangeStatus || preview.ChangeRole || preview.Lock || preview.Delete || !preview.LogOut {
		t.Errorf("the window offers %+v, %v", preview, err)
	}
	second := p.person(t, "Bea", access.RoleAdministrator)
	domaintest.MustNot(t, acts["Suspend"](t, p, actor, last.user))
	domaintest.Refused(t, acts["Lock"](t, p, actor, second.user), administration.ErrLastAdministrator)
	domaintest.MustNot(t, acts["Lock"](t, p, actor, last.user)) // suspended already: none is taken away
}

func TestAnInvitedUserHasNoStatusToChange(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	li := p.invite(t, sam, "li@northwind.example")
	for name, act := range acts {
		if name != "Delete" {
			domaintest.Refused(t, act(t, p, sam, li), administration.ErrNotJoined)
		}
	}
	preview, err := p.Preview(t.Context(), sam, li)
	if err != nil || preview.Acts != (administration.Acts{ChangeRole: true, ChangeName: true, Resend: true, CopyLink: true, Withdraw: true, Delete: true}) {
		t.Errorf("it offers %+v, %v", preview.Acts, err)
	}
}

// TestInvitationsOfASuspendedUserStopWorking: the links stop, and the letters
// that had not left do not leave.
func TestInvitationsOfASuspendedUserStopWorking(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleAdministrator)
	p.invite(t, p.enter(t, priya).actor(t), "li@northwind.example")
	token := p.Link(t, "li@northwind.example", "join")
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	if _, err := p.Invitations.Join(t.Context(), token, domaintest.Password, domaintest.Origin); !errors.Is(err, credential.ErrLinkWithdrawn) {
		t.Errorf("an invitation of a suspended user is answered with %v", err)
	}
	if opened, err := p.Invitations.Open(t.Context(), token); err != nil || opened.State != credential.LinkWithdrawn {
		t.Errorf("its link is %s, %v", opened.State, err)
	}
}

// TestAnOldWindowEndsNoNewerSuspension: somebody else set the user to Active and
// suspended them again, with another reason.
func TestAnOldWindowEndsNoNewerSuspension(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya := p.person(t, "Priya", access.RoleMember)
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "on leave")
	domaintest.MustNot(t, err)
	shown, err := p.Preview(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	_, err = p.Reactivate(t.Context(), sam, priya.user, shown.Suspension.At)
	domaintest.MustNot(t, err)
	p.Clock.Advance(time.Minute)
	_, err = p.Lock(t.Context(), sam, priya.user, "phished")
	domaintest.MustNot(t, err)
	_, err = p.Reactivate(t.Context(), sam, priya.user, shown.Suspension.At)
	domaintest.Refused(t, err, administration.ErrChangedMeanwhile)
}
