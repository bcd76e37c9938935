package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/user"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

func TestResendReplacesAllEarlierLinks(t *testing.T) {
	p := newHouse(t)
	admin, u, first := p.invitee(t)
	copied, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	mustNot(t, err)
	p.shows(t, first, "replaced")
	_, err = p.Invitations.Resend(t.Context(), admin, u.ID)
	mustNot(t, err)
	p.shows(t, tokenOf(copied), "replaced") // at once, not when the letter arrives
	p.clock.Advance(day)
	last := p.mustLink(t, guest, "join")
	for _, token := range []string{first, tokenOf(copied)} {
		p.shows(t, token, "replaced")
		_, err := p.Invitations.Join(t.Context(), token, password, origin)
		refused(t, err, credential.ErrLinkReplaced)
	}
	if opened := p.shows(t, last, "live"); !opened.EndedAt.Equal(p.clock.Now().Add(7 * day)) {
		t.Errorf("the new link ends at %v", opened.EndedAt)
	}
	p.joins(t, last)
	for _, token := range []string{first, tokenOf(copied), last} {
		p.shows(t, token, "used")
	}
	admin = p.back(t, admin)
	_, errResend := p.Invitations.Resend(t.Context(), admin, u.ID)
	_, _, errCopy := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	_, errWithdraw := p.Invitations.Withdraw(t.Context(), admin, u.ID)
	for _, err := range []error{errResend, errCopy, errWithdraw} {
		refused(t, err, account.ErrNotInvited)
	}
	p.verify(t)
}

func TestResendsAreBounded(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.invitee(t)
	resend := func() error { _, err := p.Invitations.Resend(t.Context(), admin, u.ID); return err }
	mustNot(t, resend())
	throttled(t, resend(), 5*time.Minute)
	for range 3 { // five with the first invitation
		p.clock.Advance(5 * time.Minute)
		mustNot(t, resend())
	}
	p.clock.Advance(5 * time.Minute)
	throttled(t, resend(), 24*time.Hour-20*time.Minute)
	p.deliver(t)
	p.clock.Advance(24 * time.Hour)
	admin = p.back(t, admin)
	mustNot(t, resend())
}

func TestAttackerFloodsAMailboxByInvitingAnew(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.invitee(t)
	for range 4 {
		_, err := p.Invitations.Withdraw(t.Context(), admin, u.ID)
		mustNot(t, err)
		u = p.invite(t, admin, strings.ToUpper(guest))
	}
	_, err := p.Invitations.Resend(t.Context(), admin, u.ID)
	throttled(t, err, day)
	_, err = p.Invitations.Withdraw(t.Context(), admin, u.ID)
	mustNot(t, err)
	_, err = p.Invitations.Invite(t.Context(), p.administrator(t), p.invitation(t, admin, guest))
	throttled(t, err, day)
	p.invite(t, p.stranger(t), guest) // no organization uses up what another may send
	p.invite(t, admin, "someone.else@northwind.example")
	p.clock.Advance(day)
	p.invite(t, p.back(t, admin), guest)
}

func TestInvitingAnewDoesNotShortenTheWaitOfAResend(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.invitee(t)
	_, err := p.Invitations.Resend(t.Context(), admin, u.ID)
	mustNot(t, err)
	_, err = p.Invitations.Withdraw(t.Context(), admin, u.ID)
	mustNot(t, err)
	_, err = p.Invitations.Resend(t.Context(), admin, p.invite(t, admin, guest).ID)
	throttled(t, err, 5*time.Minute)
}

func TestACopiedLinkWorksWithoutMail(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	u := p.invite(t, admin, guest)
	first, seen, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	mustNot(t, err)
	second, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	mustNot(t, err)
	if seen.ID != u.ID || !first.ExpiresAt.Equal(p.clock.Now().Add(7*day)) || first.URL == second.URL {
		t.Errorf("copied: %+v, then %+v", first.ExpiresAt, second.ExpiresAt)
	}
	p.shows(t, tokenOf(first), "replaced")
	p.joins(t, tokenOf(second))
	if letters := p.letters(t, guest); len(letters) != 0 {
		t.Errorf("sent: %q", letters)
	}
	if p.events(t, "invitation.link_copied") != 2 {
		t.Error("the trail does not say that the link was copied")
	}
}

