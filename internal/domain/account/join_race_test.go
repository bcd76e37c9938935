package account_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

const crowd = 64

// TestOneInvitationMakesOneAccount races the transaction of Join: the gate in
// front of password hashing lets a few through a second, and so few would never
// meet. The whole of Join is raced below.
func TestOneInvitationMakesOneAccount(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	u := p.invite(t, admin, guest)
	hash, err := passwords().Hash(t.Context(), password)
	mustNot(t, err)
	for round := range raceRounds() {
		link, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
		mustNot(t, err)
		acts := make([]func() error, crowd)
		for i := range acts {
			acts[i] = func() error {
				_, err := account.JoinHashed(p.Invitations, context.Background(), tokenOf(link), hash, origin)
				return err
			}
		}
		onlyOne(t, round, together(acts...), credential.ErrLinkUsed)
		accounts, sessions := p.count(t, `SELECT count(*) FROM accounts WHERE email_key = $1`, guest), p.count(t, `SELECT count(*) FROM sessions WHERE user_id = $1`, u.ID)
		if accounts != 1 || sessions != 1 {
			t.Fatalf("round %d: %d accounts, %d sessions", round, accounts, sessions)
		}
		p.uninvite(t, admin, &u)
	}
	if n := p.events(t, "user.joined"); n != raceRounds() {
		t.Errorf("the trail says %d times that somebody joined", n)
	}
	p.verify(t)
}

// uninvite makes room for the next round.
func (p house) uninvite(t testing.TB, admin access.Actor, u *user.User) {
	t.Helper()
	p.exec(t, `DELETE FROM sessions WHERE user_id = $1`, u.ID)
	p.exec(t, `DELETE FROM users WHERE id = $1`, u.ID)
	p.exec(t, `DELETE FROM accounts WHERE email_key = $1`, guest)
	p.exec(t, `DELETE FROM throttles`)
	*u = p.invite(t, admin, guest)
}

// onlyOne checks that one act succeeded and the others were refused in one of these ways.
func onlyOne(t testing.TB, round int, answers []error, refusals ...error) {
	t.Helper()
	if succeeded(answers) != 1 {
		t.Fatalf("round %d: not exactly one success: %s", round, describe(answers))
	}
	for _, err := range answers {
		expected := err == nil
		for _, refusal := range refusals {
			expected = expected || errors.Is(err, refusal)
		}
		if !expected {
			t.Errorf("round %d: a loser is answered with %v", round, err)
		}
	}
}

func TestOneInvitationIsPostedManyTimesAtOnce(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	acts := make([]func() error, crowd)
	for i := range acts {
		acts[i] = func() error {
			_, err := p.Invitations.Join(context.Background(), token, password, origin)
			return err
		}
	}
	// Who looks while the first one commits sees the new account and is told to log in.
	onlyOne(t, 0, together(acts...), credential.ErrLinkUsed, credential.ErrBusy, account.ErrAccountExists)
}

// A letter that was tried twice has two links, and no new account stops the second.
func TestTwoLinksOfOneInvitationAddOneOrganization(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	stranger := p.stranger(t)
	for round := range raceRounds() {
		server := &shaky{post: p.post, failures: 1}
		p.through(t, server)
		u := p.invite(t, stranger, guest)
		p.deliver(t)
		p.clock.Advance(time.Minute)
		p.deliver(t)
		current, spare := b.must(t), p.again(t, b)
		acts := make([]func() error, 16)
		for i := range acts {
			message, err := mail.Parse(server.read[i%2].Message)
			mustNot(t, err)
			acts[i] = func() error {
				_, err := p.Invitations.JoinAs(context.Background(), current, linkIn(t, message.Text))
				return err
			}
		}
		onlyOne(t, round, together(acts...), credential.ErrLinkUsed, account.ErrNotInvited)
		if n := p.count(t, `SELECT count(*) FROM sessions WHERE user_id = $1`, u.ID); n != 1 {
			t.Fatalf("round %d: %d sessions", round, n)
		}
		p.exec(t, `DELETE FROM sessions WHERE user_id = $1`, u.ID)
		p.exec(t, `DELETE FROM users WHERE id = $1`, u.ID)
		p.exec(t, `DELETE FROM throttles`)
		b = spare // the first one goes on in the other organization
	}
}

func TestOneCodeTurnsTheSecondFactorOnOnce(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	for round := range raceRounds() {
		current := b.must(t)
		enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), current)
		mustNot(t, err)
		code := p.code(t, enrolment.Key.Reveal())
		tokens := make([]string, crowd)
		acts := make([]func() error, crowd)
		for i := range acts {
			acts[i] = func() error {
				token, err := p.Profiles.ConfirmSecondFactor(context.Background(), current, code)
				tokens[i] = token.Reveal()
				return err
			}
		}
		answers := together(acts...)
		waiting := 0
		for i, err := range answers {
			if f, ok := fault.Of(err); ok && f.RetryAfter > 0 {
				waiting, answers[i] = waiting+1, account.ErrSecondFactorOn // twenty tries are all that are looked at
			}
			if err == nil {
				b.token = tokens[i]
			}
		}
		onlyOne(t, round, answers, account.ErrSecondFactorOn, credential.ErrCodeUsed, credential.ErrEnrolmentExpired)
		if waiting != crowd-20 {
			t.Errorf("round %d: %d tries were not looked at, want %d", round, waiting, crowd-20)
		}
		if n := p.count(t, `SELECT count(*) FROM recovery_codes`); n != 10 {
			t.Fatalf("round %d: %d recovery codes", round, n)
		}
		p.exec(t, `DELETE FROM second_factors`)
		p.exec(t, `DELETE FROM throttles`)
	}
	if n := p.events(t, "second_factor.turned_on"); n != raceRounds() {
		t.Errorf("the trail says it %d times", n)
	}
}
