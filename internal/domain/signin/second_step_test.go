package signin_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/domain/attempt"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// TestNewTokenAtEachStep: whoever planted or saw a token of one step has
// nothing at the next (session fixation).
func TestNewTokenAtEachStep(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	southwind := p.Organization(t, "Southwind")
	p.Join(t, who.Holder, southwind)

	atCode := p.half(t, who)
	_, err := p.SignIn.ChooseOrganization(t.Context(), signin.Choose{HalfToken: atCode, OrganizationID: southwind})
	wants(t, "the organization before the code", err, signin.ErrHalfEnded)
	_, err = p.SignIn.Choices(t.Context(), atCode)
	wants(t, "the choices before the code", err, signin.ErrHalfEnded)

	outcome, err := p.tryCode(atCode, p.Code(t, who.Key))
	if err != nil || outcome.Half == nil || outcome.Session != nil || outcome.Half.Step != session.StepOrganization {
		t.Fatalf("the code leads to %+v, %v", outcome, err)
	}
	atOrganization := outcome.Half.Token.Reveal()
	_, err = p.SignIn.Half(t.Context(), atCode)
	wants(t, "the first token after the code", err, signin.ErrHalfEnded)
	choices, err := p.SignIn.Choices(t.Context(), atOrganization)
	if err != nil || len(choices) != 2 {
		t.Fatalf("choices %+v, %v", choices, err)
	}
	p.Clock.Advance(time.Minute)
	_, err = p.tryCode(atOrganization, p.Code(t, who.Key))
	wants(t, "a code after the code", err, signin.ErrHalfEnded)
	_, err = p.SignIn.ChooseOrganization(t.Context(), signin.Choose{HalfToken: atOrganization, OrganizationID: "org_other"})
	wants(t, "somebody else's organization", err, signin.ErrNotMember)

	outcome, err = p.SignIn.ChooseOrganization(t.Context(), signin.Choose{HalfToken: atOrganization, OrganizationID: southwind, Browser: browserAt("192.0.2.1", "")})
	current := p.in(t, outcome, err)
	if current.Actor.OrganizationID != southwind || !current.SecondFactorProven {
		t.Errorf("%+v", current)
	}
	seen := map[string]bool{atCode: true, atOrganization: true, outcome.Session.Token.Reveal(): true}
	if len(seen) != 3 {
		t.Error("a token was used for two steps")
	}
	_, err = p.SignIn.ChooseOrganization(t.Context(), signin.Choose{HalfToken: atOrganization, OrganizationID: p.Northwind})
	wants(t, "a second choice", err, signin.ErrHalfEnded)
}

func TestChosenOrganizationIsSuspended(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	southwind := p.Organization(t, "Southwind")
	p.Join(t, who.Holder, southwind)
	half := p.half(t, who)
	p.SetStatus(t, who.Holder, "suspended")
	_, err := p.SignIn.ChooseOrganization(t.Context(), signin.Choose{HalfToken: half, OrganizationID: p.Northwind})
	wants(t, "suspended meanwhile", err, signin.ErrSuspended)
	outcome, err := p.SignIn.ChooseOrganization(t.Context(), signin.Choose{HalfToken: half, OrganizationID: southwind, Browser: browserAt("192.0.2.1", "")})
	p.in(t, outcome, err)
}

func TestCode(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	half := p.half(t, who)
	shown, err := p.SignIn.Half(t.Context(), half)
	if err != nil || shown.Email != who.Email || shown.Step != session.StepCode || shown.Organization != "Northwind" {
		t.Fatalf("%+v %v", shown, err)
	}
	_, err = p.tryCode(half, "  ")
	wants(t, "an empty code", err, credential.ErrCodeMissing)
	_, err = p.tryCode(half, p.wrongCode(t, who))
	wants(t, "a wrong code", err, credential.ErrCodeWrong)
	code := p.Code(t, who.Key)
	outcome, err := p.tryCode(half, code[:3]+" "+code[3:])
	if current := p.in(t, outcome, err); !current.SecondFactorOn || !current.SecondFactorProven {
		t.Errorf("%+v", current)
	}
	_, err = p.tryCode(p.half(t, who), code)
	wants(t, "the same code again", err, credential.ErrCodeUsed)
	if p.Events(t, "second_factor.code_refused") != 2 || p.Events(t, "user.logged_in") != 1 || p.letters(t, mail.KindNewDevice) != 1 {
		t.Error("the trail or the letters are wrong")
	}
}

