package invitation_test

import (
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/mail"
)

// Whoever was never reached is invited until somebody repairs it, and how far the
// letter got is told for as long. Letters that nobody asks for go after 30 days.
func TestLettersAreKeptWhileTheirInvitationIsOpen(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.Invitee(t)
	joined := p.Invite(t, admin, "li@northwind.example")
	p.Joins(t, p.MustLink(t, joined.Email, "join"))
	prune := func(wantOpen, wantJoined int) {
		t.Helper()
		domaintest.MustNot(t, mail.PruneEnded(t.Context(), p.DB, invitation.NeedsLetter))
		for userID, want := range map[string]int{u.ID: wantOpen, joined.ID: wantJoined} {
			if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind = 'invite' AND subject_id = $1`, userID); n != want {
				t.Errorf("%d letters are kept of %s, want %d", n, userID, want)
			}
		}
	}
	p.Clock.Advance(30*24*time.Hour - time.Second)
	prune(1, 1)
	p.Clock.Advance(time.Second)
	prune(1, 0)
	_, err := p.Invitations.Resend(t.Context(), p.Back(t, admin), u.ID)
	domaintest.MustNot(t, err)
	p.Deliver(t)
	prune(1, 0) // the newer one
}

func TestWhatBecameOfALinkIsToldFor30Days(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	open := func() error {
		domaintest.MustNot(t, credential.PruneLinks(t.Context(), p.DB))
		_, err := p.Invitations.Open(t.Context(), token)
		return err
	}
	p.Clock.Advance(organization.DefaultPolicy.Invitation + 30*24*time.Hour - time.Second)
	domaintest.MustNot(t, open())
	p.Shows(t, token, credential.LinkExpired)
	p.Clock.Advance(time.Second)
	domaintest.Refused(t, open(), credential.ErrLinkUnknown)
}
