package administration_test

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

const another = "seventeen green umbrellas dancing"

// lastLetter is the newest letter to an address, its lines joined.
func (p *place) lastLetter(t testing.TB, address string) string {
	t.Helper()
	letters := p.letters(t, address)
	if len(letters) == 0 {
		t.Fatalf("%s got no letter", address)
	}
	return strings.Join(strings.Fields(letters[len(letters)-1]), " ")
}

// choose sets a new password with the link.
func (p *place) choose(t testing.TB, token string) error {
	t.Helper()
	return p.Accounts.ResetPassword(t.Context(), token, account.NewPassword{Password: another, Repeated: another, Origin: domaintest.Origin})
}

func TestAnAdministratorsLinkWorksForADayAndSaysWhoSentIt(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	b := p.enter(t, priya)
	u, ended, err := p.ResetPassword(t.Context(), sam, priya.user, false)
	domaintest.MustNot(t, err)
	if u.Email != priya.email || ended != 0 {
		t.Errorf("sent to %s, %d sessions ended", u.Email, ended)
	}
	token := p.Link(t, priya.email, "reset")
	letter := p.lastLetter(t, priya.email)
	if !strings.Contains(letter, "Sam Shah, administrator of Northwind, sent you a link") || !strings.Contains(letter, "24 November 2026, 09:00 UTC") {
		t.Errorf("the letter says: %s", letter)
	}
	b.actor(t) // nobody is logged out
	if _, err := p.logIn(t, priya); err != nil {
		t.Errorf("the present password is refused: %v", err)
	}

	p.Clock.Advance(24*time.Hour - time.Second)
	opened, err := p.Accounts.OpenReset(t.Context(), token)
	if err != nil || opened.State != credential.LinkLive || opened.Administrator != "Sam Shah" {
		t.Errorf("%+v, %v", opened, err)
	}
	p.Clock.Advance(time.Second)
	if opened, err = p.Accounts.OpenReset(t.Context(), token); err != nil || opened.State != credential.LinkExpired || opened.Administrator != "Sam Shah" {
		t.Errorf("after a day: %+v, %v", opened, err)
	}
	domaintest.Refused(t, p.choose(t, token), credential.ErrLinkExpired)

	_, _, err = p.ResetPassword(t.Context(), p.administrator(t), priya.user, false)
	domaintest.MustNot(t, err)
	domaintest.MustNot(t, p.choose(t, p.Link(t, priya.email, "reset")))
	_, err = p.logIn(t, priya)
	domaintest.Refused(t, err, signin.ErrIncorrect)
	if events := p.events(t, p.Northwind, "password.reset_sent"); len(events) != 2 || events[0].Target.ID != priya.user || events[0].ActorName != "Sam Shah" {
		t.Errorf("the trail says %+v", events)
	}
	p.Verify(t)
}

func TestTheNewestLinkAloneWorksWhoeverAskedForIt(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	own := p.Link(t, priya.email, "reset")
	_, _, err := p.ResetPassword(t.Context(), sam, priya.user, false)
	domaintest.MustNot(t, err)
	first := p.Link(t, priya.email, "reset")
	domaintest.Refused(t, p.choose(t, own), credential.ErrLinkReplaced)
	p.Clock.Advance(5 * time.Minute)
	_, _, err = p.ResetPassword(t.Context(), sam, priya.user, false)
	domaintest.MustNot(t, err)
	second := p.Link(t, priya.email, "reset")
	domaintest.Refused(t, p.choose(t, first), credential.ErrLinkReplaced)
	p.Clock.Advance(time.Hour)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	third := p.Link(t, priya.email, "reset")
	domaintest.Refused(t, p.choose(t, second), credential.ErrLinkReplaced)
	opened, err := p.Accounts.OpenReset(t.Context(), third)
	if err != nil || opened.Administrator != "" || opened.EndedAt.Sub(p.Clock.Now()) != time.Hour {
		t.Errorf("the owner's own link: %+v, %v", opened, err)
	}
	domaintest.MustNot(t, p.choose(t, third))
	domaintest.Refused(t, p.choose(t, third), credential.ErrLinkUsed)
}

func TestLogOutEverywhereNowBlocksTheOldPassword(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	p.protect(t, priya)
	thief, owner := p.enter(t, priya), p.enter(t, priya)
	half, err := p.logIn(t, priya)
	domaintest.MustNot(t, err)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	stolen := p.Link(t, priya.email, "reset")
	p.Clock.Advance(time.Minute)

	_, ended, err := p.ResetPassword(t.Context(), sam, priya.user, true)
	domaintest.MustNot(t, err)
	if ended != 2 {
		t.Errorf("%d sessions ended", ended)
	}
	for _, b := range []*browser{thief, owner} {
		_, err := b.current(t)
		domaintest.Refused(t, err, session.ErrEnded)
	}
	if _, err := p.SignIn.Code(t.Context(), signin.SecondStep{
		HalfToken: half.Half.Token.Reveal(), Code: p.Code(t, priya.key), Browser: signin.Browser{Origin: domaintest.Origin},
	}); err == nil {
		t.Error("a half log-in goes on with the old password")
	}
	_, err = p.logIn(t, priya)
	domaintest.Refused(t, err, signin.ErrIncorrect)
	domaintest.Refused(t, p.choose(t, stolen), credential.ErrLinkVoided)
	if last := p.lastLetter(t, priya.email); !strings.Contains(last, "the password that you had no longer works") {
		t.Errorf("the letter says: %s", last)
	}
	domaintest.MustNot(t, p.choose(t, p.Link(t, priya.email, "reset")))
	outcome, err := p.SignIn.LogIn(t.Context(), signin.LogIn{Email: priya.email, Password: another, Browser: signin.Browser{Origin: domaintest.Origin}})
	if err != nil || outcome.Half == nil {
		t.Errorf("the second factor is not asked after the reset: %+v, %v", outcome, err)
	}
	p.Verify(t)
}

