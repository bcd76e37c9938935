package invitation_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

func TestResendReplacesAllEarlierLinks(t *testing.T) {
	p := newHouse(t)
	admin, u, first := p.Invitee(t)
	copied, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	p.Shows(t, first, "replaced")
	_, err = p.Invitations.Resend(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	p.Shows(t, domaintest.TokenOf(copied), "replaced") // at once, not when the letter arrives
	p.Clock.Advance(domaintest.Day)
	last := p.MustLink(t, domaintest.Guest, "join")
	for _, token := range []string{first, domaintest.TokenOf(copied)} {
		p.Shows(t, token, "replaced")
		_, err := p.Invitations.Join(t.Context(), token, domaintest.Password, domaintest.Origin)
		domaintest.Refused(t, err, credential.ErrLinkReplaced)
	}
	if opened := p.Shows(t, last, "live"); !opened.EndedAt.Equal(p.Clock.Now().Add(7 * domaintest.Day)) {
		t.Errorf("the new link ends at %v", opened.EndedAt)
	}
	p.Joins(t, last)
	for _, token := range []string{first, domaintest.TokenOf(copied), last} {
		p.Shows(t, token, "used")
	}
	admin = p.Back(t, admin)
	_, errResend := p.Invitations.Resend(t.Context(), admin, u.ID)
	_, _, errCopy := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	_, errWithdraw := p.Invitations.Withdraw(t.Context(), admin, u.ID)
	for _, err := range []error{errResend, errCopy, errWithdraw} {
		domaintest.Refused(t, err, invitation.ErrNotInvited)
	}
	p.Verify(t)
}

func TestResendsAreBounded(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.Invitee(t)
	resend := func() error { _, err := p.Invitations.Resend(t.Context(), admin, u.ID); return err }
	domaintest.MustNot(t, resend())
	domaintest.Throttled(t, resend(), 5*time.Minute)
	for range 3 { // five with the first invitation
		p.Clock.Advance(5 * time.Minute)
		domaintest.MustNot(t, resend())
	}
	p.Clock.Advance(5 * time.Minute)
	domaintest.Throttled(t, resend(), 24*time.Hour-20*time.Minute)
	p.Deliver(t)
	p.Clock.Advance(24 * time.Hour)
	admin = p.Back(t, admin)
	domaintest.MustNot(t, resend())
}

func TestAttackerFloodsAMailboxByInvitingAnew(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.Invitee(t)
	for range 4 {
		_, err := p.Invitations.Withdraw(t.Context(), admin, u.ID)
		domaintest.MustNot(t, err)
		u = p.Invite(t, admin, strings.ToUpper(domaintest.Guest))
	}
	_, err := p.Invitations.Resend(t.Context(), admin, u.ID)
	domaintest.Throttled(t, err, domaintest.Day)
	_, err = p.Invitations.Withdraw(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	_, err = p.Invitations.Invite(t.Context(), p.Administrator(t), p.Invitation(t, admin, domaintest.Guest))
	domaintest.Throttled(t, err, domaintest.Day)
	p.Invite(t, p.Stranger(t), domaintest.Guest) // no organization uses up what another may send
	p.Invite(t, admin, "someone.else@northwind.example")
	p.Clock.Advance(domaintest.Day)
	p.Invite(t, p.Back(t, admin), domaintest.Guest)
}

func TestInvitingAnewDoesNotShortenTheWaitOfAResend(t *testing.T) {
	p := newHouse(t)
	admin, u, _ := p.Invitee(t)
	_, err := p.Invitations.Resend(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	_, err = p.Invitations.Withdraw(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	_, err = p.Invitations.Resend(t.Context(), admin, p.Invite(t, admin, domaintest.Guest).ID)
	domaintest.Throttled(t, err, 5*time.Minute)
}

func TestACopiedLinkWorksWithoutMail(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	u := p.Invite(t, admin, domaintest.Guest)
	first, seen, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	second, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	if seen.ID != u.ID || !first.ExpiresAt.Equal(p.Clock.Now().Add(7*domaintest.Day)) || first.URL == second.URL {
		t.Errorf("copied: %+v, then %+v", first.ExpiresAt, second.ExpiresAt)
	}
	p.Shows(t, domaintest.TokenOf(first), "replaced")
	p.Joins(t, domaintest.TokenOf(second))
	if letters := p.Letters(t, domaintest.Guest); len(letters) != 0 {
		t.Errorf("sent: %q", letters)
	}
	if p.Events(t, "invitation.link_copied") != 2 {
		t.Error("the trail does not say that the link was copied")
	}
}

func TestAWithdrawnInvitationIsGoneAndCanBeSentAnew(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.Invitee(t)
	gone, err := p.Invitations.Withdraw(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	if gone.Email != domaintest.Guest {
		t.Errorf("withdrawn is %+v", gone)
	}
	if n := p.Count(t, `SELECT count(*) FROM links WHERE ended_because = 'withdrawn'`); n != 1 {
		t.Errorf("%d links are ended with their invitation", n)
	}
	if opened := p.Shows(t, token, "withdrawn"); opened.RoleName != "" || opened.InviterName != "" {
		t.Errorf("the page still tells %+v", opened)
	}
	_, err = p.Invitations.Join(t.Context(), token, domaintest.Password, domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrLinkWithdrawn)
	_, err = p.Administration.Portrait(t.Context(), admin, u.ID)
	domaintest.Refused(t, err, user.ErrNotFound)
	_, err = p.Invitations.Withdraw(t.Context(), admin, u.ID)
	domaintest.Refused(t, err, user.ErrNotFound)

	anew := p.Invite(t, admin, domaintest.Guest)
	if anew.ID == u.ID {
		t.Error("the new invitation has the old id")
	}
	p.Shows(t, token, "withdrawn")
	p.Shows(t, p.MustLink(t, domaintest.Guest, "join"), "live")
}

func TestLookingChangesNothing(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	before := p.Dump(t)
	for range 50 { // a mail scanner
		p.Shows(t, token, "live")
	}
	for _, unknown := range []string{"", " ", token + "=", token[:42], token + "A", "%00", secret.NewToken().Reveal()} {
		if _, err := p.Invitations.Open(t.Context(), unknown); !errors.Is(err, credential.ErrLinkUnknown) {
			t.Errorf("%q is answered with %v", unknown, err)
		}
		if _, err := p.Invitations.Join(t.Context(), unknown, domaintest.Password, domaintest.Origin); !errors.Is(err, credential.ErrLinkUnknown) {
			t.Errorf("%q joins: %v", unknown, err)
		}
		domaintest.MustNot(t, p.Invitations.AskAgain(t.Context(), unknown, domaintest.Origin))
	}
	domaintest.MustNot(t, p.Invitations.AskAgain(t.Context(), token, domaintest.Origin)) // not over yet
	if p.Dump(t) != before {
		t.Error("looking changed something")
	}
	p.Joins(t, token)
}

func TestAnInvitationDoesNotOutliveTheRightToSendIt(t *testing.T) {
	for name, take := range map[string]func(t testing.TB, p house, inviter access.Actor){
		"suspended": func(t testing.TB, p house, inviter access.Actor) {
			p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, inviter.UserID)
		},
		"demoted": func(t testing.TB, p house, inviter access.Actor) {
			p.Exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, inviter.UserID, p.Role(t, p.Northwind, access.RoleMember))
		},
		"deleted": func(t testing.TB, p house, inviter access.Actor) {
			p.Exec(t, `DELETE FROM users WHERE id = $1`, inviter.UserID)
		},
		"below the role given": func(t testing.TB, p house, inviter access.Actor) {
			role := id.New("rol")
			p.Exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', 'users.access users.invite', $3)`,
				p.Northwind, role, p.Clock.Now())
			p.Exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, inviter.UserID, role)
			p.Exec(t, `UPDATE users SET role_id = $2 WHERE status = 'invited' AND organization_id = $1`, p.Northwind, p.Role(t, p.Northwind, access.RoleAdministrator))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			admin, u, token := p.Invitee(t)
			take(t, p, admin)
			p.Shows(t, token, "withdrawn")
			_, err := p.Invitations.Join(t.Context(), token, domaintest.Password, domaintest.Origin)
			domaintest.Refused(t, err, credential.ErrLinkWithdrawn)
			hash, err := domaintest.Passwords().Hash(t.Context(), domaintest.Password)
			domaintest.MustNot(t, err)
			_, err = invitation.JoinHashed(p.Invitations, t.Context(), token, hash, domaintest.Origin) // taken while the password was hashed
			domaintest.Refused(t, err, credential.ErrLinkWithdrawn)
			if p.Count(t, `SELECT count(*) FROM users WHERE id = $1 AND status = 'invited'`, u.ID) != 1 || p.Events(t, "user.joined") != 0 {
				t.Error("the person joined all the same")
			}
			p.Clock.Advance(6*domaintest.Day + time.Hour)
			_, err = p.Invitations.Remind(t.Context())
			domaintest.MustNot(t, err)
			if letters := p.Letters(t, domaintest.Guest); len(letters) != 1 {
				t.Errorf("%d letters carry a dead link", len(letters)-1)
			}
		})
	}
}

