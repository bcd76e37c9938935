package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/platform/fault"
)

const fresh = "new@other.example"

func (p *place) askFor(t testing.TB, b *browser, email string) {
	t.Helper()
	token, err := p.Profiles.ChangeEmail(t.Context(), b.must(t), account.EmailChange{Email: email, Current: proof(password)})
	b.keep(t, token, err)
}

func (p *place) confirm(t testing.TB, b *browser, token string) {
	t.Helper()
	renewed, err := p.Profiles.ConfirmEmail(t.Context(), b.must(t), token)
	b.keep(t, renewed, err)
}

func (p *place) addressOf(t testing.TB, who *holder) string {
	t.Helper()
	return p.text(t, `SELECT email FROM accounts WHERE id = $1`, who.account)
}

func TestAnAddressIsChangedOnceItIsProven(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	elsewhere := p.organization(t, "Contoso")
	p.join(t, who, elsewhere)
	b, other := p.logIn(t, who), p.logIn(t, who)
	p.askFor(t, b, "New@Other.Example")
	if p.addressOf(t, who) != who.email {
		t.Fatal("the address changed before it was proven")
	}
	token := p.mustLink(t, "New@other.example", "email/confirm")
	told := p.letters(t, who.email)
	if len(told) != 1 || !strings.Contains(told[0], "Stop this change") || strings.Contains(told[0], "other.example") {
		t.Error("the old address is not told, or told too much")
	}
	profile, err := p.Profiles.Profile(t.Context(), b.must(t))
	mustNot(t, err)
	if profile.EmailChange == nil || profile.EmailChange.Address != "New@other.example" || !profile.EmailChange.Until.Equal(p.clock.Now().Add(24*time.Hour)) {
		t.Errorf("the profile shows %+v", profile.EmailChange)
	}
	opened, err := p.Profiles.OpenEmailProof(t.Context(), token)
	mustNot(t, err)
	if opened.Old != who.email || opened.New != "New@other.example" || opened.State != credential.LinkLive {
		t.Errorf("the link shows %+v", opened)
	}
	p.confirm(t, b, token)
	if p.addressOf(t, who) != "New@other.example" {
		t.Error("the address did not change")
	}
	if n := p.count(t, `SELECT count(*) FROM users WHERE account_id = $1 AND email = 'New@other.example' AND email_key = 'new@other.example'
		AND search_text LIKE '%new@other.example%'`, who.account); n != 2 {
		t.Errorf("the address changed in %d organizations, want 2", n)
	}
	if _, err := other.current(t); err == nil {
		t.Error("another session survived")
	}
	if told := p.letters(t, "New@other.example"); len(told) != 2 {
		t.Errorf("the new address got %d letters", len(told))
	}
	if told := p.letters(t, who.email); len(told) != 2 || !strings.Contains(told[1], "Undo") {
		t.Error("the old address is not told, or cannot undo")
	}
	for _, organization := range []string{p.northwind, elsewhere} {
		if n := p.count(t, `SELECT count(*) FROM audit_events e WHERE organization_id = $1 AND action = 'email.changed'
			AND EXISTS (SELECT 1 FROM users u WHERE u.organization_id = e.organization_id AND u.id = e.actor_id AND u.id = e.target_id)`, organization); n != 1 {
			t.Error("a trail lacks the change, or names somebody of another organization")
		}
	}
	refused(t, p.mustFailConfirm(t, b, token), credential.ErrLinkUsed)
}

func (p *place) mustFailConfirm(t testing.TB, b *browser, token string) error {
	t.Helper()
	_, err := p.Profiles.ConfirmEmail(t.Context(), b.must(t), token)
	if err == nil {
		t.Error("the link confirmed an address")
	}
	return err
}

func TestTheRefusalsOfAChangeOfAddress(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	for _, c := range []struct {
		email, password string
		want            *fault.Fault
	}{
		{"", password, account.ErrEmailMissing},
		{" ", password, account.ErrEmailMissing},
		{"nonsense", password, person.ErrEmailInvalid},
		{strings.ToUpper(who.email), password, account.ErrEmailUnchanged},
		{fresh, "", account.ErrPasswordMissing},
		{fresh, wrong, account.ErrPasswordWrong},
	} {
		_, err := p.Profiles.ChangeEmail(t.Context(), b.must(t), account.EmailChange{Email: c.email, Current: proof(c.password)})
		refused(t, err, c.want)
	}
	refused(t, p.Profiles.ResendEmailProof(t.Context(), b.must(t)), account.ErrNoEmailChange)
	mustNot(t, p.Profiles.StopEmailChange(t.Context(), b.must(t)))
	if n := p.count(t, `SELECT count(*) FROM letters`); n != 0 {
		t.Errorf("%d letters were written", n)
	}
}

