package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

func factors(password, code string) account.FactorProof {
	return account.FactorProof{Proof: proof(password), Code: code}
}

// protectedPerson has a second factor and is logged in since 20 minutes.
func protectedPerson(t *testing.T) (p *place, who *holder, b *browser, recovery []string) {
	t.Helper()
	p = newPlace(t)
	who = p.person(t)
	recovery = p.protect(t, who)
	b = p.logIn(t, who)
	p.clock.Advance(20 * time.Minute)
	return p, who, b, recovery
}

func (p *place) accepts(t testing.TB, who *holder, code string) bool {
	t.Helper()
	var refusal error
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		refusal = p.SecondFactors.Check(ctx, tx, who.account, code)
		return nil
	})
	return refusal == nil
}

func TestASecondFactorIsReplacedOnceTheNewOneIsProven(t *testing.T) {
	p, who, b, recovery := protectedPerson(t)
	other := p.logIn(t, who)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, p.code(t, who.key)))
	b.keep(t, token, err)
	enrolment, err := p.Profiles.Enrolment(t.Context(), b.must(t))
	mustNot(t, err)
	if enrolment.Key.Reveal() == who.key {
		t.Fatal("the new key is the old one")
	}
	p.clock.Advance(time.Minute)
	if !p.accepts(t, who, p.code(t, who.key)) {
		t.Error("the old authenticator stopped before the new one was proven")
	}
	token, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
	b.keep(t, token, err)
	p.clock.Advance(time.Minute)
	if p.accepts(t, who, p.code(t, who.key)) {
		t.Error("the old authenticator still works")
	}
	if !p.accepts(t, who, p.code(t, enrolment.Key.Reveal())) {
		t.Error("the new authenticator does not work")
	}
	if _, err := other.current(t); err == nil {
		t.Error("another session survived")
	}
	sheet, err := p.Profiles.RecoverySheet(t.Context(), b.must(t))
	mustNot(t, err)
	if len(sheet.Codes) != 10 || sheet.Codes[0].Reveal() == recovery[0] {
		t.Error("there are no new recovery codes to save")
	}
	told := p.letters(t, who.email)
	if len(told) != 1 || !strings.Contains(told[0], "You set up a new authenticator") {
		t.Errorf("the letters are %q", told)
	}
	if p.events(t, "second_factor.reset") != 1 || p.events(t, "second_factor.reset_begun") != 1 {
		t.Error("the trail lacks a step")
	}
}

func TestARecoveryCodeStandsInForALostPhone(t *testing.T) {
	p, who, b, recovery := protectedPerson(t)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, strings.ToLower(recovery[0])))
	b.keep(t, token, err)
	if p.events(t, "recovery_code.used") != 1 {
		t.Error("the use of a recovery code is not in the trail")
	}
	_, err = p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, recovery[0]))
	refused(t, err, credential.ErrRecoveryCodeWrong)
	enrolment, err := p.Profiles.Enrolment(t.Context(), b.must(t))
	mustNot(t, err)
	token, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
	b.keep(t, token, err)
	who.key = enrolment.Key.Reveal()
}

func TestTheRefusalsOfAResetOfTheSecondFactor(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	for _, c := range []struct {
		password, code, field string
		want                  *fault.Fault
	}{
		{"", p.code(t, who.key), "password", account.ErrPasswordMissing},
		{wrong, p.code(t, who.key), "password", account.ErrPasswordWrong},
		{password, "", "code", credential.ErrCodeMissing},
		{password, "  ", "code", credential.ErrCodeMissing},
		{password, "000 000", "code", credential.ErrCodeWrong},
		{password, "ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2", "code", credential.ErrRecoveryCodeWrong},
	} {
		_, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(c.password, c.code))
		refused(t, err, c.want)
		if f, _ := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%q, %q: %v does not stand at %s", c.password, c.code, err, c.field)
		}
	}
	plain := p.logIn(t, p.person(t))
	_, err := p.Profiles.ResetSecondFactor(t.Context(), plain.must(t), factors(password, ""))
	refused(t, err, credential.ErrNoSecondFactor)
	_, err = p.Profiles.TurnOffSecondFactor(t.Context(), plain.must(t), factors(password, ""))
	refused(t, err, credential.ErrNoSecondFactor)
	_, err = p.Profiles.NewRecoveryCodes(t.Context(), plain.must(t))
	refused(t, err, credential.ErrNoSecondFactor)
}

func TestNoCodeIsAskedRightAfterTheLogIn(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.protect(t, who)
	b := p.logIn(t, who)
	if account.NeedsCode(b.must(t), p.clock.Now()) {
		t.Error("a code is asked again within 15 minutes")
	}
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, ""))
	b.keep(t, token, err)
}

func TestConfirmingThePasswordDoesNotStandInForACode(t *testing.T) {
	p, _, b, _ := protectedPerson(t)
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.must(t), proof(password))
	b.keep(t, token, err)
	if !account.NeedsCode(b.must(t), p.clock.Now()) {
		t.Error("the password alone opens the second factor")
	}
}

