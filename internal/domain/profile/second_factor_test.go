package profile_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

func TestTheSetUpGoesFromThePasswordToThePortal(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	p.Step(t, b, account.StepSecondFactor)
	p.TurnsSecondFactorOn(t, b)
	p.Step(t, b, account.StepRecoveryCodes)
	current := b.Must(t)
	if !current.SecondFactorOn || !current.SecondFactorProven {
		t.Errorf("the session is %+v", current)
	}

	sheet, err := p.Profiles.RecoverySheet(t.Context(), current)
	domaintest.MustNot(t, err)
	again, err := p.Profiles.RecoverySheet(t.Context(), current)
	domaintest.MustNot(t, err)
	left, err := p.Profiles.RecoveryCodesLeft(t.Context(), current)
	domaintest.MustNot(t, err)
	if len(sheet.Codes) != 10 || left != 10 || sheet.Codes[3].Reveal() != again.Codes[3].Reveal() {
		t.Errorf("the sheet shows %d codes, %d are left", len(sheet.Codes), left)
	}
	domaintest.MustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), current))
	p.Step(t, b, account.StepDone)
	_, err = p.Profiles.RecoverySheet(t.Context(), current)
	domaintest.Refused(t, err, credential.ErrNoRecoverySheet)
	if left, err := p.Profiles.RecoveryCodesLeft(t.Context(), current); err != nil || left != 10 {
		t.Errorf("%d codes are left, %v", left, err)
	}
	stored := p.Dump(t)
	for _, code := range sheet.Codes {
		if strings.Contains(stored, code.Reveal()) || strings.Contains(stored, strings.ReplaceAll(code.Reveal(), "-", "")) {
			t.Fatal("a recovery code is stored in clear")
		}
	}
	if letters := p.Letters(t, domaintest.Guest); len(letters) != 2 || !strings.Contains(letters[1], "wo-factor authentication") {
		t.Errorf("the owner got %d letters", len(letters))
	}
	for _, action := range []string{"user.joined", "second_factor.turned_on", "recovery_codes.saved"} {
		if p.Events(t, action) != 1 {
			t.Errorf("%s stands %d times in the trail", action, p.Events(t, action))
		}
	}
	p.Verify(t)
}

func TestNotNowEndsTheSetUp(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	domaintest.MustNot(t, p.Profiles.SkipSecondFactor(t.Context(), b.Must(t)))
	domaintest.MustNot(t, p.Profiles.SkipSecondFactor(t.Context(), b.Must(t))) // a double click
	p.Step(t, b, account.StepDone)
	if current := b.Must(t); current.SecondFactorOn || p.Events(t, "second_factor.skipped") != 1 {
		t.Errorf("%+v, %d lines in the trail", current, p.Events(t, "second_factor.skipped"))
	}
}

func TestRecoveryCodesAreNotConfirmedBeforeThereAreAny(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	domaintest.MustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.Must(t)))
	p.Step(t, b, account.StepSecondFactor)
	p.TurnsSecondFactorOn(t, b)
	domaintest.MustNot(t, p.Profiles.SkipSecondFactor(t.Context(), b.Must(t))) // too late: it is on
	p.Step(t, b, account.StepRecoveryCodes)
	domaintest.MustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.Must(t)))
	domaintest.MustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.Must(t)))
	if n := p.Events(t, "recovery_codes.saved"); n != 1 {
		t.Errorf("the trail says %d times that the codes are saved", n)
	}
}

func TestTheKeyStaysTheSameForThirtyMinutes(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	_, err := p.Profiles.Enrolment(t.Context(), b.Must(t))
	domaintest.Refused(t, err, credential.ErrEnrolmentExpired) // not begun
	first, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), "000000")
	domaintest.Refused(t, err, credential.ErrEnrolmentCodeWrong)
	p.Clock.Advance(29*time.Minute + 59*time.Second)

	again := b // the tab was closed, the browser goes on
	p.Step(t, again, account.StepSecondFactor)
	same, err := p.Profiles.BeginSecondFactor(t.Context(), again.Must(t))
	domaintest.MustNot(t, err)
	if same.Key != first.Key || !same.ExpiresAt.Equal(first.ExpiresAt) {
		t.Error("the key changed under the eyes of its owner")
	}
	p.Clock.Advance(time.Second)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), again.Must(t), p.Code(t, first.Key.Reveal()))
	domaintest.Refused(t, err, credential.ErrEnrolmentExpired)
	fresh, err := p.Profiles.BeginSecondFactor(t.Context(), again.Must(t))
	domaintest.MustNot(t, err)
	if fresh.Key == first.Key {
		t.Error("the key outlived its time")
	}
}

