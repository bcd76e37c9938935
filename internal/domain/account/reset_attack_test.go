package account_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/domain/signin"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

func newPassword(text string) account.NewPassword {
	return account.NewPassword{Password: text, Repeated: text, Origin: origin}
}

func (p *place) requestReset(t testing.TB, email string) {
	t.Helper()
	if err := p.SignIn.RequestReset(t.Context(), email, origin); err != nil {
		t.Fatal(err)
	}
}

func (p *place) verifies(t testing.TB, who *holder, text string) bool {
	t.Helper()
	right, _, err := passwords().Verify(t.Context(), p.text(t, `SELECT password_hash FROM accounts WHERE id = $1`, who.account), text)
	mustNot(t, err)
	return right
}

func TestAForgottenPasswordIsReplacedByItsLink(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.requestReset(t, "  "+strings.ToUpper(who.email)+" ")
	token := p.mustLink(t, who.email, "reset")

	opened, err := p.Accounts.OpenReset(t.Context(), token)
	mustNot(t, err)
	if opened.State != credential.LinkLive || opened.Email != who.email || opened.MinLength != 15 {
		t.Errorf("the link shows %+v", opened)
	}
	mustNot(t, p.Accounts.ResetPassword(t.Context(), token, newPassword(another)))
	if !p.verifies(t, who, another) {
		t.Error("the new password does not work")
	}
	if _, err := b.current(t); err == nil {
		t.Error("the session outlived the reset")
	}
	if n := p.count(t, `SELECT count(*) FROM sessions WHERE ended_at IS NULL`); n != 0 {
		t.Errorf("the reset logged somebody in: %d sessions", n)
	}
	if told := p.letters(t, who.email); !strings.Contains(told[len(told)-1], "Your password was changed") {
		t.Error("the owner is not told")
	}
	if p.events(t, "password.reset") != 1 {
		t.Error("the reset is not in the trail")
	}
	refused(t, p.Accounts.ResetPassword(t.Context(), token, newPassword(password)), credential.ErrLinkUsed)
}

func TestTheRefusalsOfANewPasswordNameTheirField(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	token := p.mustLink(t, who.email, "reset")
	for _, c := range []struct {
		password, repeated string
		want               *fault.Fault
	}{
		{"", "", credential.ErrPasswordMissing},
		{"short", "short", credential.ErrPasswordTooShort},
		{"priya shah northwind", "priya shah northwind", credential.ErrPasswordPersonal},
		{another, another + " ", account.ErrPasswordsDiffer},
		{another, "", account.ErrPasswordsDiffer},
	} {
		refused(t, p.Accounts.ResetPassword(t.Context(), token, account.NewPassword{Password: c.password, Repeated: c.repeated, Origin: origin}), c.want)
	}
	if opened, _ := p.Accounts.OpenReset(t.Context(), token); opened.State != credential.LinkLive {
		t.Error("a refused password used the link up")
	}
}

func TestEveryAddressGetsTheSameAnswer(t *testing.T) {
	p := newPlace(t)
	active, suspended := p.person(t), p.person(t)
	p.setStatus(t, suspended, "suspended")
	invited := p.anInvitation(t, "invited@northwind.example")
	for _, email := range []string{active.email, suspended.email, invited, "nobody@northwind.example"} {
		if err := p.SignIn.RequestReset(t.Context(), email, origin); err != nil {
			t.Errorf("%s: %v", email, err)
		}
	}
	p.deliver(t)
	if p.link(t, active.email, "reset") == "" {
		t.Error("the active account got no link")
	}
	if n := len(p.letters(t, suspended.email)); n != 0 {
		t.Errorf("the suspended account got %d letters", n)
	}
	if n := len(p.letters(t, "nobody@northwind.example")); n != 0 {
		t.Errorf("nobody got %d letters", n)
	}
	if n := len(p.letters(t, invited)); n != 1 { // the first one was replaced before it left
		t.Errorf("the invited person got %d letters, want the newest invitation", n)
	}
	if n := p.count(t, `SELECT count(*) FROM letters WHERE state = 'withdrawn' AND kind = 'reset'`); n != 0 {
		t.Errorf("%d rehearsed letters stay behind", n)
	}
}

