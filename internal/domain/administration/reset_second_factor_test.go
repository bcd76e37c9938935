package administration_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// protected is somebody with a second factor.
func (p *place) protected(t testing.TB, first string, kind access.RoleKind) *holder {
	t.Helper()
	who := p.person(t, first, kind)
	p.protect(t, who)
	return who
}

// sheet gives somebody recovery codes.
func (p *place) sheet(t testing.TB, who *holder) (codes []string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		sheet, err := p.RecoveryCodes.Issue(ctx, tx, who.account)
		for _, code := range sheet.Codes {
			codes = append(codes, code.Reveal())
		}
		return err
	})
	return codes
}

var spokenCode = regexp.MustCompile(`\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b`)

// sendCode begins a reset and returns the code that the user reads out.
func (p *place) sendCode(t testing.TB, actor access.Actor, who *holder) string {
	t.Helper()
	_, err := p.SendFactorCode(t.Context(), actor, who.user)
	domaintest.MustNot(t, err)
	return p.readOut(t, who)
}

func (p *place) readOut(t testing.TB, who *holder) string {
	t.Helper()
	code := spokenCode.FindString(p.lastLetter(t, who.email))
	if code == "" {
		t.Fatalf("no code in the letter: %s", p.lastLetter(t, who.email))
	}
	return code
}

func (p *place) factorOn(t testing.TB, who *holder) bool {
	t.Helper()
	return p.Count(t, `SELECT count(*) FROM second_factors WHERE account_id = $1`, who.account) == 1
}

// wrong is a code that cannot be the right one.
func wrong(code string) string {
	if code[0] == 'A' {
		return "B" + code[1:]
	}
	return "A" + code[1:]
}

func TestTheCodeThatTheUserReadsOutResetsTheSecondFactor(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.protected(t, "Priya", access.RoleMember)
	recovery := p.sheet(t, priya)
	b := p.enter(t, priya)
	half, err := p.logIn(t, priya)
	domaintest.MustNot(t, err)
	domaintest.MustNot(t, p.SignIn.RequestReset(t.Context(), priya.email, domaintest.Origin))
	pending := p.Link(t, priya.email, "reset")
	p.Exec(t, `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 50, $2, $3)`,
		"code:account:"+priya.account, []byte{}, p.Clock.Now()) // guessing had stopped the codes

	code := p.sendCode(t, sam, priya)
	if letter := p.lastLetter(t, priya.email); !strings.Contains(letter, "You asked Sam Shah, administrator of Northwind, to reset") {
		t.Errorf("the letter says: %s", letter)
	}
	b.actor(t) // nothing has changed yet
	view, err := p.SecondFactorReset(t.Context(), sam, priya.user)
	if err != nil || view.Open == nil || view.Open.WaitsFor != administration.WaitsForCode || view.Open.AskedBy != "Sam Shah" || view.NeedsApproval || view.MayAsk {
		t.Errorf("the page says %+v, %v", view, err)
	}
	out, err := p.ConfirmFactorCode(t.Context(), sam, priya.user, strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	domaintest.MustNot(t, err)
	if !out.Done || out.Ended != (administration.Endings{Sessions: 1, Links: 1}) || out.User.ID != priya.user {
		t.Errorf("the outcome is %+v", out)
	}

	_, err = b.current(t)
	domaintest.Refused(t, err, session.ErrEnded)
	_, err = p.SignIn.Code(t.Context(), signin.SecondStep{HalfToken: half.Half.Token.Reveal(), Code: p.Code(t, priya.key), Browser: signin.Browser{Origin: domaintest.Origin}})
	domaintest.Refused(t, err, session.ErrHalfEnded)
	domaintest.Refused(t, p.choose(t, pending), credential.ErrLinkVoided)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := p.RecoveryCodes.Use(ctx, tx, priya.account, recovery[0])
		domaintest.Refused(t, err, credential.ErrRecoveryCodeWrong)
		domaintest.Refused(t, p.SecondFactors.Check(ctx, tx, priya.account, p.Code(t, priya.key)), credential.ErrNoSecondFactor)
		return nil
	})
	if n := p.Count(t, `SELECT count(*) FROM throttles WHERE key = $1`, "code:account:"+priya.account); n != 0 {
		t.Error("the new second factor starts with the failures of the old one")
	}
	if letter := p.lastLetter(t, priya.email); !strings.Contains(letter, "Sam Shah, administrator of Northwind, reset it for IDKit") {
		t.Errorf("the notice says: %s", letter)
	}
	p.setsUpAgain(t, priya)
	events := p.events(t, p.Northwind, "second_factor.reset_by_code")
	if len(events) != 1 || events[0].ActorName != "Sam Shah" || events[0].Details != `{"invitations":"0","links":"1","sessions":"1"}` {
		t.Errorf("the trail says %+v", events)
	}
	p.Verify(t)
}