// Whoever got into the account before its owner protects it must not know the
// key that its owner is going to scan.
func TestAttackerReadsTheKeyThatTheOwnerWillScan(t *testing.T) {
	p := newHouse(t)
	owner := p.Newcomer(t)
	thief := p.Again(t, owner)
	known, err := p.Profiles.BeginSecondFactor(t.Context(), thief.Must(t))
	domaintest.MustNot(t, err)
	_, err = p.Profiles.Enrolment(t.Context(), owner.Must(t))
	domaintest.Refused(t, err, credential.ErrEnrolmentExpired)
	scanned, err := p.Profiles.BeginSecondFactor(t.Context(), owner.Must(t))
	domaintest.MustNot(t, err)
	if scanned.Key == known.Key {
		t.Error("the owner is shown the thief's key")
	}
	_, err = p.Profiles.Enrolment(t.Context(), thief.Must(t))
	domaintest.Refused(t, err, credential.ErrEnrolmentExpired)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), thief.Must(t), p.Code(t, known.Key.Reveal()))
	domaintest.Refused(t, err, credential.ErrEnrolmentExpired)
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), owner.Must(t), p.Code(t, scanned.Key.Reveal()))
	owner.Keep(t, token, err)
}

func TestCodesThatDoNotProveTheAppSayWhy(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	key := enrolment.Key.Reveal()
	at := func(offset time.Duration) string {
		code, err := totp.GenerateCode(key, p.Clock.Now().Add(offset))
		domaintest.MustNot(t, err)
		return code
	}
	for code, want := range map[string]error{
		"": credential.ErrCodeMissing, "12345": credential.ErrEnrolmentCodeWrong, "1234567": credential.ErrEnrolmentCodeWrong,
		"١٢٣٤٥٦\x00": credential.ErrEnrolmentCodeWrong, at(-5 * time.Minute): credential.ErrClockSlow, at(5 * time.Minute): credential.ErrClockFast,
		at(-24 * time.Hour): credential.ErrEnrolmentCodeWrong,
	} {
		if _, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), code); !errors.Is(err, want) {
			t.Errorf("%q is answered with %v, want %v", code, err, want)
		}
	}
	if b.Must(t).SecondFactorOn || p.Events(t, "second_factor.turned_on") != 0 {
		t.Error("a refused code turned the second factor on")
	}
	code := at(0)
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), code[:3]+" "+code[3:])
	b.Keep(t, token, err)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), code)
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)
	_, err = p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error {
		return p.SecondFactors.Check(t.Context(), tx, b.Must(t).Actor.AccountID, code)
	}); !errors.Is(err, credential.ErrCodeUsed) {
		t.Errorf("the code of the set-up logs in: %v", err)
	}
}

func TestAttackerGuessesTheCodeOfASetUp(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	for range 20 {
		_, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), "000000")
		domaintest.Refused(t, err, credential.ErrEnrolmentCodeWrong)
	}
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
	domaintest.Throttled(t, err, 15*time.Minute)
	p.Clock.Advance(15 * time.Minute)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
	domaintest.MustNot(t, err)
}

func TestASecondFactorEndsWhatWasOpenWithoutIt(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	other := p.Again(t, b)
	actor := b.Must(t).Actor
	var half session.StartedHalf
	p.Write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		half, err = session.StartHalf(ctx, tx, session.NewHalf{AccountID: actor.AccountID, Step: session.StepOrganization})
		return err
	})
	old := b.Token
	p.TurnsSecondFactorOn(t, b)
	b.Must(t)
	for what, token := range map[string]string{"another session": other.Token, "the token from before": old} {
		if _, err := p.Sessions.Authenticate(t.Context(), token, domaintest.Origin); !errors.Is(err, session.ErrEnded) {
			t.Errorf("%s goes on: %v", what, err)
		}
	}
	domaintest.MustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error {
		if _, err := session.FindHalf(t.Context(), tx, organization.Client, half.Token.Reveal()); !errors.Is(err, session.ErrHalfEnded) {
			t.Errorf("the half log-in goes on: %v", err)
		}
		return nil
	}))
}
