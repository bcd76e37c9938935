package invitation_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/mail"
)

func (p house) remind(t testing.TB, want int) {
	t.Helper()
	if n, err := p.Invitations.Remind(t.Context()); err != nil || n != want {
		t.Errorf("%d reminders, %v, want %d", n, err, want)
	}
}

func TestAnInvitationIsRemindedOfOnceADayBeforeItsEnd(t *testing.T) {
	p := newHouse(t)
	_, _, first := p.Invitee(t)
	ends := p.Clock.Now().Add(7 * domaintest.Day)
	p.Clock.Advance(6*domaintest.Day - time.Microsecond)
	p.remind(t, 0)
	p.Clock.Advance(time.Microsecond)
	p.remind(t, 1)
	p.remind(t, 0)
	p.Clock.Advance(time.Hour)
	letters := p.Letters(t, domaintest.Guest)
	second := p.MustLink(t, domaintest.Guest, "join")
	if len(letters) != 2 || second == first {
		t.Fatalf("%d letters", len(letters))
	}
	for _, token := range []string{first, second} { // the end stays the same
		if opened := p.Shows(t, token, "live"); !opened.EndedAt.Equal(ends) {
			t.Errorf("the link ends at %v", opened.EndedAt)
		}
	}
	p.Clock.Advance(20 * time.Hour)
	p.remind(t, 0)
	p.Joins(t, second)
	p.Shows(t, first, "used")
}

