package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

func change(to string) account.PasswordChange {
	return account.PasswordChange{Current: proof(password), Password: to}
}

func TestAPasswordIsChanged(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	here, there, elsewhere := p.logIn(t, who), p.logIn(t, who), p.logIn(t, who)
	before := here.token
	changed, err := p.Profiles.ChangePassword(t.Context(), here.must(t), change(another))
	here.keep(t, changed.Token, err)
	if changed.SessionsEnded != 2 {
		t.Errorf("%d other sessions were ended, want 2", changed.SessionsEnded)
	}
	here.must(t)
	for _, b := range []*browser{there, elsewhere, {p, before}} {
		if _, err := b.current(t); err == nil {
			t.Error("an old token still works")
		}
	}
	if !p.verifies(t, who, another) || p.verifies(t, who, password) {
		t.Error("the password is not the new one")
	}
	told := p.letters(t, who.email)
	if len(told) != 1 || !strings.Contains(told[0], "All other sessions were ended") || !strings.Contains(told[0], "Firefox on Windows") {
		t.Errorf("the letters are %q", told)
	}
	if p.events(t, "password.changed") != 1 {
		t.Error("the change is not in the trail")
	}
}

func TestOtherSessionsAreKeptOnWish(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	here, there := p.logIn(t, who), p.logIn(t, who)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.account, Step: session.StepCode})
		return err
	})
	c := change(another)
	c.KeepOthers = true
	changed, err := p.Profiles.ChangePassword(t.Context(), here.must(t), c)
	here.keep(t, changed.Token, err)
	there.must(t)
	if p.count(t, `SELECT count(*) FROM half_logins`) != 0 {
		t.Error("a half log-in with the old password survived")
	}
	if told := p.letters(t, who.email); !strings.Contains(told[0], "other sessions stay logged in") {
		t.Error("the letter says what did not happen")
	}
}

func TestTheRefusalsOfAChangeOfPassword(t *testing.T) {
	p := newPlace(t)
	b := p.logIn(t, p.person(t))
	for _, c := range []struct {
		current, next string
		field         string
		want          *fault.Fault
	}{
		{"", another, "current", account.ErrPasswordMissing},
		{wrong, another, "current", account.ErrPasswordWrong},
		{password, "", "password", credential.ErrPasswordMissing},
		{password, "short", "password", credential.ErrPasswordTooShort},
		{password, "passwordpassword", "password", credential.ErrPasswordCommon},
		{password, "northwind northwind", "password", credential.ErrPasswordContext},
		{password, password, "password", account.ErrPasswordUnchanged},
		{password + "e\u0301xtra", password + "\u00e9xtra", "password", account.ErrPasswordUnchanged},
	} {
		_, err := p.Profiles.ChangePassword(t.Context(), b.must(t), account.PasswordChange{Current: proof(c.current), Password: c.next})
		refused(t, err, c.want)
		if f, _ := fault.Of(err); f == nil || f.Fields[0].Name != c.field {
			t.Errorf("%q, %q: %v does not stand at %s", c.current, c.next, err, c.field)
		}
	}
	b.must(t) // nothing was changed, so nothing ended
}

func TestAttackerGuessesThePasswordThroughEveryForm(t *testing.T) {
	forms := map[string]func(ctx context.Context, p *place, current session.Current) error{
		"confirm it's you": func(ctx context.Context, p *place, current session.Current) error {
			_, err := p.Profiles.ConfirmItsYou(ctx, current, proof(wrong))
			return err
		},
		"password": func(ctx context.Context, p *place, current session.Current) error {
			_, err := p.Profiles.ChangePassword(ctx, current, account.PasswordChange{Current: proof(wrong), Password: another})
			return err
		},
		"email": func(ctx context.Context, p *place, current session.Current) error {
			_, err := p.Profiles.ChangeEmail(ctx, current, account.EmailChange{Email: "new@other.example", Current: proof(wrong)})
			return err
		},
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			who := p.person(t)
			b := p.logIn(t, who)
			current := b.must(t)
			evaluated := 0
			for range 200 {
				err := form(t.Context(), p, current)
				switch {
				case refusedAs(err, account.ErrPasswordWrong):
					evaluated++
				case !fault.IsKind(err, fault.TooMany):
					t.Fatal(err)
				}
				p.clock.Advance(15 * time.Second)
			}
			if evaluated > 20 {
				t.Errorf("%d guesses were looked at within an hour, want at most 20", evaluated)
			}
			if p.events(t, "user.confirmation_failed") != evaluated {
				t.Error("not every wrong guess is in the trail")
			}
			// The log-in's counter is the same one.
			_, err := attempt.Password{AccountID: who.account, Address: "203.0.113.80"}.Begin(t.Context(), throttle.New(p.DB))
			if !fault.IsKind(err, fault.TooMany) {
				t.Errorf("the log-in does not know of the guesses: %v", err)
			}
		})
	}
}

