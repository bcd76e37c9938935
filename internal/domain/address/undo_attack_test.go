package address_test

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/address"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/profile"
)

func TestAttackerInvitesTheOldAddressToBlockTheUndo(t *testing.T) {
	p := newHouse(t)
	who, thief, undo := p.TakenOver(t)
	user := p.Invite(t, thief.Must(t).Actor, who.Email)
	copied, _, err := p.Invitations.CopyLink(t.Context(), thief.Must(t).Actor, user.ID)
	domaintest.MustNot(t, err)
	p.Undoes(t, who, undo)
	p.Shows(t, domaintest.TokenOf(copied), credential.LinkWithdrawn)
	if n := p.Count(t, `SELECT count(*) FROM users WHERE id = $1`, user.ID); n != 0 {
		t.Error("the invited person still stands in the list")
	}
	if p.Events(t, "invitation.withdrawn") != 1 || p.Events(t, "email.change_undone") != 1 {
		t.Error("the trail does not tell of both")
	}
	p.Verify(t)
}

func TestAnInvitationElsewhereOutlivesAnUndo(t *testing.T) {
	p := newHouse(t)
	who, _, undo := p.TakenOver(t)
	user := p.Invite(t, p.Stranger(t), who.Email)
	p.Undoes(t, who, undo)
	if opened := p.Shows(t, p.MustLink(t, who.Email, "join"), credential.LinkLive); opened.UserID != user.ID || opened.AccountID != who.Account {
		t.Errorf("the invitation to another organization shows %+v", opened)
	}
}

func TestAnAddressIsFreeOnceItsUndoIsOver(t *testing.T) {
	p := newHouse(t)
	who, _, undo := p.TakenOver(t)
	p.Clock.Advance(10 * domaintest.Day) // 7 for the link, and 3 that its letter may have waited
	_, err := p.revert(t, undo)
	domaintest.Refused(t, err, credential.ErrLinkExpired)
	p.Invite(t, p.Administrator(t), who.Email)
	p.Joins(t, p.MustLink(t, who.Email, "join"))
}

func TestAttackerLogsInWithTheOldPasswordAfterAnUndo(t *testing.T) {
	p := newHouse(t)
	who, thief, undo := p.TakenOver(t)
	changed, err := p.Profiles.ChangePassword(t.Context(), thief.Must(t), profile.PasswordChange{Current: domaintest.Proof(domaintest.Password), Password: domaintest.Another})
	thief.Keep(t, changed.Token, err)
	p.Undoes(t, who, undo)
	for _, known := range []string{domaintest.Password, domaintest.Another} {
		if p.Verifies(t, who, known) {
			t.Errorf("%q still opens the account", known)
		}
	}
	told := p.Letters(t, domaintest.ThiefAddress)
	if last := told[len(told)-1]; strings.Contains(last, who.Email) || !strings.Contains(last, "password no longer works") {
		t.Errorf("the given-up mailbox is told %q", last)
	}
	if p.Link(t, domaintest.ThiefAddress, "reset") != "" {
		t.Error("the link to choose a password went to the thief")
	}
	domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), p.MustLink(t, who.Email, "reset"), domaintest.NewPassword("yet another very long phrase")))
	if !p.Verifies(t, who, "yet another very long phrase") {
		t.Error("the new password does not open the account")
	}
}

func TestALinkOfAnUndoEndsAfterItsHourAndIsAskedForAgain(t *testing.T) {
	p := newHouse(t)
	who, _, undo := p.TakenOver(t)
	p.Undoes(t, who, undo)
	reset := p.MustLink(t, who.Email, "reset")
	p.Clock.Advance(time.Hour)
	domaintest.Refused(t, p.Accounts.ResetPassword(t.Context(), reset, domaintest.NewPassword(domaintest.Another)), credential.ErrLinkExpired)
	p.RequestReset(t, who.Email)
	domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), p.MustLink(t, who.Email, "reset"), domaintest.NewPassword(domaintest.Another)))
}

func TestTheOldMailboxUndoesATakeover(t *testing.T) {
	p := newHouse(t)
	who := p.Person(t)
	thief := p.LogIn(t, who)
	p.AskForEmail(t, thief, "first@thief.example")
	p.ConfirmEmail(t, thief, p.MustLink(t, "first@thief.example", "email/confirm"))
	undo := p.MustLink(t, who.Email, "email/undo")
	// The thief goes on: another address, another password.
	p.Clock.Advance(time.Minute)
	p.AskForEmail(t, thief, "second@thief.example")
	p.ConfirmEmail(t, thief, p.MustLink(t, "second@thief.example", "email/confirm"))
	thievesUndo := p.MustLink(t, "first@thief.example", "email/undo")
	changed, err := p.Profiles.ChangePassword(t.Context(), thief.Must(t), profile.PasswordChange{Current: domaintest.Proof(domaintest.Password), Password: domaintest.Another})
	thief.Keep(t, changed.Token, err)
	p.Clock.Advance(6 * domaintest.Day)

	opened, err := p.Addresses.OpenEmailRevert(t.Context(), undo)
	domaintest.MustNot(t, err)
	if !opened.Confirmed || opened.Old != who.Email {
		t.Errorf("the link shows %+v", opened)
	}
	p.Undoes(t, who, undo)
	if _, err := thief.Current(t); err == nil {
		t.Error("the thief is still logged in")
	}
	_, err = p.revert(t, thievesUndo)
	domaintest.Refused(t, err, credential.ErrLinkVoided)
	p.RequestReset(t, who.Email)
	domaintest.MustNot(t, p.Accounts.ResetPassword(t.Context(), p.MustLink(t, who.Email, "reset"), domaintest.NewPassword("yet another very long phrase")))
}

func TestTheFirstLetterStillHelpsAfterTheProof(t *testing.T) {
	c := newHouse(t).asked(t)
	stop := c.old(t, "email/stop")
	c.ConfirmEmail(t, c.b, c.proof(t))
	c.Undoes(t, c.who, stop)
}

func TestAttackerUndoesAfterSevenDays(t *testing.T) {
	c := newHouse(t).confirmed(t)
	undo := c.old(t, "email/undo")
	c.Clock.Advance(7 * domaintest.Day)
	_, err := c.revert(t, undo)
	domaintest.Refused(t, err, credential.ErrLinkExpired)
	_, err = c.Addresses.OpenEmailRevert(t.Context(), undo)
	domaintest.Refused(t, err, credential.ErrLinkExpired)
	if c.AddressOf(t, c.who) != c.to {
		t.Error("the address went back")
	}
}

func TestAnUndoFindsTheOldAddressTaken(t *testing.T) {
	c := newHouse(t).confirmed(t)
	undo := c.old(t, "email/undo")
	c.taken(t, c.who.Email)
	_, err := c.revert(t, undo)
	domaintest.Refused(t, err, address.ErrAddressTaken)
}
