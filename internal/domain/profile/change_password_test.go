package profile_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/address"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

func change(to string) profile.PasswordChange {
	return profile.PasswordChange{Current: domaintest.Proof(domaintest.Password), Password: to}
}

func TestAPasswordIsChanged(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	here, there, elsewhere := p.LogIn(t, who), p.LogIn(t, who), p.LogIn(t, who)
	before := here.Token
	changed, err := p.Profiles.ChangePassword(t.Context(), here.Must(t), change(domaintest.Another))
	here.Keep(t, changed.Token, err)
	if changed.SessionsEnded != 2 {
		t.Errorf("%d other sessions were ended, want 2", changed.SessionsEnded)
	}
	here.Must(t)
	for _, b := range []*domaintest.Browser{there, elsewhere, p.Browser(before)} {
		if _, err := b.Current(t); err == nil {
			t.Error("an old token still works")
		}
	}
	if !p.Verifies(t, who, domaintest.Another) || p.Verifies(t, who, domaintest.Password) {
		t.Error("the password is not the new one")
	}
	told := p.Letters(t, who.Email)
	if len(told) != 1 || !strings.Contains(told[0], "All other sessions were ended") || !strings.Contains(told[0], "Firefox on Windows") {
		t.Errorf("the letters are %q", told)
	}
	if p.Events(t, "password.changed") != 1 {
		t.Error("the change is not in the trail")
	}
}

func TestOtherSessionsAreKeptOnWish(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	here, there := p.LogIn(t, who), p.LogIn(t, who)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.Account, Step: session.StepCode})
		return err
	})
	c := change(domaintest.Another)
	c.KeepOthers = true
	changed, err := p.Profiles.ChangePassword(t.Context(), here.Must(t), c)
	here.Keep(t, changed.Token, err)
	there.Must(t)
	if p.Count(t, `SELECT count(*) FROM half_logins`) != 0 {
		t.Error("a half log-in with the old password survived")
	}
	if told := p.Letters(t, who.Email); !strings.Contains(told[0], "other sessions stay logged in") {
		t.Error("the letter says what did not happen")
	}
}

func TestTheRefusalsOfAChangeOfPassword(t *testing.T) {
	p := newHouse(t)
	b := p.LogIn(t, p.Person(t))
	for _, c := range []struct {
		current, next string
		field         string
		want          *fault.Fault
	}{
		{"", domaintest.Another, "current", proof.ErrPasswordMissing},
		{domaintest.Wrong, domaintest.Another, "current", proof.ErrPasswordWrong},
		{domaintest.Password, "", "password", credential.ErrPasswordMissing},
		{domaintest.Password, "short", "password", credential.ErrPasswordTooShort},
		{domaintest.Password, "passwordpassword", "password", credential.ErrPasswordCommon},
		{domaintest.Password, "northwind northwind", "password", credential.ErrPasswordContext},
		{domaintest.Password, domaintest.Password, "password", profile.ErrPasswordUnchanged},
		{domaintest.Password + "e\u0301xtra", domaintest.Password + "\u00e9xtra", "password", profile.ErrPasswordUnchanged},
	} {
		_, err := p.Profiles.ChangePassword(t.Context(), b.Must(t), profile.PasswordChange{Current: domaintest.Proof(c.current), Password: c.next})
		domaintest.Refused(t, err, c.want)
		if f, _ := fault.Of(err); f == nil || f.Fields[0].Name != c.field {
			t.Errorf("%q, %q: %v does not stand at %s", c.current, c.next, err, c.field)
		}
	}
	b.Must(t) // nothing was changed, so nothing ended
}

func TestAttackerGuessesThePasswordThroughEveryForm(t *testing.T) {
	forms := map[string]func(ctx context.Context, p house, current session.Current) error{
		"confirm it's you": func(ctx context.Context, p house, current session.Current) error {
			_, err := p.Profiles.ConfirmItsYou(ctx, current, domaintest.Proof(domaintest.Wrong))
			return err
		},
		"password": func(ctx context.Context, p house, current session.Current) error {
			_, err := p.Profiles.ChangePassword(ctx, current, profile.PasswordChange{Current: domaintest.Proof(domaintest.Wrong), Password: domaintest.Another})
			return err
		},
		"email": func(ctx context.Context, p house, current session.Current) error {
			_, err := p.Addresses.ChangeEmail(ctx, current, address.EmailChange{Email: "new@other.example", Current: domaintest.Proof(domaintest.Wrong)})
			return err
		},
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			who := p.Person(t)
			b := p.LogIn(t, who)
			current := b.Must(t)
			evaluated := 0
			for range 200 {
				err := form(t.Context(), p, current)
				switch {
				case domaintest.RefusedAs(err, proof.ErrPasswordWrong):
					evaluated++
				case !fault.IsKind(err, fault.TooMany):
					t.Fatal(err)
				}
				p.Clock.Advance(15 * time.Second)
			}
			if evaluated > 20 {
				t.Errorf("%d guesses were looked at within an hour, want at most 20", evaluated)
			}
			if p.Events(t, "user.confirmation_failed") != evaluated {
				t.Error("not every wrong guess is in the trail")
			}
			// The log-in's counter is the same one.
			_, err := attempt.Password{AccountID: who.Account, Address: "203.0.113.80"}.Begin(t.Context(), throttle.New(p.DB))
			if !fault.IsKind(err, fault.TooMany) {
				t.Errorf("the log-in does not know of the guesses: %v", err)
			}
		})
	}
}

