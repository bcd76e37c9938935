package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
)

const thiefAddress = "thief@other.example"

// takenOver is an administrator whose address somebody else has changed.
func takenOver(t testing.TB) (p house, who *holder, thief *browser, undo string) {
	t.Helper()
	p = newHouse(t)
	who = p.person(t)
	thief = p.logIn(t, who)
	p.askFor(t, thief, thiefAddress)
	p.confirm(t, thief, p.mustLink(t, thiefAddress, "email/confirm"))
	return p, who, thief, p.mustLink(t, who.email, "email/undo")
}

func (p house) undoes(t testing.TB, who *holder, undo string) {
	t.Helper()
	undone, err := p.Profiles.RevertEmail(t.Context(), undo, origin)
	mustNot(t, err)
	if !undone || p.addressOf(t, who) != who.email {
		t.Errorf("undone %v, the address is %s", undone, p.addressOf(t, who))
	}
}

func TestAttackerInvitesTheOldAddressToBlockTheUndo(t *testing.T) {
	p, who, thief, undo := takenOver(t)
	user := p.invite(t, thief.must(t).Actor, who.email)
	copied, _, err := p.Invitations.CopyLink(t.Context(), thief.must(t).Actor, user.ID)
	mustNot(t, err)
	p.undoes(t, who, undo)
	p.shows(t, tokenOf(copied), credential.LinkWithdrawn)
	if n := p.count(t, `SELECT count(*) FROM users WHERE id = $1`, user.ID); n != 0 {
		t.Error("the invited person still stands in the list")
	}
	if p.events(t, "invitation.withdrawn") != 1 || p.events(t, "email.change_undone") != 1 {
		t.Error("the trail does not tell of both")
	}
	p.verify(t)
}

func TestAnInvitationElsewhereOutlivesAnUndo(t *testing.T) {
	p, who, _, undo := takenOver(t)
	user := p.invite(t, p.stranger(t), who.email)
	p.undoes(t, who, undo)
	if opened := p.shows(t, p.mustLink(t, who.email, "join"), credential.LinkLive); opened.UserID != user.ID || opened.AccountID != who.account {
		t.Errorf("the invitation to another organization shows %+v", opened)
	}
}

// The link of Copy Link proves no mailbox.
func TestAttackerMakesAnAccountAtTheOldAddress(t *testing.T) {
	for name, inviter := range map[string]func(p house, thief *browser) access.Actor{
		"in the same organization": func(_ house, thief *browser) access.Actor { return thief.must(t).Actor },
		"in another one":           func(p house, _ *browser) access.Actor { return p.stranger(t) },
	} {
		t.Run(name, func(t *testing.T) {
			p, who, thief, undo := takenOver(t)
			admin := inviter(p, thief)
			copied, _, err := p.Invitations.CopyLink(t.Context(), admin, p.invite(t, admin, who.email).ID)
			mustNot(t, err)
			if opened := p.shows(t, tokenOf(copied), credential.LinkLive); opened.AccountID != who.account {
				t.Error("the address is offered to a new account")
			}
			_, err = p.Invitations.Join(t.Context(), tokenOf(copied), another, origin)
			refused(t, err, account.ErrAccountExists)
			_, err = account.JoinHashed(p.Invitations, t.Context(), tokenOf(copied), passwordHash(), origin)
			refused(t, err, account.ErrAccountExists)
			_, err = p.Invitations.JoinAs(t.Context(), thief.must(t), tokenOf(copied))
			refused(t, err, account.ErrNotYourInvitation)
			p.undoes(t, who, undo)
		})
	}
}

func TestAnAddressIsFreeOnceItsUndoIsOver(t *testing.T) {
	p, who, _, undo := takenOver(t)
	p.clock.Advance(10 * day) // 7 for the link, and 3 that its letter may have waited
	_, err := p.Profiles.RevertEmail(t.Context(), undo, origin)
	refused(t, err, credential.ErrLinkExpired)
	p.invite(t, p.administrator(t), who.email)
	p.joins(t, p.mustLink(t, who.email, "join"))
}

// TestJoiningMeetsAChangeOfAddress holds that no account is made at an address
// that another gives up at this very moment.
func TestJoiningMeetsAChangeOfAddress(t *testing.T) {
	for range raceRounds() {
		p := newHouse(t)
		who := p.person(t)
		thief := p.logIn(t, who)
		stranger := p.stranger(t)
		copied, _, err := p.Invitations.CopyLink(t.Context(), stranger, p.invite(t, stranger, who.email).ID)
		mustNot(t, err)
		p.askFor(t, thief, thiefAddress)
		proof, current := p.mustLink(t, thiefAddress, "email/confirm"), thief.must(t)
		answers := together(
			func() error { _, err := p.Profiles.ConfirmEmail(context.Background(), current, proof); return err },
			func() error {
				_, err := account.JoinHashed(p.Invitations, context.Background(), tokenOf(copied), passwordHash(), origin)
				return err
			},
		)
		mustNot(t, answers[0])
		refused(t, answers[1], account.ErrAccountExists)
		p.undoes(t, who, p.mustLink(t, who.email, "email/undo"))
	}
}

func TestAttackerLogsInWithTheOldPasswordAfterAnUndo(t *testing.T) {
	p, who, thief, undo := takenOver(t)
	changed, err := p.Profiles.ChangePassword(t.Context(), thief.must(t), change(another))
	thief.keep(t, changed.Token, err)
	p.undoes(t, who, undo)
	for _, known := range []string{password, another} {
		if p.verifies(t, who, known) {
			t.Errorf("%q still opens the account", known)
		}
	}
	told := p.letters(t, thiefAddress)
	if last := told[len(told)-1]; strings.Contains(last, who.email) || !strings.Contains(last, "password no longer works") {
		t.Errorf("the given-up mailbox is told %q", last)
	}
	if p.link(t, thiefAddress, "reset") != "" {
		t.Error("the link to choose a password went to the thief")
	}
	mustNot(t, p.Accounts.ResetPassword(t.Context(), p.mustLink(t, who.email, "reset"), newPassword("yet another very long phrase")))
	if !p.verifies(t, who, "yet another very long phrase") {
		t.Error("the new password does not open the account")
	}
}

func TestALinkOfAnUndoEndsAfterItsHourAndIsAskedForAgain(t *testing.T) {
	p, who, _, undo := takenOver(t)
	p.undoes(t, who, undo)
	reset := p.mustLink(t, who.email, "reset")
	p.clock.Advance(time.Hour)
	refused(t, p.Accounts.ResetPassword(t.Context(), reset, newPassword(another)), credential.ErrLinkExpired)
	p.requestReset(t, who.email)
	mustNot(t, p.Accounts.ResetPassword(t.Context(), p.mustLink(t, who.email, "reset"), newPassword(another)))
}
