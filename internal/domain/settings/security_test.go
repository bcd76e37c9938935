package settings_test

import (
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/domain/settings"
	"idkit/internal/platform/fault"
)

const day = 24 * time.Hour

// The lengths that the passwords of these tests have.
const (
	twelve  = "olm zinc yak" // 12 code points
	fifteen = "olm zinc yak pi"
	twenty  = "olm zinc yak pi gate"
)

func TestARequirementHoldsFromTheNextRequestOnEveryNode(t *testing.T) {
	h := newHouse(t)
	other := h.AnotherNode(t)
	_, unprotected := h.member(t)
	h.requireOf(t, organization.RequiredForAll, h.today())

	for name, sessions := range map[string]*session.Sessions{"this": h.Sessions, "another": other.Sessions} {
		current, err := sessions.Authenticate(t.Context(), unprotected.Token, domaintest.Origin)
		domaintest.MustNot(t, err)
		if !current.SecondFactorDue || account.OpenStep(current) != account.StepSecondFactorAgain {
			t.Errorf("on %s node the next request is not led to the set-up: %+v", name, current)
		}
	}
	if h.desk.Must(t).SecondFactorDue {
		t.Error("somebody with a second factor is led to the set-up")
	}
	domaintest.Refused(t, h.Profiles.SkipSecondFactor(t.Context(), unprotected.Must(t)), profile.ErrOrganizationRequires)

	h.TurnsSecondFactorOn(t, unprotected)
	domaintest.MustNot(t, h.Profiles.ConfirmRecoveryCodes(t.Context(), unprotected.Must(t)))
	if current := unprotected.Must(t); current.SecondFactorDue || account.OpenStep(current) != account.StepDone {
		t.Error("the set-up does not lead out of it")
	}
	_, err := h.Profiles.TurnOffSecondFactor(t.Context(), unprotected.Must(t), profile.FactorProof{Password: proof.Password{Typed: domaintest.Password}})
	domaintest.Refused(t, err, profile.ErrOrganizationRequires)
	if n := h.Events(t, "settings.security_changed"); n != 1 {
		t.Errorf("the change left %d events", n)
	}
}

func TestWhoeverOwesASecondFactorHoldsNoPermission(t *testing.T) {
	h := newHouse(t)
	who := h.Person(t)
	desk := h.LogIn(t, who)
	before := desk.Must(t)
	h.requireOf(t, organization.RequiredForAdministrators, h.today())
	if desk.Must(t).Actor.Permissions.Has(access.UsersView) {
		t.Error("an Administrator without a second factor still holds permissions")
	}
	// An act that was let through before the requirement is judged anew.
	_, err := h.Invitations.Invite(t.Context(), before.Actor, h.Invitation(t, before.Actor, domaintest.Guest))
	domaintest.Refused(t, err, access.ErrForbidden)
}

func TestARequirementForAdministratorsFollowsTheRole(t *testing.T) {
	h := newHouse(t)
	who, desk := h.member(t)
	h.requireOf(t, organization.RequiredForAdministrators, h.today())
	if desk.Must(t).SecondFactorDue {
		t.Fatal("a Member is obliged")
	}
	_, err := h.Administration.ChangeRole(t.Context(), h.back(t).Actor, who.User, h.Role(t, h.Northwind, access.RoleAdministrator))
	domaintest.MustNot(t, err)
	if !desk.Must(t).SecondFactorDue {
		t.Error("the new Administrator is not led to the set-up")
	}
}

func TestARequirementBeginsOnItsDay(t *testing.T) {
	h := newHouse(t)
	who, _ := h.member(t)
	from := h.today().Add(10 * day)
	h.requireOf(t, organization.RequiredForAll, from)
	h.Clock.Advance(from.Sub(h.Clock.Now()) - time.Second)
	desk := h.LogIn(t, who)
	if current := desk.Must(t); current.SecondFactorDue || !current.SecondFactorFrom.Equal(from) {
		t.Errorf("a second before, due is %v and the banner says %v", current.SecondFactorDue, current.SecondFactorFrom)
	}
	h.Clock.Advance(time.Second)
	if current := desk.Must(t); !current.SecondFactorDue || !current.SecondFactorFrom.IsZero() {
		t.Errorf("at that moment, due is %v and the banner says %v", current.SecondFactorDue, current.SecondFactorFrom)
	}
	h.requireOf(t, organization.Recommended, time.Time{})
	if desk.Must(t).SecondFactorDue {
		t.Error("the requirement outlives its end")
	}
}

