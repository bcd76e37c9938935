package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/user"
	"idkit/internal/platform/mail"
)

func (p house) remind(t testing.TB, want int) {
	t.Helper()
	if n, err := p.Invitations.RemindInvitees(t.Context()); err != nil || n != want {
		t.Errorf("%d reminders, %v, want %d", n, err, want)
	}
}

func TestAnInvitationIsRemindedOfOnceADayBeforeItsEnd(t *testing.T) {
	p := newHouse(t)
	_, _, first := p.invitee(t)
	ends := p.clock.Now().Add(7 * day)
	p.clock.Advance(6*day - time.Microsecond)
	p.remind(t, 0)
	p.clock.Advance(time.Microsecond)
	p.remind(t, 1)
	p.remind(t, 0)
	p.clock.Advance(time.Hour)
	letters := p.letters(t, guest)
	second := p.mustLink(t, guest, "join")
	if len(letters) != 2 || second == first {
		t.Fatalf("%d letters", len(letters))
	}
	for _, token := range []string{first, second} { // the end stays the same
		if opened := p.shows(t, token, "live"); !opened.EndedAt.Equal(ends) {
			t.Errorf("the link ends at %v", opened.EndedAt)
		}
	}
	p.clock.Advance(20 * time.Hour)
	p.remind(t, 0)
	p.joins(t, second)
	p.shows(t, first, "used")
}

func TestAReminderThatComesTooLateIsNotSent(t *testing.T) {
	for name, late := range map[string]func(t testing.TB, p house, admin access.Actor, u user.User, token string){
		"joined": func(t testing.TB, p house, _ access.Actor, _ user.User, token string) { p.joins(t, token) },
		"withdrawn": func(t testing.TB, p house, admin access.Actor, u user.User, _ string) {
			_, err := p.Invitations.Withdraw(t.Context(), p.back(t, admin), u.ID)
			mustNot(t, err)
		},
		"expired": func(t testing.TB, p house, _ access.Actor, _ user.User, _ string) { p.clock.Advance(day) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			admin, u, token := p.invitee(t)
			p.clock.Advance(6 * day)
			p.remind(t, 1)
			late(t, p, admin, u, token)
			if letters := p.letters(t, guest); len(letters) != 1 {
				t.Errorf("%d letters arrived", len(letters))
			}
			if n := p.count(t, `SELECT count(*) FROM letters WHERE kind = $1 AND state = 'withdrawn'`, string(mail.KindReminder)); n != 1 {
				t.Errorf("%d reminders are withdrawn", n)
			}
		})
	}
}

func TestNobodyIsRemindedWithoutNeed(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	p.joins(t, token)
	p.invite(t, p.administrator(t), "waiting@northwind.example") // not handed over yet
	p.clock.Advance(6*day + time.Hour)
	p.remind(t, 0)

	p.mustLink(t, "waiting@northwind.example", "join")
	p.clock.Advance(7 * day) // nobody looked in time
	p.remind(t, 0)
}

func TestManyNodesRemindOnce(t *testing.T) {
	p := newHouse(t)
	p.invitee(t)
	p.clock.Advance(6 * day)
	acts := make([]func() error, 16)
	for i := range acts {
		acts[i] = func() error { _, err := p.Invitations.RemindInvitees(context.Background()); return err }
	}
	for _, err := range together(acts...) {
		mustNot(t, err)
	}
	if n := p.count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindReminder)); n != 1 {
		t.Errorf("%d reminders", n)
	}
}

func TestWhoComesTooLateCanAskAgain(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.invitee(t)
	inviter := p.text(t, `SELECT email FROM users WHERE id = $1`, admin.UserID)
	ask := func() int {
		t.Helper()
		mustNot(t, p.Invitations.AskAgain(t.Context(), token, origin))
		return len(p.letters(t, inviter))
	}
	p.clock.Advance(7*day - time.Second)
	if ask() != 0 {
		t.Error("asked before the end")
	}
	p.clock.Advance(time.Second)
	if first, second := ask(), ask(); first != 1 || second != 1 {
		t.Errorf("after asking twice the inviter was told %d and then %d times, want once", first, second)
	}
	if said := p.letters(t, inviter)[0]; !strings.Contains(said, "Li Wen asks for a new invitation") || !strings.Contains(said, "https://id.example/users/"+u.ID) {
		t.Errorf("the inviter reads %q", said)
	}
	seen, err := p.Accounts.Get(t.Context(), admin, u.ID)
	mustNot(t, err)
	if !seen.User.Invitation.AskedAgain || !seen.User.Invitation.Expired(p.clock.Now()) || seen.Happenings[0].Action != "invitation.asked_again" || seen.Happenings[0].ActorID != "" {
		t.Errorf("the page shows %+v, %+v", seen.User.Invitation, seen.Happenings[0])
	}
	p.clock.Advance(day - time.Second)
	if ask() != 1 {
		t.Error("asked twice within a day")
	}
	p.clock.Advance(time.Second)
	if ask() != 2 {
		t.Error("may not ask again after a day")
	}
	_, err = p.Invitations.Resend(t.Context(), p.back(t, admin), u.ID)
	mustNot(t, err)
	p.clock.Advance(day)
	if ask() != 2 {
		t.Error("asked by a link that was replaced")
	}
	p.joins(t, p.mustLink(t, guest, "join"))
	p.verify(t)
}

func TestAskingAgainWithoutAnInviterTellsNobody(t *testing.T) {
	p := newHouse(t)
	admin, _, token := p.invitee(t)
	p.clock.Advance(7 * day)
	p.exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, admin.UserID)
	mustNot(t, p.Invitations.AskAgain(t.Context(), token, origin))
	if n := p.count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindInviteAsked)); n != 0 {
		t.Errorf("%d letters to somebody suspended", n)
	}
}

func TestAReminderThatWaitedIsNotSentAfterANewInvitation(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.invitee(t)
	p.clock.Advance(6 * day)
	p.remind(t, 1)
	p.through(t, &shaky{post: p.post, failures: 1})
	p.deliver(t)
	_, err := p.Invitations.Resend(t.Context(), p.back(t, admin), u.ID)
	mustNot(t, err)
	p.deliver(t)
	p.clock.Advance(time.Minute)
	if letters := p.letters(t, guest); len(letters) != 2 {
		t.Errorf("%d letters arrived", len(letters))
	}
}

// The reminder is being written while its invitation is replaced: its link ends
// with the others, or is never made.
func TestAReminderMeetsAResend(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.invitee(t)
	for range raceRounds() {
		p.clock.Advance(6 * day)
		p.remind(t, 1)
		admin := p.back(t, admin)
		for _, err := range together(
			func() error { _, err := p.dispatcher.DispatchDue(context.Background()); return err },
			func() error { _, _, err := p.Invitations.CopyLink(context.Background(), admin, u.ID); return err },
		) {
			mustNot(t, err)
		}
		if n := p.count(t, `SELECT count(*) FROM links WHERE ended_at IS NULL`); n != 1 {
			t.Fatalf("%d links live, want the copied one", n)
		}
	}
}
