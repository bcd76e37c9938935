package invitation_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

const crowd = 64

// TestOneInvitationMakesOneAccount races the transaction of Join: the gate in
// front of password hashing lets a few through a second, and so few would never
// meet. The whole of Join is raced below.
func TestOneInvitationMakesOneAccount(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	u := p.Invite(t, admin, domaintest.Guest)
	hash, err := domaintest.Passwords().Hash(t.Context(), domaintest.Password)
	domaintest.MustNot(t, err)
	for round := range dbtest.RaceRounds() {
		link, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
		domaintest.MustNot(t, err)
		acts := make([]func() error, crowd)
		for i := range acts {
			acts[i] = func() error {
				_, err := invitation.JoinHashed(p.Invitations, context.Background(), domaintest.TokenOf(link), hash, domaintest.Origin)
				return err
			}
		}
		onlyOne(t, round, domaintest.Together(acts...), credential.ErrLinkUsed)
		accounts, sessions := p.Count(t, `SELECT count(*) FROM accounts WHERE email_key = $1`, domaintest.Guest), p.Count(t, `SELECT count(*) FROM sessions WHERE user_id = $1`, u.ID)
		if accounts != 1 || sessions != 1 {
			t.Fatalf("round %d: %d accounts, %d sessions", round, accounts, sessions)
		}
		p.uninvite(t, admin, &u)
	}
	if n := p.Events(t, "user.joined"); n != dbtest.RaceRounds() {
		t.Errorf("the trail says %d times that somebody joined", n)
	}
	p.Verify(t)
}

// uninvite makes room for the next round.
func (p house) uninvite(t testing.TB, admin access.Actor, u *user.User) {
	t.Helper()
	p.Exec(t, `DELETE FROM sessions WHERE user_id = $1`, u.ID)
	p.Exec(t, `DELETE FROM users WHERE id = $1`, u.ID)
	p.Exec(t, `DELETE FROM accounts WHERE email_key = $1`, domaintest.Guest)
	p.Exec(t, `DELETE FROM throttles`)
	*u = p.Invite(t, admin, domaintest.Guest)
}

// onlyOne checks that one act succeeded and the others were refused in one of these ways.
func onlyOne(t testing.TB, round int, answers []error, refusals ...error) {
	t.Helper()
	if domaintest.Succeeded(answers) != 1 {
		t.Fatalf("round %d: not exactly one success: %s", round, domaintest.Describe(answers))
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
	_, _, token := p.Invitee(t)
	acts := make([]func() error, crowd)
	for i := range acts {
		acts[i] = func() error {
			_, err := p.Invitations.Join(context.Background(), token, domaintest.Password, domaintest.Origin)
			return err
		}
	}
	// Who looks while the first one commits sees the new account and is told to log in.
	onlyOne(t, 0, domaintest.Together(acts...), credential.ErrLinkUsed, credential.ErrBusy, invitation.ErrAccountExists)
}

// A letter that was tried twice has two links, and no new account stops the second.
func TestTwoLinksOfOneInvitationAddOneOrganization(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	stranger := p.Stranger(t)
	for round := range dbtest.RaceRounds() {
		server := &shaky{Post: p.Post, failures: 1}
		p.Through(t, server)
		stranger = p.Back(t, stranger) // a minute passes in each round
		u := p.Invite(t, stranger, domaintest.Guest)
		p.Deliver(t)
		p.Clock.Advance(time.Minute)
		p.Deliver(t)
		current, spare := b.Must(t), p.Again(t, b)
		acts := make([]func() error, 16)
		for i := range acts {
			message, err := mail.Parse(server.read[i%2].Message)
			domaintest.MustNot(t, err)
			acts[i] = func() error {
				_, err := p.Invitations.JoinAs(context.Background(), current, linkIn(t, message.Text))
				return err
			}
		}
		onlyOne(t, round, domaintest.Together(acts...), credential.ErrLinkUsed, invitation.ErrNotInvited)
		if n := p.Count(t, `SELECT count(*) FROM sessions WHERE user_id = $1`, u.ID); n != 1 {
			t.Fatalf("round %d: %d sessions", round, n)
		}
		p.Exec(t, `DELETE FROM sessions WHERE user_id = $1`, u.ID)
		p.Exec(t, `DELETE FROM users WHERE id = $1`, u.ID)
		p.Exec(t, `DELETE FROM throttles`)
		b = spare // the first one goes on in the other organization
	}
}

func TestOneCodeTurnsTheSecondFactorOnOnce(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	for round := range dbtest.RaceRounds() {
		current := b.Must(t)
		enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), current)
		domaintest.MustNot(t, err)
		code := p.Code(t, enrolment.Key.Reveal())
		tokens := make([]string, crowd)
		acts := make([]func() error, crowd)
		for i := range acts {
			acts[i] = func() error {
				token, err := p.Profiles.ConfirmSecondFactor(context.Background(), current, code)
				tokens[i] = token.Reveal()
				return err
			}
		}
		answers := domaintest.Together(acts...)
		waiting := 0
		for i, err := range answers {
			if f, ok := fault.Of(err); ok && f.RetryAfter > 0 {
				waiting, answers[i] = waiting+1, profile.ErrSecondFactorOn // twenty tries are all that are looked at
			}
			if err == nil {
				b.Token = tokens[i]
			}
		}
		onlyOne(t, round, answers, profile.ErrSecondFactorOn, credential.ErrCodeUsed, credential.ErrEnrolmentExpired)
		if waiting != crowd-20 {
			t.Errorf("round %d: %d tries were not looked at, want %d", round, waiting, crowd-20)
		}
		if n := p.Count(t, `SELECT count(*) FROM recovery_codes`); n != 10 {
			t.Fatalf("round %d: %d recovery codes", round, n)
		}
		p.Exec(t, `DELETE FROM second_factors`)
		p.Exec(t, `DELETE FROM throttles`)
	}
	if n := p.Events(t, "second_factor.turned_on"); n != dbtest.RaceRounds() {
		t.Errorf("the trail says it %d times", n)
	}
}