func TestAnotherPersonsCode(t *testing.T) {
	p := newPlace(t)
	mine, yours := p.person(t), p.person(t)
	p.Protect(t, mine.Holder)
	codes := p.Protect(t, yours.Holder)
	_, err := p.tryCode(p.half(t, mine), p.Code(t, yours.Key))
	wants(t, "your code for my log-in", err, credential.ErrCodeWrong)
	_, err = p.SignIn.RecoveryCode(t.Context(), step(p.half(t, mine), codes[0]))
	wants(t, "your recovery code for my log-in", err, credential.ErrRecoveryCodeWrong)
}

func TestHalfLogInTakesFiveCodes(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	half := p.half(t, who)
	for range session.HalfTries - 1 {
		_, err := p.tryCode(half, p.wrongCode(t, who))
		wants(t, "a wrong code", err, credential.ErrCodeWrong)
	}
	_, err := p.tryCode(half, p.wrongCode(t, who))
	wants(t, "the last wrong code", err, signin.ErrHalfEnded)
	_, err = p.tryCode(half, p.Code(t, who.Key))
	wants(t, "a right code afterwards", err, signin.ErrHalfEnded)
	if got := p.Count(t, `SELECT count(*) FROM half_logins`); got != 0 {
		t.Errorf("%d half log-ins are left", got)
	}
}

// TestPasswordDoesNotClearTheCounterOfCodes: five codes in a quarter of an
// hour, over however many log-ins with the right password.
func TestPasswordDoesNotClearTheCounterOfCodes(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	for range 5 {
		_, err := p.tryCode(p.half(t, who), p.wrongCode(t, who))
		wants(t, "a wrong code", err, credential.ErrCodeWrong)
	}
	half := p.half(t, who)
	_, err := p.tryCode(half, p.Code(t, who.Key))
	if f, _ := fault.Of(err); f == nil || f.Kind != fault.TooMany || f.RetryAfter != 15*time.Minute {
		t.Fatalf("a sixth code: %v", err)
	}
	if shown, err := p.SignIn.Half(t.Context(), half); err != nil || shown.Tries != 0 {
		t.Errorf("a refused try counts for the half log-in: %+v %v", shown, err)
	}
	p.Clock.Advance(15 * time.Minute)
	outcome, err := p.tryCode(p.half(t, who), p.Code(t, who.Key))
	p.in(t, outcome, err)
}

// TestCodesStop: after fifty wrong codes in a row the authenticator is no way
// in any more; a recovery code is.
func TestCodesStop(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	codes := p.Protect(t, who.Holder)
	p.Exec(t, `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 49, $2, $3)`, "code:account:"+who.Account, []byte{}, p.Clock.Now())
	half := p.half(t, who)
	_, err := p.tryCode(half, p.wrongCode(t, who))
	wants(t, "the fiftieth", err, credential.ErrCodeWrong)
	_, err = p.tryCode(half, p.Code(t, who.Key))
	wants(t, "afterwards", err, attempt.ErrCodeStopped)
	outcome, err := p.SignIn.RecoveryCode(t.Context(), step(half, codes[0]))
	p.in(t, outcome, err)
	_, err = p.tryCode(p.half(t, who), p.Code(t, who.Key))
	wants(t, "after the recovery code", err, attempt.ErrCodeStopped)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return attempt.SecondFactorReplaced(ctx, tx, who.Account) })
	outcome, err = p.tryCode(p.half(t, who), p.Code(t, who.Key))
	p.in(t, outcome, err)
}