// setsUpAgain logs in after a reset: the set-up comes first and cannot be put off.
func (p *place) setsUpAgain(t testing.TB, who *holder) {
	t.Helper()
	outcome, err := p.logIn(t, who)
	if err != nil || outcome.Session == nil {
		t.Fatalf("the password alone does not lead to the set-up: %+v, %v", outcome, err)
	}
	b := &browser{p, outcome.Session.Token.Reveal()}
	current, err := b.current(t)
	domaintest.MustNot(t, err)
	if current.SetupStep != string(account.StepSecondFactorAgain) {
		t.Errorf("the log-in leads to the step %q", current.SetupStep)
	}
	domaintest.Refused(t, p.Profiles.SkipSecondFactor(t.Context(), current), profile.ErrSecondFactorRequired)
	domaintest.MustNot(t, p.Profiles.ConfirmRecoveryCodes(t.Context(), current))
	if again, err := b.current(t); err != nil || again.SetupStep != string(account.StepSecondFactorAgain) {
		t.Errorf("the step was skipped: %+v, %v", again, err)
	}
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), current)
	domaintest.MustNot(t, err)
	who.key = enrolment.Key.Reveal()
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), current, p.Code(t, who.key))
	domaintest.MustNot(t, err)
	b.token = token.Reveal()
	if current, err = b.current(t); err != nil || current.SetupStep != string(account.StepRecoveryCodes) || !current.SecondFactorOn {
		t.Errorf("after the set-up: %+v, %v", current, err)
	}
}

