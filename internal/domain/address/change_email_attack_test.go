package address_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/address"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/person"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/fault"
)

const fresh = "new@other.example"

func TestAnAddressIsChangedOnceItIsProven(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	elsewhere := p.Organization(t, "Contoso")
	p.Join(t, who, elsewhere)
	b, other := p.LogIn(t, who), p.LogIn(t, who)
	p.AskForEmail(t, b, "New@Other.Example")
	if p.AddressOf(t, who) != who.Email {
		t.Fatal("the address changed before it was proven")
	}
	token := p.MustLink(t, "New@other.example", "email/confirm")
	told := p.Letters(t, who.Email)
	if len(told) != 1 || !strings.Contains(told[0], "Stop this change") || strings.Contains(told[0], "other.example") {
		t.Error("the old address is not told, or told too much")
	}
	profile, err := p.Profiles.Profile(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	if profile.EmailChange == nil || profile.EmailChange.Address != "New@other.example" || !profile.EmailChange.Until.Equal(p.Clock.Now().Add(24*time.Hour)) {
		t.Errorf("the profile shows %+v", profile.EmailChange)
	}
	opened, err := p.Addresses.OpenEmailProof(t.Context(), token)
	domaintest.MustNot(t, err)
	if opened.Old != who.Email || opened.New != "New@other.example" || opened.State != credential.LinkLive {
		t.Errorf("the link shows %+v", opened)
	}
	p.ConfirmEmail(t, b, token)
	if p.AddressOf(t, who) != "New@other.example" {
		t.Error("the address did not change")
	}
	if n := p.Count(t, `SELECT count(*) FROM users WHERE account_id = $1 AND email = 'New@other.example' AND email_key = 'new@other.example'
		AND search_text LIKE '%new@other.example%'`, who.Account); n != 2 {
		t.Errorf("the address changed in %d organizations, want 2", n)
	}
	if _, err := other.Current(t); err == nil {
		t.Error("another session survived")
	}
	if told := p.Letters(t, "New@other.example"); len(told) != 2 {
		t.Errorf("the new address got %d letters", len(told))
	}
	if told := p.Letters(t, who.Email); len(told) != 2 || !strings.Contains(told[1], "Undo") {
		t.Error("the old address is not told, or cannot undo")
	}
	for _, organization := range []string{p.Northwind, elsewhere} {
		if n := p.Count(t, `SELECT count(*) FROM audit_events e WHERE organization_id = $1 AND action = 'email.changed'
			AND EXISTS (SELECT 1 FROM users u WHERE u.organization_id = e.organization_id AND u.id = e.actor_id AND u.id = e.target_id)`, organization); n != 1 {
			t.Error("a trail lacks the change, or names somebody of another organization")
		}
	}
	domaintest.Refused(t, p.confirm(t, b, token), credential.ErrLinkUsed)
}

func TestTheRefusalsOfAChangeOfAddress(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	for _, c := range []struct {
		email, password string
		want            *fault.Fault
	}{
		{"", domaintest.Password, address.ErrEmailMissing},
		{" ", domaintest.Password, address.ErrEmailMissing},
		{"nonsense", domaintest.Password, person.ErrEmailInvalid},
		{strings.ToUpper(who.Email), domaintest.Password, address.ErrEmailUnchanged},
		{fresh, "", proof.ErrPasswordMissing},
		{fresh, domaintest.Wrong, proof.ErrPasswordWrong},
	} {
		_, err := p.Addresses.ChangeEmail(t.Context(), b.Must(t), address.EmailChange{Email: c.email, Current: domaintest.Proof(c.password)})
		domaintest.Refused(t, err, c.want)
	}
	domaintest.Refused(t, p.Addresses.ResendEmailProof(t.Context(), b.Must(t)), address.ErrNoEmailChange)
	domaintest.MustNot(t, p.Addresses.StopEmailChange(t.Context(), b.Must(t)))
	if n := p.Count(t, `SELECT count(*) FROM letters`); n != 0 {
		t.Errorf("%d letters were written", n)
	}
}

func TestAttackerConfirmsWithALinkForAnotherAccount(t *testing.T) {
	p := newHouse(t)
	victim, attacker := p.Person(t), p.Person(t)
	theirs, own := p.LogIn(t, victim), p.LogIn(t, attacker)
	p.AskForEmail(t, own, fresh) // an account of the attacker is to have the victim's mailbox
	token := p.MustLink(t, fresh, "email/confirm")
	domaintest.Refused(t, p.confirm(t, theirs, token), address.ErrNotYourEmailChange)
	if p.AddressOf(t, victim) != victim.Email || p.AddressOf(t, attacker) != attacker.Email {
		t.Error("an address changed")
	}
	if opened, _ := p.Addresses.OpenEmailProof(t.Context(), token); opened.State != credential.LinkLive {
		t.Error("the refused try used the link up")
	}
}

func TestAttackerConfirmsAnotherAddressThanTheLinkProves(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	p.AskForEmail(t, b, "own@attacker.example")
	first := p.MustLink(t, "own@attacker.example", "email/confirm")
	p.AskForEmail(t, b, "victim@bank.example")
	second := p.MustLink(t, "victim@bank.example", "email/confirm")
	domaintest.Refused(t, p.confirm(t, b, first), credential.ErrLinkReplaced)
	// Even a link that somehow stayed alive proves its own address only.
	p.Exec(t, `UPDATE links SET ended_at = NULL, ended_because = NULL WHERE address = 'own@attacker.example'`)
	domaintest.Refused(t, p.confirm(t, b, first), credential.ErrLinkVoided)
	p.ConfirmEmail(t, b, second)
	if p.AddressOf(t, who) != "victim@bank.example" {
		t.Error("the proven address is not the log-in")
	}
}

func TestAttackerRacesTwoChangesOfAddress(t *testing.T) {
	for range 5 {
		p := newHouse(t)
		who := p.Person(t)
		b, other := p.LogIn(t, who), p.LogIn(t, who)
		one, two := b.Must(t), other.Must(t)
		ask := func(current session.Current, email string) func() error {
			return func() error {
				err := error(credential.ErrBusy)
				for errors.Is(err, credential.ErrBusy) { // a slow machine makes them wait too long; that is no try
					_, err = p.Addresses.ChangeEmail(context.Background(), current, address.EmailChange{Email: email, Current: domaintest.Proof(domaintest.Password)})
				}
				return err
			}
		}
		if err := errors.Join(domaintest.Together(ask(one, "a@other.example"), ask(two, "b@other.example"))...); err != nil {
			t.Fatal(err)
		}
		if n := p.Count(t, `SELECT count(*) FROM email_changes WHERE state = 'pending'`); n != 1 {
			t.Fatalf("%d changes wait", n)
		}
		p.Deliver(t)
		if n := p.Count(t, `SELECT count(*) FROM links l JOIN email_changes c ON c.new_address = l.address AND c.state = 'pending'
			WHERE l.purpose = 'confirm_email' AND l.ended_at IS NULL`); n != 1 {
			t.Fatalf("%d links fit the change that waits", n)
		}
		if n := p.Count(t, `SELECT count(*) FROM links WHERE purpose = 'confirm_email' AND ended_at IS NULL`); n != 1 {
			t.Fatalf("%d links work", n)
		}
	}
}

func TestAttackerLooksForAccountsByChangingTheAddress(t *testing.T) {
	p := newHouse(t)
	owner, who := p.Person(t), p.Person(t)
	b := p.LogIn(t, who)
	p.AskForEmail(t, b, owner.Email)
	told := p.Letters(t, owner.Email)
	if len(told) != 1 || !strings.Contains(told[0], "Someone tried to use your email address") || strings.Contains(told[0], "email/confirm") {
		t.Errorf("the owner got %q", told)
	}
	taken, err := p.Profiles.Profile(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	p.AskForEmail(t, b, "free@other.example")
	p.Deliver(t)
	free, err := p.Profiles.Profile(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	if taken.EmailChange == nil || free.EmailChange == nil || !taken.EmailChange.Until.Equal(free.EmailChange.Until) {
		t.Errorf("the answers differ: %+v, %+v", taken.EmailChange, free.EmailChange)
	}
	if n := len(p.Letters(t, who.Email)); n != 2 {
		t.Errorf("the own mailbox got %d letters, want the same one for each", n)
	}
	domaintest.MustNot(t, p.Addresses.ResendEmailProof(t.Context(), b.Must(t)))
}

func TestAProofThatProvesNothingAnyMore(t *testing.T) {
	p := newHouse(t)
	for _, since := range []struct {
		what    string
		happens func(t *testing.T, c *change, token string)
		want    *fault.Fault
	}{
		{"it was sent again", func(t *testing.T, c *change, _ string) {
			domaintest.MustNot(t, c.Addresses.ResendEmailProof(t.Context(), c.b.Must(t)))
			c.Deliver(t)
		}, credential.ErrLinkReplaced},
		{"a day went by", func(t *testing.T, c *change, _ string) {
			c.Clock.Advance(24 * time.Hour)
			c.b = c.LogIn(t, c.who)
			shown, err := c.Profiles.Profile(t.Context(), c.b.Must(t))
			domaintest.MustNot(t, err)
			if shown.EmailChange != nil {
				t.Error("a change that ended is still shown")
			}
		}, credential.ErrLinkExpired},
		{"the new mailbox refused", func(t *testing.T, c *change, token string) {
			domaintest.MustNot(t, c.Addresses.RefuseEmail(t.Context(), token, domaintest.Origin))
			domaintest.Refused(t, c.Addresses.RefuseEmail(t.Context(), token, domaintest.Origin), credential.ErrLinkUsed)
		}, credential.ErrLinkUsed},
		{"an account got the address", func(t *testing.T, c *change, _ string) { c.taken(t, c.to) }, address.ErrAddressTaken},
		{"the address was invited here", func(t *testing.T, c *change, _ string) { c.Invite(t, c.Administrator(t), c.to) }, address.ErrAddressTaken},
	} {
		t.Run(since.what, func(t *testing.T) {
			c := p.asked(t)
			token := c.proof(t)
			since.happens(t, c, token)
			domaintest.Refused(t, c.confirm(t, c.b, token), since.want)
			c.b.Must(t) // nothing happened, so nothing ended
			if c.AddressOf(t, c.who) != c.who.Email {
				t.Error("the address changed")
			}
		})
	}
}

func TestTheOldMailboxStopsAChange(t *testing.T) {
	c := newHouse(t).asked(t)
	proof, stop := c.proof(t), c.old(t, "email/stop")
	opened, err := c.Addresses.OpenEmailRevert(t.Context(), stop)
	domaintest.MustNot(t, err)
	if opened.Confirmed || opened.Old != c.who.Email || opened.New != "n•••@n•••.example" {
		t.Errorf("the link shows %+v", opened)
	}
	if undone, err := c.revert(t, stop); err != nil || undone {
		t.Errorf("what never happened was undone: %v, %v", undone, err)
	}
	c.b.Must(t)
	domaintest.Refused(t, c.confirm(t, c.b, proof), credential.ErrLinkWithdrawn)
	_, err = c.revert(t, stop)
	domaintest.Refused(t, err, credential.ErrLinkUsed)
	if c.Events(t, "email.change_stopped") != 1 {
		t.Error("the stop is not in the trail")
	}
}

func TestALetterOfAStoppedChangeBringsNoLink(t *testing.T) {
	c := newHouse(t).asked(t)
	domaintest.MustNot(t, c.Addresses.StopEmailChange(t.Context(), c.b.Must(t)))
	if c.Link(t, c.to, "email/confirm") != "" || c.Link(t, c.who.Email, "email/stop") != "" {
		t.Error("a letter of a stopped change brought a link")
	}
}

func TestAProofAndAStopAtTheSameMoment(t *testing.T) {
	p := newHouse(t)
	for range 10 {
		c := p.asked(t)
		proof, stop, current := c.proof(t), c.old(t, "email/stop"), c.b.Must(t)
		domaintest.Together(
			func() error { _, err := c.Addresses.ConfirmEmail(context.Background(), current, proof); return err },
			func() error { _, err := c.revert(t, stop); return err },
		)
		// Whoever was first, the old mailbox wins: stopped, or made and undone.
		if c.AddressOf(t, c.who) != c.who.Email {
			t.Fatal("the change was made although the old mailbox stopped it")
		}
	}
}

func TestOneProofManyTimesAtOnce(t *testing.T) {
	c := newHouse(t).asked(t)
	token, current := c.proof(t), c.b.Must(t)
	var acts []func() error
	for range 8 {
		acts = append(acts, func() error { _, err := c.Addresses.ConfirmEmail(context.Background(), current, token); return err })
	}
	if answers := domaintest.Together(acts...); domaintest.Succeeded(answers) != 1 {
		t.Errorf("not exactly one succeeded: %s", domaintest.Describe(answers))
	}
}

func TestAttackerFloodsStrangersWithProofs(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	b := p.LogIn(t, who)
	sent := 0
	for range 12 {
		token, err := p.Addresses.ChangeEmail(t.Context(), b.Must(t), address.EmailChange{Email: fresh, Current: domaintest.Proof(domaintest.Password)})
		if fault.IsKind(err, fault.TooMany) {
			continue
		}
		b.Keep(t, token, err)
		sent++
	}
	if sent != 5 {
		t.Errorf("%d letters within an hour, want 5", sent)
	}
	if err := p.Addresses.ResendEmailProof(t.Context(), b.Must(t)); !fault.IsKind(err, fault.TooMany) {
		t.Errorf("resending goes around the limit: %v", err)
	}
}