// anInvitation is open for that address.
func (p *place) anInvitation(t testing.TB, email string) string {
	t.Helper()
	actor := p.logIn(t, p.person(t)).must(t).Actor
	roles, err := p.Invitations.RolesToGive(t.Context(), actor)
	mustNot(t, err)
	_, err = p.Invitations.Invite(t.Context(), actor, account.NewInvitation{FirstName: "Ada", Email: email, RoleID: roles[0].ID})
	mustNot(t, err)
	return email
}

func TestTheAnswerTakesTheSameWrites(t *testing.T) {
	p := newPlace(t)
	active, suspended := p.person(t), p.person(t)
	p.setStatus(t, suspended, "suspended")
	classes := map[string]string{"active": active.email, "suspended": suspended.email, "unknown": "nobody@northwind.example"}
	for class, email := range classes {
		before := p.count(t, `SELECT count(*) FROM throttles`)
		p.requestReset(t, email)
		if made := p.count(t, `SELECT count(*) FROM throttles`) - before; made != 2 && made != 3 { // 3 with the network address of the first
			t.Errorf("%s: %d counters", class, made)
		}
	}
	if n := p.events(t, "password.reset_requested"); n != len(classes) {
		t.Errorf("%d requests in the trails, want %d", n, len(classes))
	}
}

func TestAttackerFloodsAMailbox(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	for class, email := range map[string]string{"known": who.email, "unknown": "nobody@northwind.example"} {
		var answers []string
		for range 6 {
			err := p.SignIn.RequestReset(t.Context(), email, origin)
			p.clock.Advance(time.Minute)
			f, _ := fault.Of(err)
			if f == nil {
				answers = append(answers, "sent")
			} else {
				answers = append(answers, f.Code)
			}
		}
		if got := strings.Join(answers, " "); got != "sent sent sent throttle.wait throttle.wait throttle.wait" {
			t.Errorf("%s: %s", class, got)
		}
	}
	if n := len(p.letters(t, who.email)); n != 1 { // the newest of the three that waited for the mail server
		t.Errorf("%d letters", n)
	}
}

func TestSendAgainWaitsAMinute(t *testing.T) {
	p := newPlace(t)
	for _, email := range []string{p.person(t).email, p.anInvitation(t, "invited@northwind.example"), "nobody@northwind.example"} {
		p.requestReset(t, email)
		refused(t, p.SignIn.RequestReset(t.Context(), email, origin), throttle.ErrWaitSeconds)
		p.clock.Advance(time.Minute)
		p.requestReset(t, email)
	}
}

func TestAttackerAsksForManyAddressesFromOneNetwork(t *testing.T) {
	p := newPlace(t)
	var sent int
	for i := range 30 {
		if p.SignIn.RequestReset(t.Context(), fmt.Sprintf("guess%d@northwind.example", i), origin) == nil {
			sent++
		}
	}
	if sent != 20 {
		t.Errorf("%d requests passed, want 20 an hour", sent)
	}
	if err := p.SignIn.RequestReset(t.Context(), "owner@northwind.example", access.Origin{Address: "203.0.113.9"}); err != nil {
		t.Errorf("somebody elsewhere is refused: %v", err)
	}
}

func TestAttackerUsesAnOlderLink(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	older := p.mustLink(t, who.email, "reset")
	p.clock.Advance(2 * time.Minute)
	p.requestReset(t, who.email)
	refused(t, p.Accounts.ResetPassword(t.Context(), older, newPassword(another)), credential.ErrLinkReplaced)
	newest := p.mustLink(t, who.email, "reset")
	if newest == older {
		t.Fatal("no new link was sent")
	}
	mustNot(t, p.Accounts.ResetPassword(t.Context(), newest, newPassword(another)))
}

func TestAttackerUsesALinkAfterItsHour(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	token := p.mustLink(t, who.email, "reset")
	p.clock.Advance(time.Hour)
	refused(t, p.Accounts.ResetPassword(t.Context(), token, newPassword(another)), credential.ErrLinkExpired)
}

func TestAnHourCountsFromTheHandOver(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	p.clock.Advance(40 * time.Minute)
	token := p.mustLink(t, who.email, "reset")
	p.clock.Advance(59 * time.Minute)
	mustNot(t, p.Accounts.ResetPassword(t.Context(), token, newPassword(another)))
}

