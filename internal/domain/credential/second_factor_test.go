package credential_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

// phone is an authenticator app.
type phone struct{ key string }

func (ph phone) show(t testing.TB, at time.Time) string {
	t.Helper()
	code, err := hotp.GenerateCode(ph.key, uint64(at.Unix()/30))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// wrong is a code that the phone shows at no time near.
func (ph phone) wrong(t testing.TB, at time.Time) string {
	t.Helper()
	shown := map[string]bool{}
	for off := -25; off <= 25; off++ {
		shown[ph.show(t, at.Add(time.Duration(off)*30*time.Second))] = true
	}
	for n := 0; ; n++ {
		if code := fmt.Sprintf("%06d", n); !shown[code] {
			return code
		}
	}
}

func newFactors(t testing.TB) *credential.SecondFactors {
	return credential.NewSecondFactors(keyring(t, secret.NewKey()))
}

func (p place) begin(t testing.TB, factors *credential.SecondFactors) (credential.Enrolment, phone) {
	t.Helper()
	var enrolment credential.Enrolment
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		enrolment, err = factors.Begin(ctx, tx, p.account, "ses_set_up")
		return err
	})
	return enrolment, phone{enrolment.Key.Reveal()}
}

func (p place) confirm(t testing.TB, factors *credential.SecondFactors, code string) error {
	t.Helper()
	return p.try(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return factors.Confirm(ctx, tx, p.account, "ses_set_up", code)
	})
}

func (p place) check(t testing.TB, factors *credential.SecondFactors, code string) error {
	t.Helper()
	return p.try(t.Context(), func(ctx context.Context, tx *db.Tx) error { return factors.Check(ctx, tx, p.account, code) })
}

// enrolled gives the account a second factor and lets the code run out.
func (p place) enrolled(t testing.TB, factors *credential.SecondFactors) phone {
	t.Helper()
	_, ph := p.begin(t, factors)
	if err := p.confirm(t, factors, ph.show(t, p.clock.Now())); err != nil {
		t.Fatal(err)
	}
	p.clock.Advance(time.Minute)
	return ph
}

func (p place) enabled(t testing.TB, factors *credential.SecondFactors) (on bool) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		on, err = factors.Enabled(ctx, tx, p.account)
		return err
	})
	return on
}

func TestEnrolmentKeepsItsKeyForThirtyMinutes(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	first, ph := p.begin(t, factors)
	if len(first.Key.Reveal()) != 32 {
		t.Errorf("the key is %q", first.Key.Reveal())
	}
	for range 3 {
		p.clock.Advance(9 * time.Minute)
		wantFault(t, p.confirm(t, factors, ph.wrong(t, p.clock.Now())), credential.ErrEnrolmentCodeWrong)
		if again, _ := p.begin(t, factors); again != first {
			t.Fatalf("the set-up changed from %v to %v", first.ExpiresAt, again.ExpiresAt)
		}
	}
	if p.enabled(t, factors) {
		t.Error("wrong codes turned the second factor on")
	}
	p.clock.Advance(3 * time.Minute)
	wantFault(t, p.confirm(t, factors, ph.show(t, p.clock.Now())), credential.ErrEnrolmentExpired)
	if next, _ := p.begin(t, factors); next.Key == first.Key {
		t.Error("a new set-up has the old key")
	}
}

func TestNothingIsConfirmedThatWasNotBegun(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	wantFault(t, p.confirm(t, factors, "123456"), credential.ErrEnrolmentExpired)
	wantFault(t, p.check(t, factors, "123456"), credential.ErrNoSecondFactor)
}

func TestConfirmingUsesTheCodeUp(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	_, ph := p.begin(t, factors)
	code := ph.show(t, p.clock.Now())
	if err := p.confirm(t, factors, code[:3]+" "+code[3:]); err != nil {
		t.Fatal(err)
	}
	if !p.enabled(t, factors) {
		t.Error("the second factor is off")
	}
	wantFault(t, p.check(t, factors, code), credential.ErrCodeUsed)
	wantFault(t, p.confirm(t, factors, code), credential.ErrEnrolmentExpired)
}

func TestCheckAcceptsOneStepEitherWayAndEachStepOnce(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	ph := p.enrolled(t, factors)
	now := p.clock.Now()
	wantFault(t, p.check(t, factors, ph.show(t, now.Add(-60*time.Second))), credential.ErrCodeWrong)
	wantFault(t, p.check(t, factors, ph.show(t, now.Add(60*time.Second))), credential.ErrCodeWrong)
	for _, off := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
		code := ph.show(t, now.Add(off))
		if err := p.check(t, factors, code); err != nil {
			t.Errorf("code of %v: %v", off, err)
		}
		wantFault(t, p.check(t, factors, code), credential.ErrCodeUsed)
	}
	// The step of the next half minute is used: older ones are too.
	wantFault(t, p.check(t, factors, ph.show(t, now)), credential.ErrCodeUsed)
	wantFault(t, p.check(t, factors, ""), credential.ErrCodeMissing)
	wantFault(t, p.check(t, factors, "12345"), credential.ErrCodeWrong)
}

func TestAnotherAccountsCodeIsWrong(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	ph := p.enrolled(t, factors)
	other := p
	other.account = p.newAccount(t)
	other.enrolled(t, factors)
	if err := other.check(t, factors, ph.show(t, p.clock.Now())); err == nil {
		t.Error("another account's code was accepted")
	}
}

