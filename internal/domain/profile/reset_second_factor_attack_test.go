package profile_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

func factors(password, code string) profile.FactorProof {
	return profile.FactorProof{Password: domaintest.Proof(password), Code: code}
}

// protectedPerson has a second factor and is logged in since 20 minutes.
func protectedPerson(t *testing.T) (p house, who *domaintest.Holder, b *domaintest.Browser, recovery []string) {
	t.Helper()
	p = newHouse(t)
	who = p.Person(t)
	recovery = p.Protect(t, who)
	b = p.LogIn(t, who)
	p.Clock.Advance(20 * time.Minute)
	return p, who, b, recovery
}

func (p house) accepts(t testing.TB, who *domaintest.Holder, code string) bool {
	t.Helper()
	var refusal error
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		refusal = p.SecondFactors.Check(ctx, tx, who.Account, code)
		return nil
	})
	return refusal == nil
}

func TestASecondFactorIsReplacedOnceTheNewOneIsProven(t *testing.T) {
	p, who, b, recovery := protectedPerson(t)
	other := p.LogIn(t, who)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, p.Code(t, who.Key)))
	b.Keep(t, token, err)
	enrolment, err := p.Profiles.Enrolment(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	if enrolment.Key.Reveal() == who.Key {
		t.Fatal("the new key is the old one")
	}
	p.Clock.Advance(time.Minute)
	if !p.accepts(t, who, p.Code(t, who.Key)) {
		t.Error("the old authenticator stopped before the new one was proven")
	}
	token, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
	b.Keep(t, token, err)
	p.Clock.Advance(time.Minute)
	if p.accepts(t, who, p.Code(t, who.Key)) {
		t.Error("the old authenticator still works")
	}
	if !p.accepts(t, who, p.Code(t, enrolment.Key.Reveal())) {
		t.Error("the new authenticator does not work")
	}
	if _, err := other.Current(t); err == nil {
		t.Error("another session survived")
	}
	sheet, err := p.Profiles.RecoverySheet(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	if len(sheet.Codes) != 10 || sheet.Codes[0].Reveal() == recovery[0] {
		t.Error("there are no new recovery codes to save")
	}
	told := p.Letters(t, who.Email)
	if len(told) != 1 || !strings.Contains(told[0], "You set up a new authenticator") {
		t.Errorf("the letters are %q", told)
	}
	if p.Events(t, "second_factor.reset") != 1 || p.Events(t, "second_factor.reset_begun") != 1 {
		t.Error("the trail lacks a step")
	}
}

func TestARecoveryCodeStandsInForALostPhone(t *testing.T) {
	p, who, b, recovery := protectedPerson(t)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, strings.ToLower(recovery[0])))
	b.Keep(t, token, err)
	if p.Events(t, "recovery_code.used") != 1 {
		t.Error("the use of a recovery code is not in the trail")
	}
	_, err = p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, recovery[0]))
	domaintest.Refused(t, err, credential.ErrRecoveryCodeWrong)
	enrolment, err := p.Profiles.Enrolment(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	token, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
	b.Keep(t, token, err)
	who.Key = enrolment.Key.Reveal()
}

func TestTheRefusalsOfAResetOfTheSecondFactor(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	for _, c := range []struct {
		password, code, field string
		want                  *fault.Fault
	}{
		{"", p.Code(t, who.Key), "password", proof.ErrPasswordMissing},
		{domaintest.Wrong, p.Code(t, who.Key), "password", proof.ErrPasswordWrong},
		{domaintest.Password, "", "code", credential.ErrCodeMissing},
		{domaintest.Password, "  ", "code", credential.ErrCodeMissing},
		{domaintest.Password, "000 000", "code", credential.ErrCodeWrong},
		{domaintest.Password, "ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2", "code", credential.ErrRecoveryCodeWrong},
	} {
		_, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(c.password, c.code))
		domaintest.Refused(t, err, c.want)
		if f, _ := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%q, %q: %v does not stand at %s", c.password, c.code, err, c.field)
		}
	}
	plain := p.LogIn(t, p.Person(t))
	_, err := p.Profiles.ResetSecondFactor(t.Context(), plain.Must(t), factors(domaintest.Password, ""))
	domaintest.Refused(t, err, credential.ErrNoSecondFactor)
	_, err = p.Profiles.TurnOffSecondFactor(t.Context(), plain.Must(t), factors(domaintest.Password, ""))
	domaintest.Refused(t, err, credential.ErrNoSecondFactor)
	_, err = p.Profiles.NewRecoveryCodes(t.Context(), plain.Must(t))
	domaintest.Refused(t, err, credential.ErrNoSecondFactor)
}

func TestNoCodeIsAskedRightAfterTheLogIn(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	p.Protect(t, who)
	b := p.LogIn(t, who)
	if profile.NeedsCode(b.Must(t), p.Clock.Now()) {
		t.Error("a code is asked again within 15 minutes")
	}
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, ""))
	b.Keep(t, token, err)
}

func TestConfirmingThePasswordDoesNotStandInForACode(t *testing.T) {
	p, _, b, _ := protectedPerson(t)
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.Must(t), domaintest.Proof(domaintest.Password))
	b.Keep(t, token, err)
	if !profile.NeedsCode(b.Must(t), p.Clock.Now()) {
		t.Error("the password alone opens the second factor")
	}
}

