package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// turnsSecondFactorOn goes through the set-up and returns the key of the app.
func (p house) turnsSecondFactorOn(t testing.TB, b *browser) (key string) {
	t.Helper()
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	mustNot(t, err)
	key = enrolment.Key.Reveal()
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, key))
	b.keep(t, token, err)
	return key
}

func (p house) step(t testing.TB, b *browser, want account.SetupStep) {
	t.Helper()
	if got := b.must(t).SetupStep; got != string(want) {
		t.Errorf("the open step is %q, want %q", got, want)
	}
}

func TestTheSetUpGoesFromThePasswordToThePortal(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	p.step(t, b, account.StepSecondFactor)
	p.turnsSecondFactorOn(t, b)
	p.step(t, b, account.StepRecoveryCodes)
	current := b.must(t)
	if !current.SecondFactorOn || !current.SecondFactorProven {
		t.Errorf("the session is %+v", current)
	}

	sheet, err := p.Profiles.RecoverySheet(t.Context(), current)
	mustNot(t, err)
	again, err := p.Profiles.RecoverySheet(t.Context(), current)
	mustNot(t, err)
	left, err := p.Profiles.RecoveryCodesLeft(t.Context(), current)
	mustNot(t, err)
	if len(sheet.Codes) != 10 || left != 10 || sheet.Codes[3].Reveal() != again.Codes[3].Reveal() {
		t.Errorf("the sheet shows %d codes, %d are left", len(sheet.Codes), left)
	}
	mustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), current))
	p.step(t, b, account.StepDone)
	_, err = p.Profiles.RecoverySheet(t.Context(), current)
	refused(t, err, credential.ErrNoRecoverySheet)
	if left, err := p.Profiles.RecoveryCodesLeft(t.Context(), current); err != nil || left != 10 {
		t.Errorf("%d codes are left, %v", left, err)
	}
	stored := p.dump(t)
	for _, code := range sheet.Codes {
		if strings.Contains(stored, code.Reveal()) || strings.Contains(stored, strings.ReplaceAll(code.Reveal(), "-", "")) {
			t.Fatal("a recovery code is stored in clear")
		}
	}
	if letters := p.letters(t, guest); len(letters) != 2 || !strings.Contains(letters[1], "wo-factor authentication") {
		t.Errorf("the owner got %d letters", len(letters))
	}
	for _, action := range []string{"user.joined", "second_factor.turned_on", "recovery_codes.saved"} {
		if p.events(t, action) != 1 {
			t.Errorf("%s stands %d times in the trail", action, p.events(t, action))
		}
	}
	p.verify(t)
}

func TestNotNowEndsTheSetUp(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	mustNot(t, p.Profiles.SkipSecondFactor(t.Context(), b.must(t)))
	mustNot(t, p.Profiles.SkipSecondFactor(t.Context(), b.must(t))) // a double click
	p.step(t, b, account.StepDone)
	if current := b.must(t); current.SecondFactorOn || p.events(t, "second_factor.skipped") != 1 {
		t.Errorf("%+v, %d lines in the trail", current, p.events(t, "second_factor.skipped"))
	}
}

func TestRecoveryCodesAreNotConfirmedBeforeThereAreAny(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	mustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.must(t)))
	p.step(t, b, account.StepSecondFactor)
	p.turnsSecondFactorOn(t, b)
	mustNot(t, p.Profiles.SkipSecondFactor(t.Context(), b.must(t))) // too late: it is on
	p.step(t, b, account.StepRecoveryCodes)
	mustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.must(t)))
	mustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.must(t)))
	if n := p.events(t, "recovery_codes.saved"); n != 1 {
		t.Errorf("the trail says %d times that the codes are saved", n)
	}
}

func TestTheKeyStaysTheSameForThirtyMinutes(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	_, err := p.Profiles.Enrolment(t.Context(), b.must(t))
	refused(t, err, credential.ErrEnrolmentExpired) // not begun
	first, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	mustNot(t, err)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), "000000")
	refused(t, err, credential.ErrEnrolmentCodeWrong)
	p.clock.Advance(29*time.Minute + 59*time.Second)

	again := b // the tab was closed, the browser goes on
	p.step(t, again, account.StepSecondFactor)
	same, err := p.Profiles.BeginSecondFactor(t.Context(), again.must(t))
	mustNot(t, err)
	if same.Key != first.Key || !same.ExpiresAt.Equal(first.ExpiresAt) {
		t.Error("the key changed under the eyes of its owner")
	}
	p.clock.Advance(time.Second)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), again.must(t), p.code(t, first.Key.Reveal()))
	refused(t, err, credential.ErrEnrolmentExpired)
	fresh, err := p.Profiles.BeginSecondFactor(t.Context(), again.must(t))
	mustNot(t, err)
	if fresh.Key == first.Key {
		t.Error("the key outlived its time")
	}
}