func TestAnInviterWithRightsRegainedLetsTheInvitationLiveAgain(t *testing.T) {
	p := newHouse(t)
	admin, _, token := p.Invitee(t)
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, admin.UserID)
	p.Shows(t, token, "withdrawn")
	p.Exec(t, `UPDATE users SET status = 'active' WHERE id = $1`, admin.UserID)
	p.Joins(t, token)
}

func TestUsersOfOtherOrganizationsDoNotExist(t *testing.T) {
	p := newHouse(t)
	_, u, token := p.Invitee(t)
	stranger := p.Stranger(t)
	before := p.Dump(t)
	for _, userID := range []string{u.ID, id.New("usr"), "", "' OR 1=1 --"} {
		_, errGet := p.Administration.Portrait(t.Context(), stranger, userID)
		_, errResend := p.Invitations.Resend(t.Context(), stranger, userID)
		_, _, errCopy := p.Invitations.CopyLink(t.Context(), stranger, userID)
		_, errWithdraw := p.Invitations.Withdraw(t.Context(), stranger, userID)
		for i, err := range []error{errGet, errResend, errCopy, errWithdraw} {
			if err != error(user.ErrNotFound) { // the very same answer, without a hint
				t.Errorf("%q, act %d: %v", userID, i, err)
			}
		}
	}
	if p.Dump(t) != before {
		t.Error("a stranger changed something")
	}
	p.Joins(t, token)
}