// Whoever has no second factor and is asked for one beyond the first set-up
// proves the password first: a stranger at an open session could lock them out.
func TestTheSetUpOfARequiredSecondFactorAsksForAFreshProof(t *testing.T) {
	h := newHouse(t)
	who, desk := h.member(t)
	h.requireOf(t, organization.RequiredForAll, h.today())
	h.Clock.Advance(profile.ProofLifetime)
	_, err := h.Profiles.BeginSecondFactor(t.Context(), desk.Must(t))
	domaintest.Refused(t, err, profile.ErrConfirmFirst)
	token, err := h.Profiles.ConfirmItsYou(t.Context(), desk.Must(t), domaintest.Proof(domaintest.Password))
	desk.Keep(t, token, err)
	h.TurnsSecondFactorOn(t, desk)
	_ = who
}

func TestAPolicyIsKeptWithinItsBounds(t *testing.T) {
	h := newHouse(t)
	for name, refused := range map[string]struct {
		change func(*organization.Policy)
		field  string
		want   *fault.Fault
	}{
		"no choice": {func(p *organization.Policy) { p.SecondFactor = "some" }, "second_factor", settings.ErrRequirement},
		"no date":   {func(p *organization.Policy) { p.SecondFactor = organization.RequiredForAll }, "from", settings.ErrDateMissing},
		"yesterday": {func(p *organization.Policy) {
			p.SecondFactor, p.From = organization.RequiredForAll, h.today().Add(-day)
		}, "from", settings.ErrDatePast},
		"in two years": {func(p *organization.Policy) {
			p.SecondFactor, p.From = organization.RequiredForAll, h.today().Add(731*day)
		}, "from", settings.ErrDateFar},
		"a short password alone": {func(p *organization.Policy) { p.Password = 14 }, "password", settings.ErrPasswordNeedsFactor},
		"short for Administrators": {func(p *organization.Policy) {
			p.SecondFactor, p.From, p.Password = organization.RequiredForAdministrators, h.today(), 12
		}, "password", settings.ErrPasswordNeedsFactor},
		"eleven": {func(p *organization.Policy) {
			p.SecondFactor, p.From, p.Password = organization.RequiredForAll, h.today(), 11
		}, "password", settings.ErrPasswordMinimum},
		"sixty-five":             {func(p *organization.Policy) { p.Password = 65 }, "password", settings.ErrPasswordMinimum},
		"a long idle limit":      {func(p *organization.Policy) { p.Idle = 31 * time.Minute }, "idle", settings.ErrIdle},
		"no idle time":           {func(p *organization.Policy) { p.Idle = 0 }, "idle", settings.ErrIdle},
		"a long session":         {func(p *organization.Policy) { p.Session = 13 * time.Hour }, "session", settings.ErrSession},
		"a short invitation":     {func(p *organization.Policy) { p.Invitation = 59 * time.Minute }, "invitation", settings.ErrInvitation},
		"an hour and a half":     {func(p *organization.Policy) { p.Invitation = 90 * time.Minute }, "invitation", settings.ErrInvitation},
		"an invitation for ever": {func(p *organization.Policy) { p.Invitation = 31 * day }, "invitation", settings.ErrInvitation},
	} {
		revision, p := h.policy(t, refused.change)
		_, err := h.Settings.ChangeSecurity(t.Context(), h.desk.Must(t), revision, p)
		if fields := domaintest.FieldsOf(t, err); fields[refused.field] != refused.want.Code {
			t.Errorf("%s is answered with %v", name, fields)
		}
	}
	revision, p := h.policy(t, func(*organization.Policy) {})
	_, err := h.Settings.ChangeSecurity(t.Context(), h.desk.Must(t), revision, p)
	domaintest.Refused(t, err, settings.ErrUnchanged)
	if n := h.Events(t, "settings.security_changed"); n != 0 {
		t.Errorf("refusals left %d events", n)
	}
}

