package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/address"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

func TestAForgottenPasswordIsReplacedByItsLink(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	p.RequestReset(t, "  "+strings.ToUpper(who.Email)+" ")
	token := p.MustLink(t, who.Email, "reset")

	opened, err := p.Accounts.OpenReset(t.Context(), token)
	domaintest.MustNot(t, err)
	if opened.State != credential.LinkLive || opened.Email != who.Email || opened.MinLength != 15 {
		t.Errorf("the link shows %+v", opened)
	}
	domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), token, domaintest.NewPassword(domaintest.Another)))
	if !p.Verifies(t, who, domaintest.Another) {
		t.Error("the new password does not work")
	}
	if _, err := b.Current(t); err == nil {
		t.Error("the session outlived the reset")
	}
	if n := p.Count(t, `SELECT count(*) FROM sessions WHERE ended_at IS NULL`); n != 0 {
		t.Errorf("the reset logged somebody in: %d sessions", n)
	}
	if told := p.Letters(t, who.Email); !strings.Contains(told[len(told)-1], "Your password was changed") {
		t.Error("the owner is not told")
	}
	if p.Events(t, "password.reset") != 1 {
		t.Error("the reset is not in the trail")
	}
	domaintest.Refused(t, p.Accounts.ResetPassword(t.Context(), token, domaintest.NewPassword(domaintest.Password)), credential.ErrLinkUsed)
}

func TestTheRefusalsOfANewPasswordNameTheirField(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	token := p.MustLink(t, who.Email, "reset")
	for _, c := range []struct {
		password, repeated string
		want               *fault.Fault
	}{
		{"", "", credential.ErrPasswordMissing},
		{"short", "short", credential.ErrPasswordTooShort},
		{"priya shah northwind", "priya shah northwind", credential.ErrPasswordPersonal},
		{domaintest.Another, domaintest.Another + " ", account.ErrPasswordsDiffer},
		{domaintest.Another, "", account.ErrPasswordsDiffer},
	} {
		domaintest.Refused(t, p.Accounts.ResetPassword(t.Context(), token, account.NewPassword{Password: c.password, Repeated: c.repeated, Origin: domaintest.Origin}), c.want)
	}
	if opened, _ := p.Accounts.OpenReset(t.Context(), token); opened.State != credential.LinkLive {
		t.Error("a refused password used the link up")
	}
}

func TestAttackerUsesAnOlderLink(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	older := p.MustLink(t, who.Email, "reset")
	p.Clock.Advance(2 * time.Minute)
	p.RequestReset(t, who.Email)
	domaintest.Refused(t, p.Accounts.ResetPassword(t.Context(), older, domaintest.NewPassword(domaintest.Another)), credential.ErrLinkReplaced)
	newest := p.MustLink(t, who.Email, "reset")
	if newest == older {
		t.Fatal("no new link was sent")
	}
	domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), newest, domaintest.NewPassword(domaintest.Another)))
}

func TestAttackerUsesALinkAfterItsHour(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	token := p.MustLink(t, who.Email, "reset")
	p.Clock.Advance(time.Hour)
	domaintest.Refused(t, p.Accounts.ResetPassword(t.Context(), token, domaintest.NewPassword(domaintest.Another)), credential.ErrLinkExpired)
}

func TestAnHourCountsFromTheHandOver(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	p.Clock.Advance(40 * time.Minute)
	token := p.MustLink(t, who.Email, "reset")
	p.Clock.Advance(59 * time.Minute)
	domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), token, domaintest.NewPassword(domaintest.Another)))
}

func TestALetterThatNobodyWaitsForIsNotSent(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	p.Clock.Advance(time.Hour)
	if p.Link(t, who.Email, "reset") != "" {
		t.Error("a stale request was answered")
	}
}

func TestAttackerFindsOutWhoIsSuspendedByALink(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	token := p.MustLink(t, who.Email, "reset")
	p.SetStatus(t, who, "suspended")
	opened, err := p.Accounts.OpenReset(t.Context(), token)
	domaintest.MustNot(t, err)
	if opened.State != credential.LinkExpired || opened.EndedAt.After(p.Clock.Now()) {
		t.Errorf("the page shows %v, ended %v", opened.State, opened.EndedAt)
	}
	domaintest.Refused(t, p.Accounts.ResetPassword(t.Context(), token, domaintest.NewPassword(domaintest.Another)), credential.ErrLinkExpired)
	if p.Verifies(t, who, domaintest.Another) {
		t.Error("a suspended user chose a password")
	}
}