func TestALetterThatNobodyWaitsForIsNotSent(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	p.clock.Advance(time.Hour)
	if p.link(t, who.email, "reset") != "" {
		t.Error("a stale request was answered")
	}
}

func TestAttackerFindsOutWhoIsSuspendedByALink(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	token := p.mustLink(t, who.email, "reset")
	p.setStatus(t, who, "suspended")
	opened, err := p.Accounts.OpenReset(t.Context(), token)
	mustNot(t, err)
	if opened.State != credential.LinkExpired || opened.EndedAt.After(p.clock.Now()) {
		t.Errorf("the page shows %v, ended %v", opened.State, opened.EndedAt)
	}
	refused(t, p.Accounts.ResetPassword(t.Context(), token, newPassword(another)), credential.ErrLinkExpired)
	if p.verifies(t, who, another) {
		t.Error("a suspended user chose a password")
	}
}

func TestAttackerGuessesOrBendsATokenOfAnotherPurpose(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	token, err := p.Profiles.ChangeEmail(t.Context(), b.must(t), account.EmailChange{Email: "new@other.example", Current: proof(password)})
	b.keep(t, token, err)
	for _, bent := range []string{"", " ", "null", strings.Repeat("A", 43), strings.Repeat("A", 4000), p.mustLink(t, "new@other.example", "email/confirm")} {
		refused(t, p.Accounts.ResetPassword(t.Context(), bent, newPassword(another)), credential.ErrLinkUnknown)
	}
}

func TestAttackerUsesOneLinkManyTimesAtOnce(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	token := p.mustLink(t, who.email, "reset")
	var acts []func() error
	for range 8 {
		acts = append(acts, func() error { return p.Accounts.ResetPassword(context.Background(), token, newPassword(another)) })
	}
	answers := together(acts...)
	if succeeded(answers) != 1 {
		t.Errorf("not exactly one succeeded: %s", describe(answers))
	}
	if n := p.events(t, "password.reset"); n != 1 {
		t.Errorf("%d resets in the trail", n)
	}
}

func TestAttackerWritesTheAddressInOtherWays(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	domain := strings.TrimPrefix(who.email, who.account)
	for _, typed := range []string{
		who.email + ",evil@evil.example", who.email + " evil@evil.example", "evil@evil.example\r\nBcc: " + who.email,
		who.email + "\x00", who.account + "＠northwind.example", strings.Replace(who.email, "a", "ａ", 1),
		strings.Replace(who.email, "northwind", "northwınd", 1), who.account + "@\u212aorthwind.example",
		"<" + who.email + ">", `"` + who.account + `"` + domain, who.account + "@[192.0.2.1]", who.account + "@localhost",
	} {
		err := p.SignIn.RequestReset(t.Context(), typed, origin)
		if err == nil {
			continue // an address of its own, which leads to nobody
		}
		refused(t, err, person.ErrEmailInvalid)
	}
	if n := p.count(t, `SELECT count(*) FROM letters`); n != 0 {
		t.Errorf("%d letters were written", n)
	}
	refused(t, p.SignIn.RequestReset(t.Context(), "  ", origin), signin.ErrEmailMissing)
}

func TestALinkIsNotMintedForALetterThatIsNoLongerTheNewest(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.requestReset(t, who.email)
	b := p.logIn(t, who)
	changed, err := p.Profiles.ChangePassword(t.Context(), b.must(t), account.PasswordChange{Current: proof(password), Password: another})
	b.keep(t, changed.Token, err)
	if p.link(t, who.email, "reset") != "" {
		t.Error("a request from before the change of password was answered after it")
	}
}