func TestWhoMayChangeThePolicy(t *testing.T) {
	h := newHouse(t)
	_, desk := h.member(t)
	revision, p := h.policy(t, func(p *organization.Policy) { p.Idle = 10 * time.Minute })
	_, err := h.Settings.ChangeSecurity(t.Context(), desk.Must(t), revision, p)
	domaintest.Refused(t, err, access.ErrForbidden)
	_, err = h.Settings.ReviewSecurity(t.Context(), desk.Must(t).Actor, p)
	domaintest.Refused(t, err, access.ErrForbidden)
	_, err = h.Settings.Security(t.Context(), desk.Must(t).Actor)
	domaintest.Refused(t, err, access.ErrForbidden)

	h.Clock.Advance(profile.ProofLifetime)
	_, err = h.Settings.ChangeSecurity(t.Context(), h.desk.Must(t), revision, p)
	domaintest.Refused(t, err, profile.ErrConfirmFirst)

	// Of two who change what they both saw, one finds it changed.
	a, b := h.back(t), h.LogIn(t, h.admin).Must(t)
	answers := domaintest.Together(
		func() error { _, err := h.Settings.ChangeSecurity(t.Context(), a, revision, p); return err },
		func() error {
			q := p
			q.Idle = 20 * time.Minute
			_, err := h.Settings.ChangeSecurity(t.Context(), b, revision, q)
			return err
		},
	)
	if n := domaintest.Succeeded(answers); n != 1 {
		t.Errorf("%d of two changes of the same policy succeed: %s", n, domaintest.Describe(answers))
	}
}

func TestThePolicyOfOneOrganizationLeavesTheOthersAlone(t *testing.T) {
	h := newHouse(t)
	stranger := h.Stranger(t)
	h.requireOf(t, organization.RequiredForAll, h.today())
	h.lay(t, func(p *organization.Policy) { p.Idle = organization.MinIdle })
	shown, err := h.Settings.Security(t.Context(), stranger)
	domaintest.MustNot(t, err)
	if shown.Policy != organization.DefaultPolicy {
		t.Errorf("the policy of Fabrikam became %+v", shown.Policy)
	}
}

func TestTheReviewCountsWhomItIsAbout(t *testing.T) {
	h := newHouse(t)
	h.member(t)
	unprotected := h.Person(t)
	_, p := h.policy(t, func(p *organization.Policy) { p.SecondFactor, p.From = organization.RequiredForAll, h.today() })
	c, err := h.Settings.ReviewSecurity(t.Context(), h.desk.Must(t).Actor, p)
	domaintest.MustNot(t, err)
	if c.Without != 2 || c.Letters != 2 || c.Self {
		t.Errorf("for all: %+v", c)
	}
	p.SecondFactor = organization.RequiredForAdministrators
	c, err = h.Settings.ReviewSecurity(t.Context(), h.LogIn(t, unprotected).Must(t).Actor, p)
	domaintest.MustNot(t, err)
	if c.Without != 1 || !c.Self {
		t.Errorf("for Administrators, seen by one of them: %+v", c)
	}
	if n := h.Events(t, "settings.security_changed"); n != 0 {
		t.Error("a review changes something")
	}
}

func TestShorterLimitsEndSessionsAtOnce(t *testing.T) {
	h := newHouse(t)
	other := h.AnotherNode(t)
	who, old := h.member(t)
	idle := h.LogIn(t, who)
	h.Clock.Advance(20 * time.Minute)
	old.Must(t) // is used now
	_, p := h.policy(t, func(p *organization.Policy) { p.Idle = 10 * time.Minute })
	c, err := h.Settings.ReviewSecurity(t.Context(), h.desk.Must(t).Actor, p)
	domaintest.MustNot(t, err)
	if c.SessionsOver != 2 { // the one that is not used, and the first of the Administrator
		t.Errorf("the review counts %d sessions", c.SessionsOver)
	}
	h.lay(t, func(p *organization.Policy) { p.Idle = 10 * time.Minute })
	old.Must(t)
	_, err = other.Sessions.Authenticate(t.Context(), idle.Token, domaintest.Origin)
	domaintest.Refused(t, err, session.ErrEnded)

	h.lay(t, func(p *organization.Policy) { p.Idle = organization.MaxIdle })
	_, err = idle.Current(t)
	domaintest.Refused(t, err, session.ErrEnded) // it does not come back

	for range 5 { // keep it in use for an hour
		h.Clock.Advance(20 * time.Minute)
		old.Must(t)
	}
	h.lay(t, func(p *organization.Policy) { p.Session = time.Hour })
	_, err = other.Sessions.Authenticate(t.Context(), old.Token, domaintest.Origin)
	domaintest.Refused(t, err, session.ErrEnded)

	fresh := h.LogIn(t, who)
	if got := fresh.Must(t).ExpiresAt; !got.Equal(h.Clock.Now().Add(time.Hour)) {
		t.Errorf("a new session ends at %v", got)
	}
	h.lay(t, func(p *organization.Policy) { p.Session = organization.MaxSession })
	if got := fresh.Must(t).ExpiresAt; !got.Equal(h.Clock.Now().Add(time.Hour)) {
		t.Errorf("with longer limits it would end at %v", got)
	}
}