func TestRecoveryCode(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	codes := p.Protect(t, who.Holder)
	half := p.half(t, who)
	_, err := p.SignIn.RecoveryCode(t.Context(), step(half, ""))
	wants(t, "an empty code", err, credential.ErrRecoveryCodeMissing)
	_, err = p.SignIn.RecoveryCode(t.Context(), step(half, "2222-2222-2222-2222-2222-2222"))
	wants(t, "a wrong code", err, credential.ErrRecoveryCodeWrong)
	outcome, err := p.SignIn.RecoveryCode(t.Context(), step(half, codes[0]))
	if current := p.in(t, outcome, err); !current.SecondFactorProven {
		t.Errorf("%+v", current)
	}
	_, err = p.SignIn.RecoveryCode(t.Context(), step(p.half(t, who), codes[0]))
	wants(t, "the same code again", err, credential.ErrRecoveryCodeWrong)
	if p.letters(t, mail.KindRecoveryCodeUsed) != 1 || p.Events(t, "recovery_code.used") != 1 || p.Events(t, "recovery_code.refused") != 2 {
		t.Error("the trail or the letters are wrong")
	}
}

func TestSecondFactorTakenAwayMeanwhile(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	half := p.half(t, who)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return p.SecondFactors.Remove(ctx, tx, who.Account) })
	_, err := p.tryCode(half, p.Code(t, who.Key))
	wants(t, "a code for nothing", err, signin.ErrHalfEnded)
}

func TestCancelHalf(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	half := p.half(t, who)
	if err := p.SignIn.CancelHalf(t.Context(), half); err != nil {
		t.Fatal(err)
	}
	_, err := p.tryCode(half, p.Code(t, who.Key))
	wants(t, "a code afterwards", err, signin.ErrHalfEnded)
}

func TestHalfLogInEndsAfterFiveMinutes(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	half := p.half(t, who)
	p.Clock.Advance(session.HalfLifetime)
	_, err := p.tryCode(half, p.Code(t, who.Key))
	wants(t, "a code after five minutes", err, signin.ErrHalfEnded)
}

// TestOneTimeThingsInParallel submits one code, and then one recovery code,
// sixty-four times at once: on three nodes, with one half log-in and with many.
// Exactly one session comes of it each time.
func TestOneTimeThingsInParallel(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.Protect(t, who.Holder)
	nodes := []*place{p, p.node(t), p.node(t)}
	for range dbtest.RaceRounds() {
		for _, halves := range []int{1, 8} {
			p.Clock.Advance(25 * time.Hour) // beyond every limit, for the losers count
			code := p.Code(t, who.Key)
			once(t, p, who, halves, func(n int, half string) error {
				_, err := nodes[n%len(nodes)].tryCode(half, code)
				return err
			})
			recovery := p.recoveryCodes(t, who)[0]
			once(t, p, who, halves, func(n int, half string) error {
				_, err := nodes[n%len(nodes)].SignIn.RecoveryCode(context.Background(), step(half, recovery))
				return err
			})
		}
	}
}

func once(t *testing.T, p *place, who *owner, halves int, try func(n int, half string) error) {
	t.Helper()
	var tokens []string
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		for range halves {
			half, err := session.StartHalf(ctx, tx, session.NewHalf{AccountID: who.Account, Step: session.StepCode})
			if err != nil {
				return err
			}
			tokens = append(tokens, half.Token.Reveal())
		}
		return nil
	})
	before := p.Count(t, `SELECT count(*) FROM sessions`)
	var won atomic.Int32
	var wg sync.WaitGroup
	for n := range 64 {
		wg.Go(func() {
			err := try(n, tokens[n%len(tokens)])
			f, refused := fault.Of(err)
			switch {
			case err == nil:
				won.Add(1)
			case !refused:
				t.Error(err)
			case !errors.Is(f, signin.ErrHalfEnded) && f.Kind != fault.TooMany && f.Kind != fault.Invalid:
				t.Error(f)
			}
		})
	}
	wg.Wait()
	if made := p.Count(t, `SELECT count(*) FROM sessions`) - before; won.Load() != 1 || made != 1 {
		t.Fatalf("%d of 64 tries over %d half log-ins succeed and make %d sessions, want 1", won.Load(), halves, made)
	}
}