func TestTheCodeIsKeptNowhere(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.protected(t, "Priya", access.RoleMember)
	_, err := p.SendFactorCode(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	if n := p.Count(t, `SELECT count(*) FROM second_factor_resets WHERE code_hash IS NOT NULL`); n != 0 {
		t.Error("the code is made before its letter leaves")
	}
	code := p.readOut(t, priya)
	for _, form := range []string{code, strings.ReplaceAll(code, "-", "")} {
		if n := p.Count(t, `SELECT count(*) FROM letters WHERE data LIKE $1 OR reply LIKE $1`, "%"+form+"%"); n != 0 {
			t.Error("the outbox holds the code")
		}
		if n := p.Count(t, `SELECT count(*) FROM audit_events WHERE details LIKE $1`, "%"+form+"%"); n != 0 {
			t.Error("the trail holds the code")
		}
	}
	var kept []byte
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT code_hash FROM second_factor_resets`).Scan(&kept)
	})
	if strings.Contains(string(kept), strings.ReplaceAll(code, "-", "")) || len(kept) < 32 {
		t.Errorf("%d bytes are kept of the code", len(kept))
	}
}

func TestFiveWrongTriesEndAReset(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.protected(t, "Priya", access.RoleMember)
	code := p.sendCode(t, sam, priya)
	_, err := p.ConfirmFactorCode(t.Context(), sam, priya.user, " - ")
	domaintest.Refused(t, err, credential.ErrSpokenCodeMissing) // counts for none
	for range 4 {
		_, err := p.ConfirmFactorCode(t.Context(), sam, priya.user, wrong(code))
		domaintest.Refused(t, err, credential.ErrSpokenCodeWrong)
	}
	_, err = p.ConfirmFactorCode(t.Context(), sam, priya.user, wrong(code))
	domaintest.Refused(t, err, administration.ErrCodeVoid)
	_, err = p.ConfirmFactorCode(t.Context(), sam, priya.user, code)
	domaintest.Refused(t, err, administration.ErrFactorResetGone)
	if !p.factorOn(t, priya) || len(p.events(t, p.Northwind, "second_factor.reset_code_wrong")) != 5 {
		t.Error("guesses did something, or were not told")
	}
	for range 4 { // 25 guesses in an hour against 31^8, and no more
		p.sendCode(t, sam, priya)
	}
	_, err = p.SendFactorCode(t.Context(), sam, priya.user)
	domaintest.Refused(t, err, throttle.ErrWaitMinutes)
}

func TestACodeIsGoodForItsOwnResetAlone(t *testing.T) {
	p := newPlace(t)
	sam, ada := p.administrator(t), p.administrator(t)
	priya, marco := p.protected(t, "Priya", access.RoleMember), p.protected(t, "Marco", access.RoleMember)
	sam, ada = p.again(t, sam), p.again(t, ada)
	first := p.sendCode(t, sam, priya)
	p.sendCode(t, sam, marco)
	_, err := p.ConfirmFactorCode(t.Context(), sam, marco.user, first)
	domaintest.Refused(t, err, credential.ErrSpokenCodeWrong)
	_, err = p.ConfirmFactorCode(t.Context(), ada, priya.user, first) // who did not send it
	domaintest.Refused(t, err, administration.ErrFactorResetGone)
	second := p.sendCode(t, sam, priya)
	_, err = p.ConfirmFactorCode(t.Context(), sam, priya.user, first)
	domaintest.Refused(t, err, credential.ErrSpokenCodeWrong)
	third := p.sendCode(t, ada, priya) // somebody else takes it over
	_, err = p.ConfirmFactorCode(t.Context(), sam, priya.user, second)
	domaintest.Refused(t, err, administration.ErrFactorResetGone)
	p.Clock.Advance(administration.CodeLifetime)
	ada = p.again(t, ada)
	_, err = p.ConfirmFactorCode(t.Context(), ada, priya.user, third)
	domaintest.Refused(t, err, administration.ErrFactorResetGone)
	if !p.factorOn(t, priya) || !p.factorOn(t, marco) {
		t.Error("a second factor is gone")
	}
}

// again is a new session of the same user.
func (p *place) again(t testing.TB, actor access.Actor) access.Actor {
	t.Helper()
	who := &holder{account: actor.AccountID, organization: actor.OrganizationID, user: actor.UserID}
	return p.enter(t, who).actor(t)
}

func TestWhoseSecondFactorIsNotReset(t *testing.T) {
	p := newPlace(t)
	plain, suspended := p.person(t, "Priya", access.RoleMember), p.protected(t, "Marco", access.RoleMember)
	shared := p.protected(t, "Li", access.RoleMember)
	there := p.join(t, shared, p.Organization(t, "Fabrikam"), access.RoleMember)
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, there.user) // may come back any time
	sam := p.administrator(t)
	_, _, err := p.Suspend(t.Context(), sam, suspended.user, "")
	domaintest.MustNot(t, err)
	helper := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, helper, access.UsersView, access.UsersResetPassword)
	wei, nobody := p.enter(t, helper).actor(t), p.enter(t, plain).actor(t)
	p.administrator(t)
	for _, c := range []struct {
		what  string
		actor access.Actor
		user  string
		want  *fault.Fault
	}{
		{"an invited user", sam, p.invite(t, sam, "li@northwind.example"), administration.ErrNotJoined},
		{"a suspended user", sam, suspended.user, administration.ErrSetActiveFirst},
		{"who has none", sam, plain.user, credential.ErrNoSecondFactor},
		{"oneself", sam, sam.UserID, administration.ErrOwnAccess},
		{"who holds more", wei, sam.UserID, administration.ErrHoldsMore},
		{"without the right", nobody, shared.user, access.ErrForbidden},
		{"another organization's user", sam, there.user, user.ErrNotFound},
		{"what protects another organization as well", sam, shared.user, administration.ErrFactorNotHere},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := p.SecondFactorReset(t.Context(), c.actor, c.user)
			domaintest.Refused(t, err, c.want)
			_, err = p.SendFactorCode(t.Context(), c.actor, c.user)
			domaintest.Refused(t, err, c.want)
			_, err = p.AskToResetFactor(t.Context(), c.actor, c.user)
			domaintest.Refused(t, err, c.want)
		})
	}
	if n := p.Count(t, `SELECT count(*) FROM second_factor_resets`); n != 0 {
		t.Errorf("%d resets were begun", n)
	}
}

// Whoever joins another organization meanwhile is that organization's too.
func TestAResetEndsWhereItsAccountBelongsElsewhere(t *testing.T) {
	p := newPlace(t)
	priya := p.protected(t, "Priya", access.RoleMember)
	sam, ada := p.administrator(t), p.administrator(t)
	code := p.sendCode(t, sam, priya)
	p.join(t, priya, p.Organization(t, "Fabrikam"), access.RoleMember)
	_, err := p.ConfirmFactorCode(t.Context(), sam, priya.user, code)
	domaintest.Refused(t, err, administration.ErrFactorNotHere)
	_, err = p.ApproveFactorReset(t.Context(), ada, priya.user)
	domaintest.Refused(t, err, administration.ErrFactorNotHere)
	if !p.factorOn(t, priya) {
		t.Error("the other organization's second factor is gone")
	}
}

func TestWhatEndsAReset(t *testing.T) {
	for what, end := range map[string]func(t *testing.T, p *place, sam, ada access.Actor, priya *holder){
		"its end": func(_ *testing.T, p *place, _, _ access.Actor, _ *holder) {
			p.Clock.Advance(administration.CodeLifetime)
		},
		"the suspension of who asked, even if it was lifted": func(t *testing.T, p *place, sam, ada access.Actor, _ *holder) {
			_, _, err := p.Suspend(t.Context(), ada, sam.UserID, "")
			domaintest.MustNot(t, err)
			_, err = p.Reactivate(t.Context(), ada, sam.UserID, time.Time{})
			domaintest.MustNot(t, err)
		},
		"another role of who asked, even if it was given back": func(t *testing.T, p *place, sam, ada access.Actor, _ *holder) {
			for _, kind := range []access.RoleKind{access.RoleMember, access.RoleAdministrator} {
				_, err := p.ChangeRole(t.Context(), ada, sam.UserID, p.role(t, kind))
				domaintest.MustNot(t, err)
			}
		},
		"the suspension of whom it is about": func(t *testing.T, p *place, _, ada access.Actor, priya *holder) {
			_, _, err := p.Suspend(t.Context(), ada, priya.user, "")
			domaintest.MustNot(t, err)
			_, err = p.Reactivate(t.Context(), ada, priya.user, time.Time{})
			domaintest.MustNot(t, err)
		},
		"another role of whom it is about": func(t *testing.T, p *place, _, ada access.Actor, priya *holder) {
			_, err := p.ChangeRole(t.Context(), ada, priya.user, p.role(t, access.RoleAdministrator))
			domaintest.MustNot(t, err)
		},
		"a new password": func(t *testing.T, p *place, _, ada access.Actor, priya *holder) {
			_, _, err := p.ResetPassword(t.Context(), ada, priya.user, false)
			domaintest.MustNot(t, err)
			domaintest.MustNot(t, p.choose(t, p.Link(t, priya.email, "reset")))
		},
		"a blocked password": func(t *testing.T, p *place, _, ada access.Actor, priya *holder) {
			_, _, err := p.ResetPassword(t.Context(), ada, priya.user, true)
			domaintest.MustNot(t, err)
		},
		"another second factor": func(t *testing.T, p *place, _, _ access.Actor, priya *holder) { p.protect(t, priya) },
		"another address": func(t *testing.T, p *place, _, _ access.Actor, priya *holder) {
			p.Exec(t, `UPDATE accounts SET email = 'new@northwind.example', email_key = 'new@northwind.example' WHERE id = $1`, priya.account)
		},
		"its withdrawal": func(t *testing.T, p *place, sam, _ access.Actor, priya *holder) {
			err := p.WithdrawFactorReset(t.Context(), sam, priya.user)
			domaintest.MustNot(t, err)
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPlace(t)
			priya := p.protected(t, "Priya", access.RoleMember)
			sam, ada := p.administrator(t), p.administrator(t)
			code := p.sendCode(t, sam, priya)
			end(t, p, sam, ada, priya)
			sam, ada = p.again(t, sam), p.again(t, ada)
			_, err := p.ConfirmFactorCode(t.Context(), sam, priya.user, code)
			domaintest.Refused(t, err, administration.ErrFactorResetGone)
			if portrait, err := p.Portrait(t.Context(), ada, priya.user); portrait.Reset != nil || err != nil {
				t.Errorf("the page of the user still tells of %+v, %v", portrait.Reset, err)
			}
			if !p.factorOn(t, priya) {
				t.Error("the second factor is gone")
			}
		})
	}
}

func TestALetterWhoseResetHasEndedIsNotSent(t *testing.T) {
	p := newPlace(t)
	priya := p.protected(t, "Priya", access.RoleMember)
	sam, ada := p.administrator(t), p.administrator(t)
	_, err := p.SendFactorCode(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	_, err = p.AskToResetFactor(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	err = p.WithdrawFactorReset(t.Context(), sam, priya.user)
	domaintest.MustNot(t, err)
	for _, letter := range p.letters(t, priya.email) {
		if spokenCode.MatchString(letter) {
			t.Errorf("a code was mailed after the withdrawal:\n%s", letter)
		}
	}
	email := p.Text(t, `SELECT email FROM accounts WHERE id = $1`, ada.AccountID)
	if letters := p.letters(t, email); len(letters) != 0 {
		t.Errorf("the other Administrator is asked about nothing: %v", letters)
	}
}

// The first letter is on its way when the second one is asked for: it brings no
// code, least of all one for the second reset.
func TestOnlyTheNewestLetterBringsACode(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.protected(t, "Priya", access.RoleMember)
	for range 2 {
		_, err := p.SendFactorCode(t.Context(), sam, priya.user)
		domaintest.MustNot(t, err)
	}
	p.Exec(t, `UPDATE letters SET state = 'queued', ended_at = NULL WHERE kind = 'second_factor_code'`)
	codes := spokenCode.FindAllString(strings.Join(p.letters(t, priya.email), "\n"), -1)
	if len(codes) != 1 {
		t.Fatalf("%d codes were mailed", len(codes))
	}
	_, err := p.ConfirmFactorCode(t.Context(), sam, priya.user, codes[0])
	domaintest.MustNot(t, err)
}