func TestTheMinimumOfPasswords(t *testing.T) {
	h := newHouse(t)
	from := h.today().Add(5 * day)
	h.lay(t, func(p *organization.Policy) {
		p.SecondFactor, p.From, p.Password = organization.RequiredForAll, from, 12
	})
	who, _ := h.member(t)
	h.Protect(t, who)
	change := func(password string) error {
		_, err := h.Profiles.ChangePassword(t.Context(), h.LogIn(t, who).Must(t), profile.PasswordChange{
			Current: domaintest.Proof(domaintest.Password), Password: password,
		})
		return err
	}
	domaintest.Refused(t, change(twelve), credential.ErrPasswordTooShort) // not before the requirement holds
	h.Clock.Advance(from.Sub(h.Clock.Now()))
	domaintest.MustNot(t, change(twelve))

	fabrikam := h.Organization(t, "Fabrikam")
	h.Join(t, who, fabrikam)
	h.Exec(t, `UPDATE organizations SET password_minimum = 20 WHERE id = $1`, fabrikam)
	h.RequestReset(t, who.Email)
	link := h.MustLink(t, who.Email, "reset")
	opened, err := h.Accounts.OpenReset(t.Context(), link)
	domaintest.MustNot(t, err)
	if opened.MinLength != 20 {
		t.Errorf("the page of the reset asks for %d", opened.MinLength)
	}
	domaintest.Refused(t, h.Accounts.ResetPassword(t.Context(), link, domaintest.NewPassword(fifteen)), credential.ErrPasswordTooShort)
	domaintest.MustNot(t, h.Accounts.ResetPassword(t.Context(), link, domaintest.NewPassword(twenty)))

	// Lowering the requirement puts the minimum back.
	_, p := h.policy(t, func(p *organization.Policy) { p.SecondFactor = organization.RequiredForAdministrators })
	c, err := h.Settings.ReviewSecurity(t.Context(), h.desk.Must(t).Actor, p)
	domaintest.MustNot(t, err)
	if !c.PasswordBack || c.After.Password != organization.MinPassword {
		t.Errorf("the review says %+v", c)
	}
}

func TestAnInvitationShowsAndAsksForItsOrganizationsMinimum(t *testing.T) {
	h := newHouse(t)
	h.lay(t, func(p *organization.Policy) { p.Password = 20 })
	h.Invite(t, h.back(t).Actor, domaintest.Guest)
	token := h.MustLink(t, domaintest.Guest, "join")
	if opened := h.Shows(t, token, credential.LinkLive); opened.MinLength != 20 {
		t.Errorf("the invitation asks for %d", opened.MinLength)
	}
	_, err := h.Invitations.Join(t.Context(), token, fifteen, domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrPasswordTooShort)
	_, err = h.Invitations.Join(t.Context(), token, twenty, domaintest.Origin)
	domaintest.MustNot(t, err)
}

func TestInvitationsWorkForAsLongAsChosenFromTheHandOver(t *testing.T) {
	h := newHouse(t)
	h.lay(t, func(p *organization.Policy) { p.Invitation = time.Hour })
	h.Invite(t, h.back(t).Actor, domaintest.Guest)
	h.Clock.Advance(3 * time.Hour) // waits for its hand-over
	token := h.MustLink(t, domaintest.Guest, "join")
	h.Clock.Advance(time.Hour - time.Second)
	h.Shows(t, token, credential.LinkLive)
	h.Clock.Advance(time.Second)
	h.Shows(t, token, credential.LinkExpired)
	if n, err := h.Invitations.Remind(t.Context()); err != nil || n != 0 {
		t.Errorf("an hour's invitation is reminded of: %d, %v", n, err)
	}

	h.lay(t, func(p *organization.Policy) { p.Invitation = 30 * day })
	const second = "ada@northwind.example"
	h.Invite(t, h.back(t).Actor, second)
	token = h.MustLink(t, second, "join")
	h.Clock.Advance(29 * day)
	if n, err := h.Invitations.Remind(t.Context()); err != nil || n != 1 {
		t.Errorf("a day before its end, %d are reminded, %v", n, err)
	}
	h.Shows(t, token, credential.LinkLive)
}