func TestAWithdrawnInvitationIsGoneAndCanBeSentAnew(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.invitee(t)
	gone, err := p.Invitations.Withdraw(t.Context(), admin, u.ID)
	mustNot(t, err)
	if gone.Email != guest {
		t.Errorf("withdrawn is %+v", gone)
	}
	if n := p.count(t, `SELECT count(*) FROM links WHERE ended_because = 'withdrawn'`); n != 1 {
		t.Errorf("%d links are ended with their invitation", n)
	}
	if opened := p.shows(t, token, "withdrawn"); opened.RoleName != "" || opened.InviterName != "" {
		t.Errorf("the page still tells %+v", opened)
	}
	_, err = p.Invitations.Join(t.Context(), token, password, origin)
	refused(t, err, credential.ErrLinkWithdrawn)
	_, err = p.Accounts.Get(t.Context(), admin, u.ID)
	refused(t, err, user.ErrNotFound)
	_, err = p.Invitations.Withdraw(t.Context(), admin, u.ID)
	refused(t, err, user.ErrNotFound)

	anew := p.invite(t, admin, guest)
	if anew.ID == u.ID {
		t.Error("the new invitation has the old id")
	}
	p.shows(t, token, "withdrawn")
	p.shows(t, p.mustLink(t, guest, "join"), "live")
}

func TestLookingChangesNothing(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	before := p.dump(t)
	for range 50 { // a mail scanner
		p.shows(t, token, "live")
	}
	for _, unknown := range []string{"", " ", token + "=", token[:42], token + "A", "%00", secret.NewToken().Reveal()} {
		if _, err := p.Invitations.OpenInvitation(t.Context(), unknown); !errors.Is(err, credential.ErrLinkUnknown) {
			t.Errorf("%q is answered with %v", unknown, err)
		}
		if _, err := p.Invitations.Join(t.Context(), unknown, password, origin); !errors.Is(err, credential.ErrLinkUnknown) {
			t.Errorf("%q joins: %v", unknown, err)
		}
		mustNot(t, p.Invitations.AskAgain(t.Context(), unknown, origin))
	}
	mustNot(t, p.Invitations.AskAgain(t.Context(), token, origin)) // not over yet
	if p.dump(t) != before {
		t.Error("looking changed something")
	}
	p.joins(t, token)
}

func TestAnInvitationDoesNotOutliveTheRightToSendIt(t *testing.T) {
	for name, take := range map[string]func(t testing.TB, p house, inviter access.Actor){
		"suspended": func(t testing.TB, p house, inviter access.Actor) {
			p.exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, inviter.UserID)
		},
		"demoted": func(t testing.TB, p house, inviter access.Actor) {
			p.exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, inviter.UserID, p.role(t, p.northwind, access.RoleMember))
		},
		"deleted": func(t testing.TB, p house, inviter access.Actor) {
			p.exec(t, `DELETE FROM users WHERE id = $1`, inviter.UserID)
		},
		"below the role given": func(t testing.TB, p house, inviter access.Actor) {
			role := id.New("rol")
			p.exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', 'users.invite', $3)`,
				p.northwind, role, p.clock.Now())
			p.exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, inviter.UserID, role)
			p.exec(t, `UPDATE users SET role_id = $2 WHERE status = 'invited' AND organization_id = $1`, p.northwind, p.role(t, p.northwind, access.RoleAdministrator))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			admin, u, token := p.invitee(t)
			take(t, p, admin)
			p.shows(t, token, "withdrawn")
			_, err := p.Invitations.Join(t.Context(), token, password, origin)
			refused(t, err, credential.ErrLinkWithdrawn)
			hash, err := passwords().Hash(t.Context(), password)
			mustNot(t, err)
			_, err = account.JoinHashed(p.Invitations, t.Context(), token, hash, origin) // taken while the password was hashed
			refused(t, err, credential.ErrLinkWithdrawn)
			if p.count(t, `SELECT count(*) FROM users WHERE id = $1 AND status = 'invited'`, u.ID) != 1 || p.events(t, "user.joined") != 0 {
				t.Error("the person joined all the same")
			}
			p.clock.Advance(6*day + time.Hour)
			_, err = p.Invitations.RemindInvitees(t.Context())
			mustNot(t, err)
			if letters := p.letters(t, guest); len(letters) != 1 {
				t.Errorf("%d letters carry a dead link", len(letters)-1)
			}
		})
	}
}

func TestAnInviterWithRightsRegainedLetsTheInvitationLiveAgain(t *testing.T) {
	p := newHouse(t)
	admin, _, token := p.invitee(t)
	p.exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, admin.UserID)
	p.shows(t, token, "withdrawn")
	p.exec(t, `UPDATE users SET status = 'active' WHERE id = $1`, admin.UserID)
	p.joins(t, token)
}