// Whoever got into the account before its owner protects it must not know the
// key that its owner is going to scan.
func TestAttackerReadsTheKeyThatTheOwnerWillScan(t *testing.T) {
	p := newHouse(t)
	owner := p.newcomer(t)
	thief := p.again(t, owner)
	known, err := p.Profiles.BeginSecondFactor(t.Context(), thief.must(t))
	mustNot(t, err)
	_, err = p.Profiles.Enrolment(t.Context(), owner.must(t))
	refused(t, err, credential.ErrEnrolmentExpired)
	scanned, err := p.Profiles.BeginSecondFactor(t.Context(), owner.must(t))
	mustNot(t, err)
	if scanned.Key == known.Key {
		t.Error("the owner is shown the thief's key")
	}
	_, err = p.Profiles.Enrolment(t.Context(), thief.must(t))
	refused(t, err, credential.ErrEnrolmentExpired)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), thief.must(t), p.code(t, known.Key.Reveal()))
	refused(t, err, credential.ErrEnrolmentExpired)
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), owner.must(t), p.code(t, scanned.Key.Reveal()))
	owner.keep(t, token, err)
}

// again is another session of the same account.
func (p house) again(t testing.TB, b *browser) *browser {
	t.Helper()
	actor := b.must(t).Actor
	var started session.Started
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, session.New{
			OrganizationID: actor.OrganizationID, UserID: actor.UserID, AccountID: actor.AccountID, Origin: origin,
		})
		return err
	})
	return &browser{p.place, started.Token.Reveal()}
}

func TestCodesThatDoNotProveTheAppSayWhy(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	mustNot(t, err)
	key := enrolment.Key.Reveal()
	at := func(offset time.Duration) string {
		code, err := totp.GenerateCode(key, p.clock.Now().Add(offset))
		mustNot(t, err)
		return code
	}
	for code, want := range map[string]error{
		"": credential.ErrCodeMissing, "12345": credential.ErrEnrolmentCodeWrong, "1234567": credential.ErrEnrolmentCodeWrong,
		"١٢٣٤٥٦\x00": credential.ErrEnrolmentCodeWrong, at(-5 * time.Minute): credential.ErrClockSlow, at(5 * time.Minute): credential.ErrClockFast,
		at(-24 * time.Hour): credential.ErrEnrolmentCodeWrong,
	} {
		if _, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), code); !errors.Is(err, want) {
			t.Errorf("%q is answered with %v, want %v", code, err, want)
		}
	}
	if b.must(t).SecondFactorOn || p.events(t, "second_factor.turned_on") != 0 {
		t.Error("a refused code turned the second factor on")
	}
	code := at(0)
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), code[:3]+" "+code[3:])
	b.keep(t, token, err)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), code)
	refused(t, err, account.ErrSecondFactorOn)
	_, err = p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	refused(t, err, account.ErrSecondFactorOn)
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error {
		return p.SecondFactors.Check(t.Context(), tx, b.must(t).Actor.AccountID, code)
	}); !errors.Is(err, credential.ErrCodeUsed) {
		t.Errorf("the code of the set-up logs in: %v", err)
	}
}

func TestAttackerGuessesTheCodeOfASetUp(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	mustNot(t, err)
	for range 20 {
		_, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), "000000")
		refused(t, err, credential.ErrEnrolmentCodeWrong)
	}
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
	throttled(t, err, 15*time.Minute)
	p.clock.Advance(15 * time.Minute)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
	mustNot(t, err)
}

func TestASecondFactorEndsWhatWasOpenWithoutIt(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	other := p.again(t, b)
	actor := b.must(t).Actor
	var half session.StartedHalf
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		half, err = session.StartHalf(ctx, tx, session.NewHalf{AccountID: actor.AccountID, Step: session.StepOrganization})
		return err
	})
	old := b.token
	p.turnsSecondFactorOn(t, b)
	b.must(t)
	for what, token := range map[string]string{"another session": other.token, "the token from before": old} {
		if _, err := p.sessions.Authenticate(t.Context(), token, origin); !errors.Is(err, session.ErrEnded) {
			t.Errorf("%s goes on: %v", what, err)
		}
	}
	mustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error {
		if _, err := session.FindHalf(t.Context(), tx, half.Token.Reveal()); !errors.Is(err, session.ErrHalfEnded) {
			t.Errorf("the half log-in goes on: %v", err)
		}
		return nil
	}))
}
