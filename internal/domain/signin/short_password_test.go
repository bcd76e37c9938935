package signin_test

import (
	"context"
	"errors"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// short is long enough where a second factor is required of everybody, and nowhere else.
const short = "twelve birds"

// shortened is somebody who chose a short password while that was allowed, as
// installations before the column for it have them.
func (p *place) shortened(t testing.TB) *owner {
	t.Helper()
	who := p.person(t)
	hash, err := domaintest.Passwords().Hash(t.Context(), short)
	domaintest.MustNot(t, err)
	p.Exec(t, `UPDATE accounts SET password_hash = $2 WHERE id = $1`, who.Account, hash)
	return who
}

func (p *place) require(t testing.TB, whom organization.SecondFactor) {
	t.Helper()
	p.Exec(t, `UPDATE organizations SET second_factor = $1, second_factor_from = $2, password_minimum = 12 WHERE id = $3`, string(whom), p.Clock.Now(), p.Northwind)
}

// A short password is good beside a second factor. Alone it leads to nothing but
// the choice of a longer one, from the request on at which it came to stand alone.
func TestAShortPasswordDoesNotOutliveItsRequirement(t *testing.T) {
	p := newPlace(t)
	who := p.shortened(t)
	p.require(t, organization.RequiredForAll)
	outcome, err := p.tryPassword(who, short, "192.0.2.1")
	p.in(t, outcome, err)
	opens := func(want account.SetupStep) session.Current {
		t.Helper()
		current := p.in(t, outcome, err)
		if got := account.OpenStep(current); got != want {
			t.Errorf("%q is open, want %q", got, want)
		}
		p.Write(t, func(ctx context.Context, tx *db.Tx) error { // as an act does that was begun before
			if _, err := session.Authorize(ctx, tx, current.Actor, access.UsersView); !errors.Is(err, access.ErrForbidden) {
				t.Errorf("while %q is open, an act of an Administrator ends with %v", want, err)
			}
			return nil
		})
		return current
	}
	opens(account.StepSecondFactorAgain)
	p.require(t, organization.RequiredForAdministrators)
	opens(account.StepSecondFactorAgain)
	p.require(t, organization.Recommended)
	current := opens(account.StepNewPassword)

	_, err = p.Profiles.ChangePassword(t.Context(), current, profile.PasswordChange{Current: domaintest.Proof(short), Password: "another bird"})
	if err == nil {
		t.Fatal("it is replaced by another short one")
	}
	changed, err := p.Profiles.ChangePassword(t.Context(), current, profile.PasswordChange{Current: domaintest.Proof(short), Password: domaintest.Another})
	domaintest.MustNot(t, err)
	if current = p.Browser(changed.Token.Reveal()).Must(t); account.OpenStep(current) != account.StepDone {
		t.Errorf("after the choice of a longer one %q is open", account.OpenStep(current))
	}
}

func TestASecondFactorStaysBesideAShortPassword(t *testing.T) {
	p := newPlace(t)
	who := p.shortened(t)
	p.Protect(t, who.Holder)
	logIn := func(password string) session.Current {
		t.Helper()
		outcome, err := p.tryPassword(who, password, "192.0.2.1")
		domaintest.MustNot(t, err)
		outcome, err = p.tryCode(outcome.Half.Token.Reveal(), p.Code(t, who.Key))
		return p.in(t, outcome, err)
	}
	current := logIn(short)
	if account.OpenStep(current) != account.StepDone {
		t.Errorf("beside a second factor %q is open", account.OpenStep(current))
	}
	turnOff := func(current session.Current, password string) error {
		_, err := p.Profiles.TurnOffSecondFactor(t.Context(), current, profile.FactorProof{Password: domaintest.Proof(password)})
		return err
	}
	wants(t, "turning it off", turnOff(current, short), profile.ErrPasswordShort)
	p.Exec(t, `UPDATE accounts SET password_short = $2 WHERE id = $1`, who.Account, false) // as in a session from before the column
	wants(t, "turning it off before any log-in told", turnOff(current, short), profile.ErrPasswordShort)
	changed, err := p.Profiles.ChangePassword(t.Context(), current, profile.PasswordChange{Current: domaintest.Proof(short), Password: domaintest.Another})
	domaintest.MustNot(t, err)
	domaintest.MustNot(t, turnOff(p.Browser(changed.Token.Reveal()).Must(t), domaintest.Another))
}