func TestAttackerConfirmsWithALinkForAnotherAccount(t *testing.T) {
	p := newPlace(t)
	victim, attacker := p.person(t), p.person(t)
	theirs, own := p.logIn(t, victim), p.logIn(t, attacker)
	p.askFor(t, own, fresh) // an account of the attacker is to have the victim's mailbox
	token := p.mustLink(t, fresh, "email/confirm")
	refused(t, p.mustFailConfirm(t, theirs, token), account.ErrNotYourEmailChange)
	if p.addressOf(t, victim) != victim.email || p.addressOf(t, attacker) != attacker.email {
		t.Error("an address changed")
	}
	if opened, _ := p.Profiles.OpenEmailProof(t.Context(), token); opened.State != credential.LinkLive {
		t.Error("the refused try used the link up")
	}
}

func TestAttackerConfirmsAnotherAddressThanTheLinkProves(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, "own@attacker.example")
	first := p.mustLink(t, "own@attacker.example", "email/confirm")
	p.askFor(t, b, "victim@bank.example")
	second := p.mustLink(t, "victim@bank.example", "email/confirm")
	refused(t, p.mustFailConfirm(t, b, first), credential.ErrLinkReplaced)
	// Even a link that somehow stayed alive proves its own address only.
	p.exec(t, `UPDATE links SET ended_at = NULL, ended_because = NULL WHERE address = 'own@attacker.example'`)
	refused(t, p.mustFailConfirm(t, b, first), credential.ErrLinkVoided)
	p.confirm(t, b, second)
	if p.addressOf(t, who) != "victim@bank.example" {
		t.Error("the proven address is not the log-in")
	}
}

func TestAttackerRacesTwoChangesOfAddress(t *testing.T) {
	for range 5 {
		p := newPlace(t)
		who := p.person(t)
		b, other := p.logIn(t, who), p.logIn(t, who)
		one, two := b.must(t), other.must(t)
		ask := func(current session.Current, email string) func() error {
			return func() error {
				_, err := p.Profiles.ChangeEmail(context.Background(), current, account.EmailChange{Email: email, Current: proof(password)})
				return err
			}
		}
		if err := errors.Join(together(ask(one, "a@other.example"), ask(two, "b@other.example"))...); err != nil {
			t.Fatal(err)
		}
		if n := p.count(t, `SELECT count(*) FROM email_changes WHERE state = 'pending'`); n != 1 {
			t.Fatalf("%d changes wait", n)
		}
		p.deliver(t)
		if n := p.count(t, `SELECT count(*) FROM links l JOIN email_changes c ON c.new_address = l.address AND c.state = 'pending'
			WHERE l.purpose = 'confirm_email' AND l.ended_at IS NULL`); n != 1 {
			t.Fatalf("%d links fit the change that waits", n)
		}
		if n := p.count(t, `SELECT count(*) FROM links WHERE purpose = 'confirm_email' AND ended_at IS NULL`); n != 1 {
			t.Fatalf("%d links work", n)
		}
	}
}

func TestAttackerLooksForAccountsByChangingTheAddress(t *testing.T) {
	p := newPlace(t)
	owner, who := p.person(t), p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, owner.email)
	told := p.letters(t, owner.email)
	if len(told) != 1 || !strings.Contains(told[0], "Someone tried to use your email address") || strings.Contains(told[0], "email/confirm") {
		t.Errorf("the owner got %q", told)
	}
	taken, err := p.Profiles.Profile(t.Context(), b.must(t))
	mustNot(t, err)
	p.askFor(t, b, "free@other.example")
	p.deliver(t)
	free, err := p.Profiles.Profile(t.Context(), b.must(t))
	mustNot(t, err)
	if taken.EmailChange == nil || free.EmailChange == nil || !taken.EmailChange.Until.Equal(free.EmailChange.Until) {
		t.Errorf("the answers differ: %+v, %+v", taken.EmailChange, free.EmailChange)
	}
	if n := len(p.letters(t, who.email)); n != 2 {
		t.Errorf("the own mailbox got %d letters, want the same one for each", n)
	}
	mustNot(t, p.Profiles.ResendEmailProof(t.Context(), b.must(t)))
}