func TestUsersOfOtherOrganizationsDoNotExist(t *testing.T) {
	p := newHouse(t)
	_, u, token := p.invitee(t)
	stranger := p.stranger(t)
	before := p.dump(t)
	for _, userID := range []string{u.ID, id.New("usr"), "", "' OR 1=1 --"} {
		_, errGet := p.Accounts.Get(t.Context(), stranger, userID)
		_, errResend := p.Invitations.Resend(t.Context(), stranger, userID)
		_, _, errCopy := p.Invitations.CopyLink(t.Context(), stranger, userID)
		_, errWithdraw := p.Invitations.Withdraw(t.Context(), stranger, userID)
		for i, err := range []error{errGet, errResend, errCopy, errWithdraw} {
			if err != error(user.ErrNotFound) { // the very same answer, without a hint
				t.Errorf("%q, act %d: %v", userID, i, err)
			}
		}
	}
	if p.dump(t) != before {
		t.Error("a stranger changed something")
	}
	p.joins(t, token)
}

// TestWithdrawAndJoinAtOnce holds that either the person is in or the
// invitation is gone, never both and never neither.
func TestWithdrawAndJoinAtOnce(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	hash, err := passwords().Hash(t.Context(), password)
	mustNot(t, err)
	won := map[string]int{}
	for range raceRounds() {
		u := p.invite(t, admin, guest)
		link, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
		mustNot(t, err)
		token := tokenOf(link)
		var acts []func() error
		for i := range 64 {
			acts = append(acts, func() error {
				if i%2 == 0 {
					_, err := p.Invitations.Withdraw(context.Background(), admin, u.ID)
					return err
				}
				_, err := account.JoinHashed(p.Invitations, context.Background(), token, hash, origin)
				return err
			})
		}
		answers := together(acts...)
		if succeeded(answers) != 1 {
			t.Fatalf("not exactly one won: %s", describe(answers))
		}
		for i, err := range answers {
			if err == nil {
				won[[]string{"withdraw", "join"}[i%2]]++
				continue
			}
			if !errors.Is(err, user.ErrNotFound) && !errors.Is(err, account.ErrNotInvited) && credential.StateOf(err) == "" {
				t.Errorf("a loser is answered with %v", err)
			}
		}
		users, accounts := p.count(t, `SELECT count(*) FROM users WHERE id = $1`, u.ID), p.count(t, `SELECT count(*) FROM accounts WHERE email_key = $1`, guest)
		if users != accounts {
			t.Fatalf("%d users with %d accounts", users, accounts)
		}
		p.exec(t, `DELETE FROM users WHERE id = $1`, u.ID)
		p.exec(t, `DELETE FROM accounts WHERE email_key = $1`, guest)
		p.exec(t, `DELETE FROM throttles`)
	}
	t.Logf("won: %v", won)
	p.verify(t)
}

func TestWhoeverSendsAnInvitationAgainAnswersForIt(t *testing.T) {
	p := newHouse(t)
	left, u, token := p.invitee(t)
	p.exec(t, `UPDATE users SET status = 'suspended', first_name = 'Sam', last_name = 'Ito' WHERE id = $1`, left.UserID)
	p.shows(t, token, "withdrawn")
	_, err := p.Invitations.Resend(t.Context(), p.administrator(t), u.ID)
	mustNot(t, err)
	if opened := p.shows(t, p.mustLink(t, guest, "join"), "live"); opened.InviterName != "Priya Shah" {
		t.Errorf("the page names %q", opened.InviterName)
	}
	link, _, err := p.Invitations.CopyLink(t.Context(), p.administrator(t), u.ID)
	mustNot(t, err)
	p.joins(t, tokenOf(link))
}

// Whoever holds the link of an invitation can join by it.
func TestAttackerCopiesTheLinkOfARoleBeyondTheirOwn(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	filled := p.invitation(t, admin, guest)
	filled.RoleID = p.role(t, p.northwind, access.RoleAdministrator)
	u, err := p.Invitations.Invite(t.Context(), admin, filled)
	mustNot(t, err)
	attacker := p.administrator(t)
	inviters := id.New("rol")
	p.exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at)
		VALUES ($1, $2, $2, $2, 'own', 'users.view users.invite', $3)`, p.northwind, inviters, p.clock.Now())
	p.exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, inviters, attacker.UserID)
	before := p.dump(t)
	_, _, err = p.Invitations.CopyLink(t.Context(), attacker, u.ID)
	refused(t, err, access.ErrForbidden)
	_, err = p.Invitations.Resend(t.Context(), attacker, u.ID)
	refused(t, err, access.ErrForbidden)
	if p.dump(t) != before {
		t.Error("the refused acts changed something")
	}
}
