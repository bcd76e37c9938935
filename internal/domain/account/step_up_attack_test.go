package account_test

import (
	"context"
	"testing"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// aged lets the last proof and the log-in of a session be that long ago.
func (p *place) aged(t testing.TB, b *browser, by time.Duration) session.Current {
	t.Helper()
	current := b.must(t)
	then := current.CreatedAt.Add(-by)
	p.exec(t, `UPDATE sessions SET created_at = $2, proven_at = $2, expires_at = $3 WHERE id = $1`,
		current.SessionID, then, then.Add(session.Lifetime))
	return b.must(t)
}

// An invitation to an organization of their own is all that a thief of an old
// session needs to be shown as somebody who has just logged in.
func TestAttackerMakesAStolenSessionYoungAgainByJoining(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	b := p.joins(t, token)
	p.invite(t, p.stranger(t), guest)
	stolen := p.aged(t, b, 11*time.Hour)
	started, err := p.Invitations.JoinAs(t.Context(), stolen, p.mustLink(t, guest, "join"))
	mustNot(t, err)
	there := (&browser{p.place, started.Token.Reveal()}).must(t)
	if !there.CreatedAt.Equal(stolen.CreatedAt) || !there.ProvenAt.Equal(stolen.ProvenAt) || !there.ExpiresAt.Equal(stolen.ExpiresAt) {
		t.Errorf("logged in %s, proven %s, ends %s; before: %s, %s, %s", there.CreatedAt, there.ProvenAt, there.ExpiresAt,
			stolen.CreatedAt, stolen.ProvenAt, stolen.ExpiresAt)
	}
	_, err = b.current(t)
	refused(t, err, session.ErrEnded) // it goes on as the new one
}

func TestASessionThatWasEndedMeanwhileJoinsNothing(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	b := p.joins(t, token)
	p.invite(t, p.stranger(t), guest)
	link := p.mustLink(t, guest, "join")
	stolen := b.must(t)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		return session.EndAllOfAccount(ctx, tx, stolen.Actor.AccountID)
	})
	_, err := p.Invitations.JoinAs(t.Context(), stolen, link)
	refused(t, err, session.ErrEnded)
	p.shows(t, link, "live")
}

func TestAnAddressThatTheAccountGaveUpJoinsNothing(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	current := p.joins(t, token).must(t)
	p.invite(t, p.stranger(t), guest)
	link := p.mustLink(t, guest, "join")
	p.exec(t, `UPDATE accounts SET email = 'else@x.example', email_key = 'else@x.example' WHERE id = $1`, current.Actor.AccountID)
	_, err := p.Invitations.JoinAs(t.Context(), current, link)
	refused(t, err, account.ErrNotYourInvitation)
}

// Whoever finds a session open must not put an authenticator of their own into
// the account: its owner would not get in any more.
func TestAttackerProtectsAnAccountAgainstItsOwner(t *testing.T) {
	p := newPlace(t)
	b := p.logIn(t, p.person(t))
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	mustNot(t, err)
	stolen := p.aged(t, b, account.ProofLifetime)
	_, err = p.Profiles.BeginSecondFactor(t.Context(), stolen)
	refused(t, err, account.ErrConfirmFirst)
	_, err = p.Profiles.Enrolment(t.Context(), stolen)
	refused(t, err, account.ErrConfirmFirst)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), stolen, p.code(t, enrolment.Key.Reveal()))
	refused(t, err, account.ErrConfirmFirst)
	if b.must(t).SecondFactorOn {
		t.Error("it is on")
	}
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.must(t), proof(password))
	b.keep(t, token, err)
	token, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.must(t), p.code(t, enrolment.Key.Reveal()))
	b.keep(t, token, err)
}

// The first set-up follows the choice of the password and is not interrupted.
func TestTheFirstSetUpAsksForNoOtherProof(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	p.aged(t, b, account.ProofLifetime)
	_, err := p.Profiles.BeginSecondFactor(t.Context(), b.must(t))
	mustNot(t, err)
}

// What asks for a fresh proof must not count as one itself.
func TestAttackerKeepsAProofFreshWithoutThePassword(t *testing.T) {
	p := newPlace(t)
	who := p.person(t)
	p.protect(t, who)
	b := p.logIn(t, who)
	p.aged(t, b, 14*time.Minute)
	before := b.must(t)
	token, err := p.Profiles.NewRecoveryCodes(t.Context(), before)
	b.keep(t, token, err)
	if after := b.must(t); !after.ProvenAt.Equal(before.ProvenAt) {
		t.Errorf("proven at %s, then without a password at %s", before.ProvenAt, after.ProvenAt)
	}
	token, err = p.Profiles.ConfirmItsYou(t.Context(), b.must(t), proof(password))
	b.keep(t, token, err)
	if after := b.must(t); !after.ProvenAt.After(before.ProvenAt) {
		t.Error("a password proves nothing")
	}
}