func TestAttackerReplaysTheCodeOfTheLogIn(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	code := p.Code(t, who.Key)
	if !p.accepts(t, who, code) { // the log-in uses it up
		t.Fatal("the code is not accepted")
	}
	for _, typed := range []string{code, " " + code, code[:3] + " " + code[3:], code[:3] + "-" + code[3:]} {
		_, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, typed))
		domaintest.Refused(t, err, credential.ErrCodeUsed)
	}
}

func TestAttackerWithASessionSetsUpAnAuthenticatorBesideTheOldOne(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	_, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), "000000")
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)

	// The owner begins a reset elsewhere: the stolen session neither sees the key
	// nor finishes it, not even with the right code.
	owner := p.LogIn(t, who)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), owner.Must(t), factors(domaintest.Password, p.Code(t, who.Key)))
	owner.Keep(t, token, err)
	_, err = p.Profiles.Enrolment(t.Context(), b.Must(t))
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)
	_, err = p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)
	enrolment, err := p.Profiles.Enrolment(t.Context(), owner.Must(t))
	domaintest.MustNot(t, err)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)
}

func TestAResetThatTakesTooLongIsForgotten(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, p.Code(t, who.Key)))
	b.Keep(t, token, err)
	enrolment, err := p.Profiles.Enrolment(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	for range 2 {
		p.Clock.Advance(15 * time.Minute)
		b.Must(t) // stays in use
	}
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
	domaintest.Refused(t, err, profile.ErrSecondFactorOn)
	if !p.accepts(t, who, p.Code(t, who.Key)) {
		t.Error("the old authenticator does not work any more")
	}
}

func TestAttackerGuessesCodesThroughTheReset(t *testing.T) {
	p, _, b, recovery := protectedPerson(t)
	evaluated := 0
	for range 30 {
		_, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, "000000"))
		if domaintest.RefusedAs(err, credential.ErrCodeWrong) {
			evaluated++
		} else if !fault.IsKind(err, fault.TooMany) {
			t.Fatal(err)
		}
	}
	if evaluated != 5 {
		t.Errorf("%d codes were looked at within 15 minutes, want 5", evaluated)
	}
	if p.Events(t, "second_factor.code_refused") != evaluated {
		t.Error("not every wrong code is in the trail")
	}
	p.Clock.Advance(time.Minute)
	// The owner of a recovery code is not locked out by that.
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, recovery[3]))
	b.Keep(t, token, err)
}

func TestAttackerUsesSomebodyElsesRecoveryCode(t *testing.T) {
	p, _, b, _ := protectedPerson(t)
	other := p.Person(t)
	theirs := p.Protect(t, other)
	_, err := p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, theirs[0]))
	domaintest.Refused(t, err, credential.ErrRecoveryCodeWrong)
}

func TestTheSecondFactorIsTurnedOff(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	other := p.LogIn(t, who)
	token, err := p.Profiles.TurnOffSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, p.Code(t, who.Key)))
	b.Keep(t, token, err)
	if b.Must(t).SecondFactorOn {
		t.Error("it is still on")
	}
	if _, err := other.Current(t); err == nil {
		t.Error("another session survived")
	}
	if n := p.Count(t, `SELECT count(*) FROM recovery_codes`); n != 0 {
		t.Errorf("%d recovery codes are left", n)
	}
	if told := p.Letters(t, who.Email); len(told) != 1 || !strings.Contains(told[0], "Priya Shah turned it off") {
		t.Errorf("the letters are %q", told)
	}
}

func TestNewRecoveryCodesReplaceTheOldOnes(t *testing.T) {
	p, who, b, recovery := protectedPerson(t)
	_, err := p.Profiles.NewRecoveryCodes(t.Context(), b.Must(t))
	domaintest.Refused(t, err, profile.ErrConfirmFirst)
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.Must(t), domaintest.Proof(domaintest.Password))
	b.Keep(t, token, err)
	token, err = p.Profiles.NewRecoveryCodes(t.Context(), b.Must(t))
	b.Keep(t, token, err)
	if step := b.Must(t).SetupStep; step != string(account.StepRecoveryCodes) {
		t.Errorf("the next page is %q", step)
	}
	domaintest.MustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.Must(t)))
	_, err = p.Profiles.ResetSecondFactor(t.Context(), b.Must(t), factors(domaintest.Password, recovery[0]))
	domaintest.Refused(t, err, credential.ErrRecoveryCodeWrong)
	if told := p.Letters(t, who.Email); len(told) != 1 || !strings.Contains(told[0], "The old ones no longer work") {
		t.Errorf("the letters are %q", told)
	}
}

func TestOneCodeResetsOnce(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	current, code := b.Must(t), p.Code(t, who.Key)
	var acts []func() error
	for range 4 {
		acts = append(acts, func() error {
			_, err := p.Profiles.ResetSecondFactor(context.Background(), current, factors(domaintest.Password, code))
			return err
		})
	}
	if answers := domaintest.Together(acts...); domaintest.Succeeded(answers) != 1 {
		t.Errorf("not exactly one succeeded: %s", domaintest.Describe(answers))
	}
}