func TestWhoseResetIsRefused(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	priya, marco := p.person(t, "Priya", access.RoleMember), p.person(t, "Marco", access.RoleMember)
	fabrikam := p.Organization(t, "Fabrikam")
	there := p.join(t, marco, fabrikam, access.RoleAdministrator)
	_, _, err := p.Suspend(t.Context(), sam, priya.user, "")
	domaintest.MustNot(t, err)
	helper := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, helper, access.UsersView, access.UsersResetPassword)
	wei := p.enter(t, helper).actor(t)
	nobody := p.enter(t, p.person(t, "Ada", access.RoleMember)).actor(t)
	for _, c := range []struct {
		what   string
		actor  access.Actor
		user   string
		logOut bool
		want   *fault.Fault
	}{
		{"an invited user", sam, p.invite(t, sam, "li@northwind.example"), false, administration.ErrNotJoined},
		{"a suspended user", sam, priya.user, false, administration.ErrSetActiveFirst},
		{"oneself", sam, sam.UserID, false, administration.ErrOwnAccess},
		{"who holds more", wei, sam.UserID, false, administration.ErrHoldsMore},
		{"without the right", nobody, marco.user, false, access.ErrForbidden},
		{"another organization's user", sam, there.user, false, user.ErrNotFound},
		{"nobody", sam, "usr_0", false, user.ErrNotFound},
		{"a password that opens another organization as well", sam, marco.user, true, administration.ErrPasswordNotHere},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, _, err := p.ResetPassword(t.Context(), c.actor, c.user, c.logOut)
			domaintest.Refused(t, err, c.want)
		})
	}
	if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind LIKE 'reset%'`); n != 0 {
		t.Errorf("%d letters were sent all the same", n)
	}
	if n := p.Count(t, `SELECT count(*) FROM throttles WHERE key LIKE 'reset sent:%'`); n != 0 {
		t.Errorf("%d refused acts were counted", n)
	}
	// The link alone does no harm elsewhere: its owner decides. Fabrikam hears nothing of it.
	_, _, err = p.ResetPassword(t.Context(), sam, marco.user, false)
	domaintest.MustNot(t, err)
	if _, err := p.logIn(t, marco); err != nil {
		t.Error(err)
	}
	if n := p.Count(t, `SELECT count(*) FROM audit_events WHERE organization_id = $1 AND action = 'password.reset_sent'`, fabrikam); n != 0 {
		t.Error("the other organization's trail tells of it")
	}
}

func TestAnAdministratorCannotFloodAMailbox(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	send := func() error {
		_, _, err := p.ResetPassword(t.Context(), sam, priya.user, false)
		return err
	}
	domaintest.MustNot(t, send())
	p.Clock.Advance(90 * time.Second)
	domaintest.Refused(t, send(), attempt.ErrResetJustSent)
	p.Clock.Advance(30 * time.Second)
	err := send()
	domaintest.Refused(t, err, attempt.ErrResetSent)
	if f, _ := fault.Of(err); f.Params["Ago"] != 2 || f.Params["Count"] != 3 || f.RetryAfter != 3*time.Minute {
		t.Errorf("%+v", f)
	}
	p.Clock.Advance(3 * time.Minute)
	domaintest.MustNot(t, send())
	p.Clock.Advance(5 * time.Minute)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin)) // shares the three of the hour
	p.Clock.Advance(5 * time.Minute)
	domaintest.Refused(t, send(), throttle.ErrWaitMinutes)
	p.Clock.Advance(45 * time.Minute)
	sam = p.administrator(t) // the session before has ended by itself
	domaintest.MustNot(t, send())
}

func TestNoLinkRestsInTheOutbox(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	_, _, err := p.ResetPassword(t.Context(), sam, priya.user, false)
	domaintest.MustNot(t, err)
	if n := p.Count(t, `SELECT count(*) FROM links WHERE subject_id = $1`, priya.account); n != 0 {
		t.Error("the link is made before its letter leaves")
	}
	p.Clock.Advance(48 * time.Hour) // mail is set up two days later
	token := p.Link(t, priya.email, "reset")
	opened, err := p.Accounts.OpenReset(t.Context(), token)
	if err != nil || opened.EndedAt.Sub(p.Clock.Now()) != 24*time.Hour {
		t.Errorf("the link that left late ends %v, %v", opened.EndedAt, err)
	}
}