func TestAnAddressThatWasTakenMeanwhileIsNotTakenOver(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	token := p.mustLink(t, fresh, "email/confirm")
	quicker := p.person(t)
	p.exec(t, `UPDATE accounts SET email = $2, email_key = $2 WHERE id = $1`, quicker.account, fresh)
	refused(t, p.mustFailConfirm(t, b, token), account.ErrAddressTaken)
	b.must(t) // nothing happened, so nothing ended
}

func TestAnAddressThatWasInvitedHereIsNotTakenOver(t *testing.T) {
	p := newPlace(t)
	invited := p.anInvitation(t, fresh)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, invited)
	refused(t, p.mustFailConfirm(t, b, p.mustLink(t, invited, "email/confirm")), account.ErrAddressTaken)
}

func TestAttackerConfirmsAfterADay(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	token := p.mustLink(t, fresh, "email/confirm")
	p.clock.Advance(24 * time.Hour)
	again := p.logIn(t, who)
	refused(t, p.mustFailConfirm(t, again, token), credential.ErrLinkExpired)
	profile, err := p.Profiles.Profile(t.Context(), again.must(t))
	mustNot(t, err)
	if profile.EmailChange != nil {
		t.Error("a change that ended is still shown")
	}
}

func TestTheOldMailboxStopsAChange(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	proof, stop := p.mustLink(t, fresh, "email/confirm"), p.mustLink(t, who.email, "email/stop")
	opened, err := p.Profiles.OpenEmailRevert(t.Context(), stop)
	mustNot(t, err)
	if opened.Confirmed || opened.Old != who.email || opened.New != "n•••@o•••.example" {
		t.Errorf("the link shows %+v", opened)
	}
	undone, err := p.Profiles.RevertEmail(t.Context(), stop, origin)
	mustNot(t, err)
	if undone {
		t.Error("what never happened was undone")
	}
	b.must(t)
	refused(t, p.mustFailConfirm(t, b, proof), credential.ErrLinkWithdrawn)
	_, err = p.Profiles.RevertEmail(t.Context(), stop, origin)
	refused(t, err, credential.ErrLinkUsed)
	if p.events(t, "email.change_stopped") != 1 {
		t.Error("the stop is not in the trail")
	}
}

func TestALetterOfAStoppedChangeBringsNoLink(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	mustNot(t, p.Profiles.StopEmailChange(t.Context(), b.must(t)))
	if p.link(t, fresh, "email/confirm") != "" || p.link(t, who.email, "email/stop") != "" {
		t.Error("a letter of a stopped change brought a link")
	}
}

func TestTheNewMailboxRefuses(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	token := p.mustLink(t, fresh, "email/confirm")
	mustNot(t, p.Profiles.RefuseEmail(t.Context(), token, origin))
	refused(t, p.mustFailConfirm(t, b, token), credential.ErrLinkUsed)
	refused(t, p.Profiles.RefuseEmail(t.Context(), token, origin), credential.ErrLinkUsed)
}

func TestTheOldMailboxUndoesATakeover(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	thief := p.logIn(t, who)
	p.askFor(t, thief, "first@thief.example")
	p.confirm(t, thief, p.mustLink(t, "first@thief.example", "email/confirm"))
	undo := p.mustLink(t, who.email, "email/undo")
	// The thief goes on: another address, another password.
	p.clock.Advance(time.Minute)
	p.askFor(t, thief, "second@thief.example")
	p.confirm(t, thief, p.mustLink(t, "second@thief.example", "email/confirm"))
	thievesUndo := p.mustLink(t, "first@thief.example", "email/undo")
	changed, err := p.Profiles.ChangePassword(t.Context(), thief.must(t), change(another))
	thief.keep(t, changed.Token, err)
	p.clock.Advance(6 * 24 * time.Hour)

	opened, err := p.Profiles.OpenEmailRevert(t.Context(), undo)
	mustNot(t, err)
	if !opened.Confirmed || opened.Old != who.email {
		t.Errorf("the link shows %+v", opened)
	}
	undone, err := p.Profiles.RevertEmail(t.Context(), undo, origin)
	mustNot(t, err)
	if !undone || p.addressOf(t, who) != who.email {
		t.Errorf("undone %v, the address is %s", undone, p.addressOf(t, who))
	}
	if _, err := thief.current(t); err == nil {
		t.Error("the thief is still logged in")
	}
	_, err = p.Profiles.RevertEmail(t.Context(), thievesUndo, origin)
	refused(t, err, credential.ErrLinkVoided)
	p.requestReset(t, who.email)
	mustNot(t, p.Accounts.ResetPassword(t.Context(), p.mustLink(t, who.email, "reset"), newPassword("yet another very long phrase")))
}