func TestAttackerConfirmsWithATokenFromBefore(t *testing.T) {
	p := newPlace(t)
	b := p.logIn(t, p.person(t))
	stolen := &browser{p, b.token}
	p.clock.Advance(16 * time.Minute)
	if account.Fresh(b.must(t), p.clock.Now()) {
		t.Error("a proof of 16 minutes ago is fresh")
	}
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.must(t), proof(password))
	b.keep(t, token, err)
	if !account.Fresh(b.must(t), p.clock.Now()) {
		t.Error("the proof is not noted")
	}
	if _, err := stolen.current(t); err == nil {
		t.Error("the token from before the proof still works")
	}
}

// pending makes every kind of thing that a change of credentials must end.
func (p *place) pending(t testing.TB, who *holder, b *browser) (reset, proofOfAddress string) {
	t.Helper()
	token, err := p.Profiles.ChangeEmail(t.Context(), b.must(t), account.EmailChange{Email: "new-" + who.account + "@other.example", Current: proof(password)})
	b.keep(t, token, err)
	p.requestReset(t, who.email)
	reset, proofOfAddress = p.mustLink(t, who.email, "reset"), p.mustLink(t, "new-"+who.account+"@other.example", "email/confirm")
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		for _, step := range []session.Step{session.StepCode, session.StepOrganization} {
			if _, err := session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.account, Step: step}); err != nil {
				return err
			}
		}
		return nil
	})
	p.clock.Advance(2 * time.Minute)
	p.requestReset(t, who.email) // and one whose letter has not left yet
	return reset, proofOfAddress
}

func TestNothingSurvivesAChangeOfCredentials(t *testing.T) {
	acts := map[string]func(t *testing.T, p *place, who *holder, b *browser){
		"change of password": func(t *testing.T, p *place, who *holder, b *browser) {
			changed, err := p.Profiles.ChangePassword(t.Context(), b.must(t), change(another))
			b.keep(t, changed.Token, err)
		},
		"reset of the password": func(t *testing.T, p *place, who *holder, b *browser) {
			p.clock.Advance(2 * time.Minute)
			p.requestReset(t, who.email)
			mustNot(t, p.Accounts.ResetPassword(t.Context(), p.mustLink(t, who.email, "reset"), newPassword(another)))
		},
		"change of address": func(t *testing.T, p *place, who *holder, b *browser) {
			token, err := p.Profiles.ConfirmEmail(t.Context(), b.must(t), p.mustLink(t, "new-"+who.account+"@other.example", "email/confirm"))
			b.keep(t, token, err)
		},
		"undo of a change of address": func(t *testing.T, p *place, who *holder, b *browser) {
			token, err := p.Profiles.ConfirmEmail(t.Context(), b.must(t), p.mustLink(t, "new-"+who.account+"@other.example", "email/confirm"))
			b.keep(t, token, err)
			_, err = p.Profiles.RevertEmail(t.Context(), p.mustLink(t, who.email, "email/undo"), origin)
			mustNot(t, err)
		},
		"new second factor": func(t *testing.T, p *place, who *holder, b *browser) {
			enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
			mustNot(t, err)
			token, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
			b.keep(t, token, err)
		},
	}
	for name, act := range acts {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			who := p.person(t)
			here, there, elsewhere := p.logIn(t, who), p.logIn(t, who), p.logIn(t, who)
			reset, address := p.pending(t, who, here)
			before := &browser{p, here.token}
			act(t, p, who, here)
			for _, b := range []*browser{there, elsewhere, before} {
				if _, err := b.current(t); err == nil {
					t.Error("a session survived")
				}
			}
			if err := p.Accounts.ResetPassword(t.Context(), reset, newPassword("yet another very long phrase")); err == nil {
				t.Error("a reset link survived")
			}
			if _, err := p.Profiles.ConfirmEmail(t.Context(), session.Current{Actor: access.Actor{AccountID: who.account}}, address); err == nil {
				t.Error("a proof of an address survived")
			}
			p.deliver(t)
			if n := p.count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL AND purpose <> 'revert_email'
				AND letter_id NOT IN (SELECT reset_letter_id FROM accounts WHERE reset_letter_id IS NOT NULL)`); n != 0 { // that the act itself sends
				t.Errorf("%d links work, or were made later by letters from before", n)
			}
			if n := p.count(t, `SELECT count(*) FROM half_logins`); n != 0 {
				t.Errorf("%d half log-ins survived", n)
			}
			if n := p.count(t, `SELECT count(*) FROM email_changes WHERE state = 'pending'`); n != 0 {
				t.Error("a change of address still waits")
			}
		})
	}
}

func TestTwoChangesOfPasswordAtOnce(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	first, second := p.logIn(t, who), p.logIn(t, who)
	one, two := first.must(t), second.must(t)
	answers := together(
		func() error {
			_, err := p.Profiles.ChangePassword(context.Background(), one, change(another))
			return err
		},
		func() error {
			_, err := p.Profiles.ChangePassword(context.Background(), two, change("yet another very long phrase"))
			return err
		},
	)
	if succeeded(answers) != 1 {
		t.Errorf("not exactly one change won: %s", describe(answers))
	}
	for _, err := range answers {
		lost := errors.Is(err, account.ErrPasswordReplaced) || errors.Is(err, session.ErrEnded) || refusedAs(err, account.ErrPasswordWrong)
		if err != nil && !lost && !errors.Is(err, credential.ErrBusy) { // on a slow machine the gate is still shut
			t.Errorf("the loser hears %v", err)
		}
	}
}