func TestAttackerConfirmsWithATokenFromBefore(t *testing.T) {
	p := newHouse(t)
	b := p.LogIn(t, p.Person(t))
	stolen := p.Browser(b.Token)
	p.Clock.Advance(16 * time.Minute)
	if profile.Fresh(b.Must(t), p.Clock.Now()) {
		t.Error("a proof of 16 minutes ago is fresh")
	}
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.Must(t), domaintest.Proof(domaintest.Password))
	b.Keep(t, token, err)
	if !profile.Fresh(b.Must(t), p.Clock.Now()) {
		t.Error("the proof is not noted")
	}
	if _, err := stolen.Current(t); err == nil {
		t.Error("the token from before the proof still works")
	}
}

// pending makes every kind of thing that a change of credentials must end.
func (p house) pending(t testing.TB, who *domaintest.Holder, b *domaintest.Browser) (reset, proofOfAddress string) {
	t.Helper()
	token, err := p.Addresses.ChangeEmail(t.Context(), b.Must(t), address.EmailChange{Email: "new-" + who.Account + "@other.example", Current: domaintest.Proof(domaintest.Password)})
	b.Keep(t, token, err)
	p.RequestReset(t, who.Email)
	reset, proofOfAddress = p.MustLink(t, who.Email, "reset"), p.MustLink(t, "new-"+who.Account+"@other.example", "email/confirm")
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		for _, step := range []session.Step{session.StepCode, session.StepOrganization} {
			if _, err := session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.Account, Step: step}); err != nil {
				return err
			}
		}
		return nil
	})
	p.Clock.Advance(2 * time.Minute)
	p.RequestReset(t, who.Email) // and one whose letter has not left yet
	return reset, proofOfAddress
}

func TestNothingSurvivesAChangeOfCredentials(t *testing.T) {
	acts := map[string]func(t *testing.T, p house, who *domaintest.Holder, b *domaintest.Browser){
		"change of password": func(t *testing.T, p house, who *domaintest.Holder, b *domaintest.Browser) {
			changed, err := p.Profiles.ChangePassword(t.Context(), b.Must(t), change(domaintest.Another))
			b.Keep(t, changed.Token, err)
		},
		"reset of the password": func(t *testing.T, p house, who *domaintest.Holder, b *domaintest.Browser) {
			p.Clock.Advance(2 * time.Minute)
			p.RequestReset(t, who.Email)
			domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), p.MustLink(t, who.Email, "reset"), domaintest.NewPassword(domaintest.Another)))
		},
		"change of address": func(t *testing.T, p house, who *domaintest.Holder, b *domaintest.Browser) {
			token, err := p.Addresses.ConfirmEmail(t.Context(), b.Must(t), p.MustLink(t, "new-"+who.Account+"@other.example", "email/confirm"))
			b.Keep(t, token, err)
		},
		"undo of a change of address": func(t *testing.T, p house, who *domaintest.Holder, b *domaintest.Browser) {
			token, err := p.Addresses.ConfirmEmail(t.Context(), b.Must(t), p.MustLink(t, "new-"+who.Account+"@other.example", "email/confirm"))
			b.Keep(t, token, err)
			_, err = p.Addresses.RevertEmail(t.Context(), p.MustLink(t, who.Email, "email/undo"), domaintest.Origin)
			domaintest.MustNot(t, err)
		},
		"new second factor": func(t *testing.T, p house, who *domaintest.Holder, b *domaintest.Browser) {
			enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
			domaintest.MustNot(t, err)
			token, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
			b.Keep(t, token, err)
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			who := p.Person(t)
			here, there, elsewhere := p.LogIn(t, who), p.LogIn(t, who), p.LogIn(t, who)
			reset, address := p.pending(t, who, here)
			before := p.Browser(here.Token)
			act(t, p, who, here)
			for _, b := range []*domaintest.Browser{there, elsewhere, before} {
				if _, err := b.Current(t); err == nil {
					t.Error("a session survived")
				}
			}
			if err := p.Accounts.ResetPassword(t.Context(), reset, domaintest.NewPassword("yet another very long phrase")); err == nil {
				t.Error("a reset link survived")
			}
			if _, err := p.Addresses.ConfirmEmail(t.Context(), session.Current{Actor: access.Actor{AccountID: who.Account}}, address); err == nil {
				t.Error("a proof of an address survived")
			}
			p.Deliver(t)
			if n := p.Count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL AND purpose <> 'revert_email'
				AND letter_id NOT IN (SELECT reset_letter_id FROM accounts WHERE reset_letter_id IS NOT NULL)`); n != 0 { // that the act itself sends
				t.Errorf("%d links work, or were made later by letters from before", n)
			}
			if n := p.Count(t, `SELECT count(*) FROM half_logins`); n != 0 {
				t.Errorf("%d half log-ins survived", n)
			}
			if n := p.Count(t, `SELECT count(*) FROM email_changes WHERE state = 'pending'`); n != 0 {
				t.Error("a change of address still waits")
			}
		})
	}
}

func TestTwoChangesOfPasswordAtOnce(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	first, second := p.LogIn(t, who), p.LogIn(t, who)
	one, two := first.Must(t), second.Must(t)
	answers := domaintest.Together(
		func() error {
			_, err := p.Profiles.ChangePassword(context.Background(), one, change(domaintest.Another))
			return err
		},
		func() error {
			_, err := p.Profiles.ChangePassword(context.Background(), two, change("yet another very long phrase"))
			return err
		},
	)
	if domaintest.Succeeded(answers) != 1 {
		t.Errorf("not exactly one change won: %s", domaintest.Describe(answers))
	}
	for _, err := range answers {
		lost := errors.Is(err, proof.ErrPasswordReplaced) || errors.Is(err, session.ErrEnded) || domaintest.RefusedAs(err, proof.ErrPasswordWrong)
		if err != nil && !lost && !errors.Is(err, credential.ErrBusy) { // on a slow machine the gate is still shut
			t.Errorf("the loser hears %v", err)
		}
	}
}
