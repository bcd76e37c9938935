package profile_test

import (
	"context"
	"testing"
	"time"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// aged lets the last proof and the log-in of a session be that long ago.
func (p house) aged(t testing.TB, b *domaintest.Browser, by time.Duration) session.Current {
	t.Helper()
	current := b.Must(t)
	then := current.CreatedAt.Add(-by)
	p.Exec(t, `UPDATE sessions SET created_at = $2, proven_at = $2, expires_at = $3 WHERE id = $1`,
		current.SessionID, then, then.Add(organization.MaxSession))
	return b.Must(t)
}

// An invitation to an organization of their own is all that a thief of an old
// session needs to be shown as somebody who has just logged in.
func TestAttackerMakesAStolenSessionYoungAgainByJoining(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	b := p.Joins(t, token)
	p.Invite(t, p.Stranger(t), domaintest.Guest)
	stolen := p.aged(t, b, 11*time.Hour)
	started, err := p.Invitations.JoinAs(t.Context(), stolen, p.MustLink(t, domaintest.Guest, "join"))
	domaintest.MustNot(t, err)
	there := p.Browser(started.Token.Reveal()).Must(t)
	if !there.CreatedAt.Equal(stolen.CreatedAt) || !there.ProvenAt.Equal(stolen.ProvenAt) || !there.ExpiresAt.Equal(stolen.ExpiresAt) {
		t.Errorf("logged in %s, proven %s, ends %s; before: %s, %s, %s", there.CreatedAt, there.ProvenAt, there.ExpiresAt,
			stolen.CreatedAt, stolen.ProvenAt, stolen.ExpiresAt)
	}
	_, err = b.Current(t)
	domaintest.Refused(t, err, session.ErrEnded) // it goes on as the new one
}

func TestASessionThatWasEndedMeanwhileJoinsNothing(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	b := p.Joins(t, token)
	p.Invite(t, p.Stranger(t), domaintest.Guest)
	link := p.MustLink(t, domaintest.Guest, "join")
	stolen := b.Must(t)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		return session.EndAllOfAccount(ctx, tx, stolen.Actor.AccountID)
	})
	_, err := p.Invitations.JoinAs(t.Context(), stolen, link)
	domaintest.Refused(t, err, session.ErrEnded)
	p.Shows(t, link, "live")
}

func TestAnAddressThatTheAccountGaveUpJoinsNothing(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	current := p.Joins(t, token).Must(t)
	p.Invite(t, p.Stranger(t), domaintest.Guest)
	link := p.MustLink(t, domaintest.Guest, "join")
	p.Exec(t, `UPDATE accounts SET email = 'else@x.example', email_key = 'else@x.example' WHERE id = $1`, current.Actor.AccountID)
	_, err := p.Invitations.JoinAs(t.Context(), current, link)
	domaintest.Refused(t, err, invitation.ErrNotYourInvitation)
}

// Whoever finds a session open must not put an authenticator of their own into
// the account: its owner would not get in any more.
func TestAttackerProtectsAnAccountAgainstItsOwner(t *testing.T) {
	p := newHouse(t)
	b := p.LogIn(t, p.Person(t))
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
	stolen := p.aged(t, b, profile.ProofLifetime)
	_, err = p.Profiles.BeginSecondFactor(t.Context(), stolen)
	domaintest.Refused(t, err, profile.ErrConfirmFirst)
	_, err = p.Profiles.Enrolment(t.Context(), stolen)
	domaintest.Refused(t, err, profile.ErrConfirmFirst)
	_, err = p.Profiles.ConfirmSecondFactor(t.Context(), stolen, p.Code(t, enrolment.Key.Reveal()))
	domaintest.Refused(t, err, profile.ErrConfirmFirst)
	if b.Must(t).SecondFactorOn {
		t.Error("it is on")
	}
	token, err := p.Profiles.ConfirmItsYou(t.Context(), b.Must(t), domaintest.Proof(domaintest.Password))
	b.Keep(t, token, err)
	token, err = p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, enrolment.Key.Reveal()))
	b.Keep(t, token, err)
}

// The first set-up follows the choice of the password and is not interrupted.
func TestTheFirstSetUpAsksForNoOtherProof(t *testing.T) {
	p := newHouse(t)
	b := p.Newcomer(t)
	p.aged(t, b, profile.ProofLifetime)
	_, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	domaintest.MustNot(t, err)
}

// What asks for a fresh proof must not count as one itself.
func TestAttackerKeepsAProofFreshWithoutThePassword(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	p.Protect(t, who)
	b := p.LogIn(t, who)
	p.aged(t, b, 14*time.Minute)
	before := b.Must(t)
	token, err := p.Profiles.NewRecoveryCodes(t.Context(), before)
	b.Keep(t, token, err)
	if after := b.Must(t); !after.ProvenAt.Equal(before.ProvenAt) {
		t.Errorf("proven at %s, then without a password at %s", before.ProvenAt, after.ProvenAt)
	}
	token, err = p.Profiles.ConfirmItsYou(t.Context(), b.Must(t), domaintest.Proof(domaintest.Password))
	b.Keep(t, token, err)
	if after := b.Must(t); !after.ProvenAt.After(before.ProvenAt) {
		t.Error("a password proves nothing")
	}
}