func TestAttackerReplaysTheCodeOfTheLogIn(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	code := p.code(t, who.key)
	if !p.accepts(t, who, code) { // the log-in uses it up
		t.Fatal("the code is not accepted")
	}
	for _, typed := range []string{code, " " + code, code[:3] + " " + code[3:], code[:3] + "-" + code[3:]} {
		_, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, typed))
		refused(t, err, credential.ErrCodeUsed)
	}
}

func TestAttackerWithASessionSetsUpAnAuthenticatorBesideTheOldOne(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	_, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	refused(t, err, account.ErrSecondFactorOn)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), "000000")
	refused(t, err, account.ErrSecondFactorOn)

	// The owner begins a reset elsewhere: the stolen session neither sees the key
	// nor finishes it, not even with the right code.
	owner := p.logIn(t, who)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), owner.must(t), factors(password, p.code(t, who.key)))
	owner.keep(t, token, err)
	_, err = p.Profiles.Enrolment(t.Context(), b.must(t))
	refused(t, err, account.ErrSecondFactorOn)
	_, err = p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	refused(t, err, account.ErrSecondFactorOn)
	enrolment, err := p.Profiles.Enrolment(t.Context(), owner.must(t))
	mustNot(t, err)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
	refused(t, err, account.ErrSecondFactorOn)
}

func TestAResetThatTakesTooLongIsForgotten(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, p.code(t, who.key)))
	b.keep(t, token, err)
	enrolment, err := p.Profiles.Enrolment(t.Context(), b.must(t))
	mustNot(t, err)
	for range 2 {
		p.clock.Advance(15 * time.Minute)
		b.must(t) // stays in use
	}
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
	refused(t, err, account.ErrSecondFactorOn)
	if !p.accepts(t, who, p.code(t, who.key)) {
		t.Error("the old authenticator does not work any more")
	}
}

func TestAttackerGuessesCodesThroughTheReset(t *testing.T) {
	p, _, b, recovery := protectedPerson(t)
	evaluated := 0
	for range 30 {
		_, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, "000000"))
		if refusedAs(err, credential.ErrCodeWrong) {
			evaluated++
		} else if !fault.IsKind(err, fault.TooMany) {
			t.Fatal(err)
		}
	}
	if evaluated != 5 {
		t.Errorf("%d codes were looked at within 15 minutes, want 5", evaluated)
	}
	if p.events(t, "second_factor.code_refused") != evaluated {
		t.Error("not every wrong code is in the trail")
	}
	p.clock.Advance(time.Minute)
	// The owner of a recovery code is not locked out by that.
	token, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, recovery[3]))
	b.keep(t, token, err)
}

func TestAttackerUsesSomebodyElsesRecoveryCode(t *testing.T) {
	p, _, b, _ := protectedPerson(t)
	other := p.person(t)
	theirs := p.protect(t, other)
	_, err := p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, theirs[0]))
	refused(t, err, credential.ErrRecoveryCodeWrong)
}

func TestTheSecondFactorIsTurnedOff(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	other := p.logIn(t, who)
	token, err := p.Profiles.TurnOffSecondFactor(t.Context(), b.must(t), factors(password, p.code(t, who.key)))
	b.keep(t, token, err)
	if b.must(t).SecondFactorOn {
		t.Error("it is still on")
	}
	if _, err := other.current(t); err == nil {
		t.Error("another session survived")
	}
	if n := p.count(t, `SELECT count(*) FROM recovery_codes`); n != 0 {
		t.Errorf("%d recovery codes are left", n)
	}
	if told := p.letters(t, who.email); len(told) != 1 || !strings.Contains(told[0], "Priya Shah turned it off") {
		t.Errorf("the letters are %q", told)
	}
}

func TestNewRecoveryCodesReplaceTheOldOnes(t *testing.T) {
	p, who, b, recovery := protectedPerson(t)
	_, err := p.Profiles.NewRecoveryCodes(t.Context(), b.must(t))
	refused(t, err, account.ErrConfirmFirst)
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.must(t), proof(password))
	b.keep(t, token, err)
	token, err = p.Profiles.NewRecoveryCodes(t.Context(), b.must(t))
	b.keep(t, token, err)
	if step := b.must(t).SetupStep; step != string(account.StepRecoveryCodes) {
		t.Errorf("the next page is %q", step)
	}
	mustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), b.must(t)))
	_, err = p.Profiles.ResetSecondFactor(t.Context(), b.must(t), factors(password, recovery[0]))
	refused(t, err, credential.ErrRecoveryCodeWrong)
	if told := p.letters(t, who.email); len(told) != 1 || !strings.Contains(told[0], "The old ones no longer work") {
		t.Errorf("the letters are %q", told)
	}
}

func TestOneCodeResetsOnce(t *testing.T) {
	p, who, b, _ := protectedPerson(t)
	current, code := b.must(t), p.code(t, who.key)
	var acts []func() error
	for range 4 {
		acts = append(acts, func() error {
			_, err := p.Profiles.ResetSecondFactor(context.Background(), current, factors(password, code))
			return err
		})
	}
	if answers := together(acts...); succeeded(answers) != 1 {
		t.Errorf("not exactly one succeeded: %s", describe(answers))
	}
}
