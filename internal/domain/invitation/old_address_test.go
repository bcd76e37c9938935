package invitation_test

import (
	"context"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/platform/db/dbtest"
)

// The link of Copy Link proves no mailbox.
func TestAttackerMakesAnAccountAtTheOldAddress(t *testing.T) {
	for name, inviter := range map[string]func(p house, thief *domaintest.Browser) access.Actor{
		"in the same organization": func(_ house, thief *domaintest.Browser) access.Actor { return thief.Must(t).Actor },
		"in another one":           func(p house, _ *domaintest.Browser) access.Actor { return p.Stranger(t) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			who, thief, undo := p.TakenOver(t)
			admin := inviter(p, thief)
			copied, _, err := p.Invitations.CopyLink(t.Context(), admin, p.Invite(t, admin, who.Email).ID)
			domaintest.MustNot(t, err)
			if opened := p.Shows(t, domaintest.TokenOf(copied), credential.LinkLive); opened.AccountID != who.Account {
				t.Error("the address is offered to a new account")
			}
			_, err = p.Invitations.Join(t.Context(), domaintest.TokenOf(copied), domaintest.Another, domaintest.Origin)
			domaintest.Refused(t, err, invitation.ErrAccountExists)
			_, err = invitation.JoinHashed(p.Invitations, t.Context(), domaintest.TokenOf(copied), domaintest.PasswordHash(), domaintest.Origin)
			domaintest.Refused(t, err, invitation.ErrAccountExists)
			_, err = p.Invitations.JoinAs(t.Context(), thief.Must(t), domaintest.TokenOf(copied))
			domaintest.Refused(t, err, invitation.ErrNotYourInvitation)
			p.Undoes(t, who, undo)
		})
	}
}

// TestJoiningMeetsAChangeOfAddress holds that no account is made at an address
// that another gives up at this very moment.
func TestJoiningMeetsAChangeOfAddress(t *testing.T) {
	p := newHouse(t)
	for range dbtest.RaceRounds() {
		p.Exec(t, `DELETE FROM throttles`)
		who := p.Person(t)
		thief := p.LogIn(t, who)
		stranger := p.Stranger(t)
		copied, _, err := p.Invitations.CopyLink(t.Context(), stranger, p.Invite(t, stranger, who.Email).ID)
		domaintest.MustNot(t, err)
		p.AskForEmail(t, thief, domaintest.ThiefAddress)
		proof, current := p.MustLink(t, domaintest.ThiefAddress, "email/confirm"), thief.Must(t)
		answers := domaintest.Together(
			func() error { _, err := p.Addresses.ConfirmEmail(context.Background(), current, proof); return err },
			func() error {
				_, err := invitation.JoinHashed(p.Invitations, context.Background(), domaintest.TokenOf(copied), domaintest.PasswordHash(), domaintest.Origin)
				return err
			},
		)
		domaintest.MustNot(t, answers[0])
		domaintest.Refused(t, answers[1], invitation.ErrAccountExists)
		p.Undoes(t, who, p.MustLink(t, who.Email, "email/undo"))
	}
}