func TestAttackerGuessesOrBendsATokenOfAnotherPurpose(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	token, err := p.Addresses.ChangeEmail(t.Context(), b.Must(t), address.EmailChange{Email: "new@other.example", Current: domaintest.Proof(domaintest.Password)})
	b.Keep(t, token, err)
	for _, bent := range []string{"", " ", "null", strings.Repeat("A", 43), strings.Repeat("A", 4000), p.MustLink(t, "new@other.example", "email/confirm")} {
		domaintest.Refused(t, p.Accounts.ResetPassword(t.Context(), bent, domaintest.NewPassword(domaintest.Another)), credential.ErrLinkUnknown)
	}
}

func TestAttackerUsesOneLinkManyTimesAtOnce(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	token := p.MustLink(t, who.Email, "reset")
	var acts []func() error
	for range 8 {
		acts = append(acts, func() error {
			return p.Accounts.ResetPassword(context.Background(), token, domaintest.NewPassword(domaintest.Another))
		})
	}
	answers := domaintest.Together(acts...)
	if domaintest.Succeeded(answers) != 1 {
		t.Errorf("not exactly one succeeded: %s", domaintest.Describe(answers))
	}
	if n := p.Events(t, "password.reset"); n != 1 {
		t.Errorf("%d resets in the trail", n)
	}
}

func TestALinkIsNotMintedForALetterThatIsNoLongerTheNewest(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.RequestReset(t, who.Email)
	b := p.LogIn(t, who)
	changed, err := p.Profiles.ChangePassword(t.Context(), b.Must(t), profile.PasswordChange{Current: domaintest.Proof(domaintest.Password), Password: domaintest.Another})
	b.Keep(t, changed.Token, err)
	if p.Link(t, who.Email, "reset") != "" {
		t.Error("a request from before the change of password was answered after it")
	}
}

func TestTheHandOverDuringAChangeLeavesNoLink(t *testing.T) {
	for range 10 {
		p := domaintest.NewPlace(t)
		who := p.Person(t)
		b := p.LogIn(t, who)
		p.RequestReset(t, who.Email)
		current := b.Must(t)
		answers := domaintest.Together(
			func() error { _, err := p.Dispatcher.DispatchDue(context.Background()); return err },
			func() error {
				_, err := p.Profiles.ChangePassword(context.Background(), current, profile.PasswordChange{Current: domaintest.Proof(domaintest.Password), Password: domaintest.Another})
				return err
			},
		)
		if err := errors.Join(answers...); err != nil {
			t.Fatal(err)
		}
		if n := p.Count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL`); n != 0 {
			t.Fatalf("%d links work", n)
		}
	}
}

func TestASecondFactorStaysWithAReset(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	p.Protect(t, who)
	p.RequestReset(t, who.Email)
	domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), p.MustLink(t, who.Email, "reset"), domaintest.NewPassword(domaintest.Another)))
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		on, err := p.SecondFactors.Enabled(ctx, tx, who.Account)
		if err == nil && !on {
			t.Error("the reset took the second factor away")
		}
		return err
	})
}

// TestARequestMeetsTheHandOverOfAnother holds that the link of a letter that is
// just being handed over ends with the next request.
func TestARequestMeetsTheHandOverOfAnother(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	held, handedOver := make(chan struct{}), make(chan error)
	go func() {
		handedOver <- p.DB.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := tx.Exec(context.Background(), `UPDATE accounts SET reset_letter_id = 'ltr_earlier' WHERE id = $1`, who.Account); err != nil {
				return err
			}
			close(held)
			time.Sleep(200 * time.Millisecond) // for the request to come as far as it can
			_, _, err := credential.MintLink(context.Background(), tx, credential.NewLink{
				Kind:    organization.Client,
				Purpose: credential.LinkPasswordReset, SubjectID: who.Account, Address: who.Email, LetterID: "ltr_earlier", Lifetime: time.Hour,
			})
			return err
		})
	}()
	<-held
	p.RequestReset(t, who.Email)
	domaintest.MustNot(t, <-handedOver)
	p.MustLink(t, who.Email, "reset")
	if n := p.Count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL`); n != 1 {
		t.Errorf("%d links work", n)
	}
}