// TestWithdrawAndJoinAtOnce holds that either the person is in or the
// invitation is gone, never both and never neither.
func TestWithdrawAndJoinAtOnce(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	hash, err := domaintest.Passwords().Hash(t.Context(), domaintest.Password)
	domaintest.MustNot(t, err)
	won := map[string]int{}
	for range dbtest.RaceRounds() {
		u := p.Invite(t, admin, domaintest.Guest)
		link, _, err := p.Invitations.CopyLink(t.Context(), admin, u.ID)
		domaintest.MustNot(t, err)
		token := domaintest.TokenOf(link)
		var acts []func() error
		for i := range 64 {
			acts = append(acts, func() error {
				if i%2 == 0 {
					_, err := p.Invitations.Withdraw(context.Background(), admin, u.ID)
					return err
				}
				_, err := invitation.JoinHashed(p.Invitations, context.Background(), token, hash, domaintest.Origin)
				return err
			})
		}
		answers := domaintest.Together(acts...)
		if domaintest.Succeeded(answers) != 1 {
			t.Fatalf("not exactly one won: %s", domaintest.Describe(answers))
		}
		for i, err := range answers {
			if err == nil {
				won[[]string{"withdraw", "join"}[i%2]]++
				continue
			}
			if !errors.Is(err, user.ErrNotFound) && !errors.Is(err, invitation.ErrNotInvited) && credential.StateOf(err) == "" {
				t.Errorf("a loser is answered with %v", err)
			}
		}
		users, accounts := p.Count(t, `SELECT count(*) FROM users WHERE id = $1`, u.ID), p.Count(t, `SELECT count(*) FROM accounts WHERE email_key = $1`, domaintest.Guest)
		if users != accounts {
			t.Fatalf("%d users with %d accounts", users, accounts)
		}
		p.Exec(t, `DELETE FROM users WHERE id = $1`, u.ID)
		p.Exec(t, `DELETE FROM accounts WHERE email_key = $1`, domaintest.Guest)
		p.Exec(t, `DELETE FROM throttles`)
	}
	t.Logf("won: %v", won)
	p.Verify(t)
}

func TestWhoeverSendsAnInvitationAgainAnswersForIt(t *testing.T) {
	p := newHouse(t)
	left, u, token := p.Invitee(t)
	p.Exec(t, `UPDATE users SET status = 'suspended', first_name = 'Sam', last_name = 'Ito' WHERE id = $1`, left.UserID)
	p.Shows(t, token, "withdrawn")
	_, err := p.Invitations.Resend(t.Context(), p.Administrator(t), u.ID)
	domaintest.MustNot(t, err)
	if opened := p.Shows(t, p.MustLink(t, domaintest.Guest, "join"), "live"); opened.InviterName != "Priya Shah" {
		t.Errorf("the page names %q", opened.InviterName)
	}
	link, _, err := p.Invitations.CopyLink(t.Context(), p.Administrator(t), u.ID)
	domaintest.MustNot(t, err)
	p.Joins(t, domaintest.TokenOf(link))
}

// Whoever holds the link of an invitation can join by it, and whoever withdraws
// it keeps somebody out who would hold more than they do.
func TestAttackerActsOnAnInvitationToARoleBeyondTheirOwn(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	filled := p.Invitation(t, admin, domaintest.Guest)
	filled.RoleID = p.Role(t, p.Northwind, access.RoleAdministrator)
	u, err := p.Invitations.Invite(t.Context(), admin, filled)
	domaintest.MustNot(t, err)
	attacker := p.Administrator(t)
	inviters := id.New("rol")
	p.Exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at)
		VALUES ($1, $2, $2, $2, 'own', 'users.access users.view users.invite', $3)`, p.Northwind, inviters, p.Clock.Now())
	p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, inviters, attacker.UserID)
	before := p.Dump(t)
	_, _, err = p.Invitations.CopyLink(t.Context(), attacker, u.ID)
	domaintest.Refused(t, err, access.ErrForbidden)
	_, err = p.Invitations.Resend(t.Context(), attacker, u.ID)
	domaintest.Refused(t, err, access.ErrForbidden)
	_, err = p.Invitations.Withdraw(t.Context(), attacker, u.ID)
	domaintest.Refused(t, err, access.ErrForbidden)
	if p.Dump(t) != before {
		t.Error("the refused acts changed something")
	}
}