func TestTheFirstLetterStillHelpsAfterTheProof(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	stop := p.mustLink(t, who.email, "email/stop")
	p.confirm(t, b, p.mustLink(t, fresh, "email/confirm"))
	undone, err := p.Profiles.RevertEmail(t.Context(), stop, origin)
	mustNot(t, err)
	if !undone || p.addressOf(t, who) != who.email {
		t.Error("the way back of the first letter does not lead back")
	}
}

func TestAttackerUndoesAfterSevenDays(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	p.confirm(t, b, p.mustLink(t, fresh, "email/confirm"))
	undo := p.mustLink(t, who.email, "email/undo")
	p.clock.Advance(7 * 24 * time.Hour)
	_, err := p.Profiles.RevertEmail(t.Context(), undo, origin)
	refused(t, err, credential.ErrLinkExpired)
	_, err = p.Profiles.OpenEmailRevert(t.Context(), undo)
	refused(t, err, credential.ErrLinkExpired)
	if p.addressOf(t, who) != fresh {
		t.Error("the address went back")
	}
}

func TestAnUndoFindsTheOldAddressTaken(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	p.confirm(t, b, p.mustLink(t, fresh, "email/confirm"))
	undo := p.mustLink(t, who.email, "email/undo")
	quicker := p.person(t)
	p.exec(t, `UPDATE accounts SET email = $2, email_key = $2 WHERE id = $1`, quicker.account, who.email)
	_, err := p.Profiles.RevertEmail(t.Context(), undo, origin)
	refused(t, err, account.ErrAddressTaken)
}

func TestAProofAndAStopAtTheSameMoment(t *testing.T) {
	for range 10 {
		p := newPlace(t)
		who := p.person(t)
		b := p.logIn(t, who)
		p.askFor(t, b, fresh)
		proof, stop := p.mustLink(t, fresh, "email/confirm"), p.mustLink(t, who.email, "email/stop")
		current := b.must(t)
		together(
			func() error { _, err := p.Profiles.ConfirmEmail(context.Background(), current, proof); return err },
			func() error { _, err := p.Profiles.RevertEmail(context.Background(), stop, origin); return err },
		)
		// Whoever was first, the old mailbox wins: stopped, or made and undone.
		if p.addressOf(t, who) != who.email {
			t.Fatal("the change was made although the old mailbox stopped it")
		}
	}
}

func TestOneProofManyTimesAtOnce(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	token := p.mustLink(t, fresh, "email/confirm")
	current := b.must(t)
	var acts []func() error
	for range 8 {
		acts = append(acts, func() error { _, err := p.Profiles.ConfirmEmail(context.Background(), current, token); return err })
	}
	if answers := together(acts...); succeeded(answers) != 1 {
		t.Errorf("not exactly one succeeded: %s", describe(answers))
	}
}

func TestAttackerFloodsStrangersWithProofs(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	sent := 0
	for range 12 {
		token, err := p.Profiles.ChangeEmail(t.Context(), b.must(t), account.EmailChange{Email: fresh, Current: proof(password)})
		if fault.IsKind(err, fault.TooMany) {
			continue
		}
		b.keep(t, token, err)
		sent++
	}
	if sent != 5 {
		t.Errorf("%d letters within an hour, want 5", sent)
	}
	if err := p.Profiles.ResendEmailProof(t.Context(), b.must(t)); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("resending goes around the limit: %v", err)
	}
}

func TestAResentProofReplacesTheFirst(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	b := p.logIn(t, who)
	p.askFor(t, b, fresh)
	first := p.mustLink(t, fresh, "email/confirm")
	mustNot(t, p.Profiles.ResendEmailProof(t.Context(), b.must(t)))
	refused(t, p.mustFailConfirm(t, b, first), credential.ErrLinkReplaced)
	p.confirm(t, b, p.mustLink(t, fresh, "email/confirm"))
}