func TestReplacingKeepsTheOldOneUntilTheNewIsProven(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	old := p.enrolled(t, factors)
	_, next := p.begin(t, factors)
	if err := p.check(t, factors, old.show(t, p.clock.Now())); err != nil {
		t.Errorf("the old app stopped working: %v", err)
	}
	if err := p.confirm(t, factors, next.show(t, p.clock.Now())); err != nil {
		t.Fatal(err)
	}
	p.clock.Advance(time.Minute)
	wantFault(t, p.check(t, factors, old.show(t, p.clock.Now())), credential.ErrCodeWrong)
	if err := p.check(t, factors, next.show(t, p.clock.Now())); err != nil {
		t.Error(err)
	}
}

func TestAWrongClockIsExplainedOnlyWhileSettingUp(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	_, ph := p.begin(t, factors)
	now := p.clock.Now()
	for _, c := range []struct {
		off     time.Duration
		want    *fault.Fault
		minutes int
	}{
		{-1 * time.Minute, credential.ErrClockSlow, 1},
		{-4 * time.Minute, credential.ErrClockSlow, 4},
		{4 * time.Minute, credential.ErrClockFast, 4},
		{10 * time.Minute, credential.ErrClockFast, 10},
		{-11 * time.Minute, credential.ErrEnrolmentCodeWrong, 0},
	} {
		err := p.confirm(t, factors, ph.show(t, now.Add(c.off)))
		wantFault(t, err, c.want)
		if f, _ := fault.Of(err); c.minutes != 0 && f.Params["Minutes"] != c.minutes {
			t.Errorf("clock off by %v: %v minutes", c.off, f.Params["Minutes"])
		}
	}
	if err := p.confirm(t, factors, ph.show(t, now)); err != nil {
		t.Fatal(err)
	}
	// At a log-in the same answer would point a guesser at a coming code.
	wantFault(t, p.check(t, factors, ph.show(t, now.Add(4*time.Minute))), credential.ErrCodeWrong)
}

func TestRemoveTurnsItOff(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	ph := p.enrolled(t, factors)
	_, next := p.begin(t, factors)
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return factors.Remove(ctx, tx, p.account) })
	if p.enabled(t, factors) {
		t.Error("it is still on")
	}
	wantFault(t, p.check(t, factors, ph.show(t, p.clock.Now())), credential.ErrNoSecondFactor)
	wantFault(t, p.confirm(t, factors, next.show(t, p.clock.Now())), credential.ErrEnrolmentExpired)
}

func TestSeedsAreSealedToTheirRow(t *testing.T) {
	p, factors := newPlace(t), newFactors(t)
	ph := p.enrolled(t, factors)
	thief := p
	thief.account = p.newAccount(t)
	thief.enrolled(t, factors)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		var sealed []byte
		if err := tx.QueryRow(ctx, `SELECT secret_sealed FROM second_factors WHERE account_id = $1`, p.account).Scan(&sealed); err != nil {
			return err
		}
		if strings.Contains(string(sealed), ph.key) {
			t.Error("the seed is stored in clear")
		}
		_, err := tx.Exec(ctx, `UPDATE second_factors SET secret_sealed = $1 WHERE account_id = $2`, sealed, thief.account)
		return err
	})
	wantFault(t, thief.check(t, factors, ph.show(t, p.clock.Now())), secret.ErrNotAuthentic)
}

func TestSecondFactorSurvivesKeyRotation(t *testing.T) {
	p := newPlace(t)
	first, second := secret.NewKey(), secret.NewKey()
	ph := p.enrolled(t, credential.NewSecondFactors(keyring(t, first)))
	rotated := credential.NewSecondFactors(keyring(t, second+","+first))
	if err := p.check(t, rotated, ph.show(t, p.clock.Now())); err != nil {
		t.Error(err)
	}
}

func TestEnrolmentDoesNotPrintItsKey(t *testing.T) {
	enrolment := credential.Enrolment{Key: "JBSWY3DPEHPK3PXP"}
	if text := fmt.Sprintf("%v %+v %#v", enrolment, enrolment, enrolment); strings.Contains(text, "JBSW") {
		t.Error(text)
	}
}

func TestRaceForATimeStep(t *testing.T) {
	p, nodes := racePlace(t)
	factors := newFactors(t)
	ph := p.enrolled(t, factors)
	for range dbtest.RaceRounds() {
		p.clock.Advance(time.Minute)
		code := ph.show(t, p.clock.Now())
		race(t, nodes, func(ctx context.Context, tx *db.Tx) error { return factors.Check(ctx, tx, p.account, code) }, credential.ErrCodeUsed)
	}
}

func TestRaceForAnEnrolment(t *testing.T) {
	p, nodes := racePlace(t)
	factors := newFactors(t)
	for range dbtest.RaceRounds() {
		p.clock.Advance(time.Minute)
		_, ph := p.begin(t, factors)
		code := ph.show(t, p.clock.Now())
		race(t, nodes, func(ctx context.Context, tx *db.Tx) error {
			err := factors.Confirm(ctx, tx, p.account, "ses_set_up", code)
			if err == credential.ErrEnrolmentExpired { // came after the winner's commit
				return credential.ErrCodeUsed
			}
			return err
		}, credential.ErrCodeUsed)
	}
}