func TestAReminderThatComesTooLateIsNotSent(t *testing.T) {
	for name, late := range map[string]func(t testing.TB, p house, admin access.Actor, u user.User, token string){
		"joined": func(t testing.TB, p house, _ access.Actor, _ user.User, token string) { p.Joins(t, token) },
		"withdrawn": func(t testing.TB, p house, admin access.Actor, u user.User, _ string) {
			_, err := p.Invitations.Withdraw(t.Context(), p.Back(t, admin), u.ID)
			domaintest.MustNot(t, err)
		},
		"expired": func(t testing.TB, p house, _ access.Actor, _ user.User, _ string) { p.Clock.Advance(domaintest.Day) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			admin, u, token := p.Invitee(t)
			p.Clock.Advance(6 * domaintest.Day)
			p.remind(t, 1)
			late(t, p, admin, u, token)
			if letters := p.Letters(t, domaintest.Guest); len(letters) != 1 {
				t.Errorf("%d letters arrived", len(letters))
			}
			if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind = $1 AND state = 'withdrawn'`, string(mail.KindReminder)); n != 1 {
				t.Errorf("%d reminders are withdrawn", n)
			}
		})
	}
}

func TestNobodyIsRemindedWithoutNeed(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	p.Joins(t, token)
	p.Invite(t, p.Administrator(t), "waiting@northwind.example") // not handed over yet
	p.Clock.Advance(6*domaintest.Day + time.Hour)
	p.remind(t, 0)

	p.MustLink(t, "waiting@northwind.example", "join")
	p.Clock.Advance(7 * domaintest.Day) // nobody looked in time
	p.remind(t, 0)
}

func TestNobodyIsRemindedOfAnOrganizationThatIsSuspended(t *testing.T) {
	p := newHouse(t)
	p.AnInvitation(t, "waiting@northwind.example")
	before := len(p.Letters(t, "waiting@northwind.example"))
	p.Clock.Advance(6*domaintest.Day + time.Hour)
	p.Exec(t, `UPDATE organizations SET status = 'suspended' WHERE id = $1`, p.Northwind)
	_, err := p.Invitations.Remind(t.Context())
	domaintest.MustNot(t, err)
	if n := len(p.Letters(t, "waiting@northwind.example")); n != before {
		t.Errorf("%d letters, before %d", n, before)
	}
}

func TestManyNodesRemindOnce(t *testing.T) {
	p := newHouse(t)
	p.Invitee(t)
	p.Clock.Advance(6 * domaintest.Day)
	acts := make([]func() error, 16)
	for i := range acts {
		acts[i] = func() error { _, err := p.Invitations.Remind(context.Background()); return err }
	}
	for _, err := range domaintest.Together(acts...) {
		domaintest.MustNot(t, err)
	}
	if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindReminder)); n != 1 {
		t.Errorf("%d reminders", n)
	}
}

func TestWhoComesTooLateCanAskAgain(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.Invitee(t)
	inviter := p.Text(t, `SELECT email FROM users WHERE id = $1`, admin.UserID)
	ask := func() int {
		t.Helper()
		domaintest.MustNot(t, p.Invitations.AskAgain(t.Context(), token, domaintest.Origin))
		return len(p.Letters(t, inviter))
	}
	p.Clock.Advance(7*domaintest.Day - time.Second)
	if ask() != 0 {
		t.Error("asked before the end")
	}
	p.Clock.Advance(time.Second)
	if first, second := ask(), ask(); first != 1 || second != 1 {
		t.Errorf("after asking twice the inviter was told %d and then %d times, want once", first, second)
	}
	if said := p.Letters(t, inviter)[0]; !strings.Contains(said, "Li Wen asks for a new invitation") || !strings.Contains(said, "https://id.example/users/"+u.ID) {
		t.Errorf("the inviter reads %q", said)
	}
	seen, err := p.Administration.Portrait(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	if !seen.User.Invitation.AskedAgain || !seen.User.Invitation.Expired(p.Clock.Now()) || seen.Happenings[0].Action != "invitation.asked_again" || seen.Happenings[0].ActorID != "" {
		t.Errorf("the page shows %+v, %+v", seen.User.Invitation, seen.Happenings[0])
	}
	p.Clock.Advance(domaintest.Day - time.Second)
	if ask() != 1 {
		t.Error("asked twice within a day")
	}
	p.Clock.Advance(time.Second)
	if ask() != 2 {
		t.Error("may not ask again after a day")
	}
	_, err = p.Invitations.Resend(t.Context(), p.Back(t, admin), u.ID)
	domaintest.MustNot(t, err)
	p.Clock.Advance(domaintest.Day)
	if ask() != 2 {
		t.Error("asked by a link that was replaced")
	}
	p.Joins(t, p.MustLink(t, domaintest.Guest, "join"))
	p.Verify(t)
}

func TestAskingAgainWithoutAnInviterTellsNobody(t *testing.T) {
	p := newHouse(t)
	admin, _, token := p.Invitee(t)
	p.Clock.Advance(7 * domaintest.Day)
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, admin.UserID)
	domaintest.MustNot(t, p.Invitations.AskAgain(t.Context(), token, domaintest.Origin))
	if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindInviteAsked)); n != 0 {
		t.Errorf("%d letters to somebody suspended", n)
	}
}

func TestAReminderThatWaitedIsNotSentAfterANewInvitation(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.Invitee(t)
	p.Clock.Advance(6 * domaintest.Day)
	p.remind(t, 1)
	p.Through(t, &shaky{Post: p.Post, failures: 1})
	p.Deliver(t)
	_, err := p.Invitations.Resend(t.Context(), p.Back(t, admin), u.ID)
	domaintest.MustNot(t, err)
	p.Deliver(t)
	p.Clock.Advance(time.Minute)
	if letters := p.Letters(t, domaintest.Guest); len(letters) != 2 {
		t.Errorf("%d letters arrived", len(letters))
	}
}

// The reminder is being written while its invitation is replaced: its link ends
// with the others, or is never made.
func TestAReminderMeetsAResend(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.Invitee(t)
	for range dbtest.RaceRounds() {
		p.Clock.Advance(6 * domaintest.Day)
		p.remind(t, 1)
		admin := p.Back(t, admin)
		for _, err := range domaintest.Together(
			func() error { _, err := p.Dispatcher.DispatchDue(context.Background()); return err },
			func() error { _, _, err := p.Invitations.CopyLink(context.Background(), admin, u.ID); return err },
		) {
			domaintest.MustNot(t, err)
		}
		if n := p.Count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL`); n != 1 {
			t.Fatalf("%d links live, want the copied one", n)
		}
	}
}