func TestTheHandOverDuringAChangeLeavesNoLink(t *testing.T) {
	for range 10 {
		p := newPlace(t)
		who := p.person(t)
		b := p.logIn(t, who)
		p.requestReset(t, who.email)
		current := b.must(t)
		answers := together(
			func() error { _, err := p.dispatcher.DispatchDue(context.Background()); return err },
			func() error {
				_, err := p.Profiles.ChangePassword(context.Background(), current, account.PasswordChange{Current: proof(password), Password: another})
				return err
			},
		)
		if err := errors.Join(answers...); err != nil {
			t.Fatal(err)
		}
		if n := p.count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL`); n != 0 {
			t.Fatalf("%d links work", n)
		}
	}
}

func TestASecondFactorStaysWithAReset(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.protect(t, who)
	p.requestReset(t, who.email)
	mustNot(t, p.Accounts.ResetPassword(t.Context(), p.mustLink(t, who.email, "reset"), newPassword(another)))
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		on, err := p.SecondFactors.Enabled(ctx, tx, who.account)
		if err == nil && !on {
			t.Error("the reset took the second factor away")
		}
		return err
	})
}

// The answer to a forgotten password is for everybody, so it takes nothing away.
func TestAStrangerAsksForAnInvitationOnceMore(t *testing.T) {
	for name, handOver := range map[string]func(p house, admin access.Actor, user user.User, mailed string) string{
		"mailed": func(_ house, _ access.Actor, _ user.User, mailed string) string { return mailed },
		"copied": func(p house, admin access.Actor, user user.User, _ string) string {
			link, _, err := p.Invitations.CopyLink(t.Context(), admin, user.ID)
			mustNot(t, err)
			return tokenOf(link)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			admin, user, mailed := p.invitee(t)
			earlier := handOver(p, admin, user, mailed)
			p.clock.Advance(2 * time.Hour)
			p.requestReset(t, guest)
			further := p.mustLink(t, guest, "join")
			if further == mailed {
				t.Fatal("no further link was sent")
			}
			p.clock.Advance(7*day - 2*time.Hour - time.Microsecond)
			p.shows(t, earlier, credential.LinkLive)
			p.shows(t, further, credential.LinkLive)
			p.clock.Advance(time.Microsecond)
			p.shows(t, earlier, credential.LinkExpired)
			p.shows(t, further, credential.LinkExpired)
			if n := p.count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindReset)); n != 0 {
				t.Errorf("an invited person got %d reset links", n)
			}
		})
	}
}

func TestAnInvitationOnceMoreDoesNotOutliveItsReplacement(t *testing.T) {
	p := newHouse(t)
	admin, user, _ := p.invitee(t)
	p.requestReset(t, guest) // its letter has not left yet
	p.clock.Advance(time.Minute)
	copied, _, err := p.Invitations.CopyLink(t.Context(), admin, user.ID)
	mustNot(t, err)
	if n := len(p.letters(t, guest)); n != 1 {
		t.Errorf("%d letters carry links of an invitation that was replaced", n-1)
	}
	p.joins(t, tokenOf(copied))
}

func TestAStrangerAsksForAnInvitationWithoutMail(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	none := mail.NewOutbox(mail.OutboxOptions{BaseURL: "https://id.example"})
	p.SignIn.Outbox, p.Invitations.Outbox = none, none
	user := p.invite(t, admin, guest)
	copied, _, err := p.Invitations.CopyLink(t.Context(), admin, user.ID)
	mustNot(t, err)
	letters := p.count(t, `SELECT count(*) FROM letters`)
	p.requestReset(t, guest)
	if n := p.count(t, `SELECT count(*) FROM letters`); n != letters {
		t.Error("a letter waits for mail to be set up")
	}
	p.joins(t, tokenOf(copied))
}

// TestARequestMeetsTheHandOverOfAnother holds that the link of a letter that is
// just being handed over ends with the next request.
func TestARequestMeetsTheHandOverOfAnother(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	held, handedOver := make(chan struct{}), make(chan error)
	go func() {
		handedOver <- p.DB.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := tx.Exec(context.Background(), `UPDATE accounts SET reset_letter_id = 'ltr_earlier' WHERE id = $1`, who.account); err != nil {
				return err
			}
			close(held)
			time.Sleep(200 * time.Millisecond) // for the request to come as far as it can
			_, _, err := credential.MintLink(context.Background(), tx, credential.NewLink{
				Purpose: credential.LinkPasswordReset, SubjectID: who.account, Address: who.email, LetterID: "ltr_earlier", Lifetime: time.Hour,
			})
			return err
		})
	}()
	<-held
	p.requestReset(t, who.email)
	mustNot(t, <-handedOver)
	p.mustLink(t, who.email, "reset")
	if n := p.count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL`); n != 1 {
		t.Errorf("%d links work", n)
	}
}
