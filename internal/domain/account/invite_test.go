package account_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/throttle"
)

func TestAnInvitationIsAUserALetterAndALineOfTheTrail(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	filled := p.invitation(t, admin, " Li.Wen@NORTHWIND.example ")
	filled.FirstName, filled.LastName, filled.Note = "  Li ", " Wen\t", " See you on Monday "
	u, err := p.Invitations.Invite(t.Context(), admin, filled)
	mustNot(t, err)

	if u.Status != user.Invited || u.Name() != "Li Wen" || u.Email != "Li.Wen@northwind.example" || u.RoleKind != access.RoleMember {
		t.Errorf("invited is %+v", u)
	}
	seen, err := p.Accounts.Get(t.Context(), admin, u.ID)
	mustNot(t, err)
	if seen.User.Invitation == nil || seen.User.Invitation.InviterID != admin.UserID || seen.User.Invitation.ExpiresAt != nil || seen.User.AccountID != "" {
		t.Errorf("stored is %+v", seen.User)
	}
	if seen.Delivery == nil || len(seen.Happenings) != 1 || seen.Happenings[0].Action != "user.invited" || seen.Happenings[0].ActorID != admin.UserID {
		t.Errorf("the letter is %+v, the trail %+v", seen.Delivery, seen.Happenings)
	}
	letters := p.letters(t, "Li.Wen@northwind.example")
	if len(letters) != 1 || !strings.Contains(letters[0], "Priya Shah invited you to Northwind as Member.") || !strings.Contains(letters[0], "See you on Monday") {
		t.Errorf("delivered: %q", letters)
	}
	p.verify(t)
}

func TestAllRefusalsOfAnInvitationAreSaidAtOnce(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	before := p.dump(t)
	for name, c := range map[string]struct {
		filled account.NewInvitation
		want   map[string]string
	}{
		"nothing": {account.NewInvitation{}, map[string]string{
			"first_name": "person.first_name_missing", "email": "person.email_invalid", "role": "user.role_missing",
		}},
		"too much": {account.NewInvitation{
			FirstName: strings.Repeat("n", person.NameLimit+1), LastName: strings.Repeat("é", person.NameLimit+1),
			Email: strings.Repeat("a", 65) + "@northwind.example", RoleID: "rol_nobody", Note: strings.Repeat("x", account.NoteLimit+1),
		}, map[string]string{
			"first_name": "person.name_too_long", "last_name": "person.name_too_long", "email": "person.email_invalid",
			"role": "user.role_gone", "note": "account.note_too_long",
		}},
		"hostile": {account.NewInvitation{
			FirstName: "Li\x00", LastName: "\u202enew", Email: "li@northwind.example\r\nBcc: all@northwind.example", RoleID: "rol\u202e", Note: "\xff\x00",
		}, map[string]string{
			"first_name": "person.name_unreadable", "last_name": "person.name_unreadable", "email": "person.email_invalid",
			"role": "user.role_gone", "note": "account.note_unreadable",
		}},
	} {
		_, err := p.Invitations.Invite(t.Context(), admin, c.filled)
		if got := fieldsOf(t, err); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: refused with %v, want %v", name, got, c.want)
		}
	}
	if p.dump(t) != before {
		t.Error("a refused invitation left something behind")
	}
}

func TestNobodyIsInvitedTwiceIntoAnOrganization(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.invitee(t)
	taken := func(status user.Status) {
		t.Helper()
		again := p.invitation(t, admin, strings.ToUpper(guest))
		again.FirstName = "Somebody"
		_, err := p.Invitations.Invite(t.Context(), admin, again)
		refused(t, err, account.ErrEmailTaken)
		if f, _ := fault.Of(err); f == nil || f.Params["ID"] != u.ID || f.Params["Name"] != "Li Wen" || f.Params["Status"] != status {
			t.Errorf("the refusal names %+v", f)
		}
	}
	taken(user.Invited)
	p.joins(t, token)
	taken(user.Active)
	p.exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, u.ID)
	taken(user.Suspended)
	if n := p.events(t, "user.invited"); n != 1 {
		t.Errorf("%d invitations are in the trail", n)
	}
}

func TestPeopleOfOtherOrganizationsAreNotMentionedAndJoinWithTheirAccount(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	b := p.joins(t, token)
	stranger := p.stranger(t)

	u := p.invite(t, stranger, guest)
	if u.Status != user.Invited || u.AccountID != "" {
		t.Errorf("the other organization learns %+v", u)
	}
	letters := p.letters(t, guest)
	if last := letters[len(letters)-1]; !strings.Contains(last, "You already have an account here") || strings.Contains(last, "Northwind") {
		t.Errorf("the letter says %q", last)
	}
	second := p.mustLink(t, guest, "join")
	opened := p.shows(t, second, "live")
	current := b.must(t)
	if opened.AccountID != current.Actor.AccountID || opened.OrganizationName != "Fabrikam" {
		t.Errorf("the page shows %+v", opened)
	}
	_, err := p.Invitations.Join(t.Context(), second, another, origin)
	refused(t, err, account.ErrAccountExists)
	_, err = p.Invitations.JoinAs(t.Context(), p.member(t), second)
	refused(t, err, account.ErrNotYourInvitation)
	p.shows(t, second, "live")

	started, err := p.Invitations.JoinAs(t.Context(), current, second)
	mustNot(t, err)
	there := (&browser{p.place, started.Token.Reveal()}).must(t)
	if there.Actor.OrganizationID != stranger.OrganizationID || there.Actor.AccountID != current.Actor.AccountID || there.RoleKind != access.RoleMember {
		t.Errorf("joined as %+v", there)
	}
	_, err = p.Invitations.JoinAs(t.Context(), current, second)
	refused(t, err, credential.ErrLinkUsed)
}

func TestNobodyGivesARoleBeyondTheirOwnRights(t *testing.T) {
	p := newHouse(t)
	admin := p.administrator(t)
	var allOwn []string
	all := []access.Permission{access.UsersView, access.UsersInvite, access.SettingsView, access.SettingsEdit}
	for set := range 1 << len(all) { // every role that there can be
		var names []string
		for i, permission := range all {
			if set&(1<<i) != 0 {
				names = append(names, string(permission))
			}
		}
		role := id.New("rol")
		p.exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', $3, $4)`,
			p.northwind, role, strings.Join(names, " "), p.clock.Now())
		allOwn = append(allOwn, role)
	}
	for actorSet, actorRole := range allOwn {
		actor := admin
		p.exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, actorRole, actor.UserID)
		actor.Permissions = access.OfRole(access.RoleOwn, p.text(t, `SELECT permissions FROM roles WHERE id = $1`, actorRole))
		may := actor.Permissions.Has(access.UsersInvite)
		roles, err := p.Invitations.RolesToGive(t.Context(), actor)
		if may != (err == nil) {
			t.Fatalf("%v: %v", actor.Permissions, err)
		}
		offered := map[string]bool{}
		for _, r := range roles {
			offered[r.ID] = true
		}
		for givenSet, given := range allOwn {
			within := may && givenSet&^actorSet == 0
			if offered[given] != within {
				t.Errorf("rights %04b are offered role %04b: %v", actorSet, givenSet, offered[given])
			}
			if !may {
				continue
			}
			filled := p.invitation(t, actor, "") // no address: only the role is judged, nothing is stored
			filled.RoleID = given
			_, err := p.Invitations.Invite(t.Context(), actor, filled)
			if _, gone := fieldsOf(t, err)["role"]; gone == within {
				t.Errorf("rights %04b give role %04b: %v", actorSet, givenSet, err)
			}
		}
	}
}

func TestForeignRolesDoNotExist(t *testing.T) {
	p := newHouse(t)
	admin, stranger := p.administrator(t), p.stranger(t)
	filled := p.invitation(t, admin, guest)
	filled.RoleID = p.role(t, stranger.OrganizationID, access.RoleMember)
	_, err := p.Invitations.Invite(t.Context(), admin, filled)
	refused(t, err, user.ErrRoleGone)
}

func TestWhoMayNotInviteDoesNothingWithInvitations(t *testing.T) {
	p := newHouse(t)
	_, u, token := p.invitee(t)
	m := p.member(t).Actor
	before := p.dump(t)
	_, errInvite := p.Invitations.Invite(t.Context(), m, p.invitation(t, m, "other@northwind.example"))
	_, errResend := p.Invitations.Resend(t.Context(), m, u.ID)
	_, _, errCopy := p.Invitations.CopyLink(t.Context(), m, u.ID)
	_, errWithdraw := p.Invitations.Withdraw(t.Context(), m, u.ID)
	_, errGet := p.Accounts.Get(t.Context(), m, u.ID)
	_, errList := p.Accounts.List(t.Context(), m, account.ListQuery{})
	_, errRoles := p.Invitations.RolesToGive(t.Context(), m)
	for i, err := range []error{errInvite, errResend, errCopy, errWithdraw, errGet, errList, errRoles} {
		if !errors.Is(err, access.ErrForbidden) {
			t.Errorf("act %d: %v", i, err)
		}
	}
	if p.dump(t) != before {
		t.Error("a forbidden act changed something")
	}
	p.shows(t, token, "live")
}

func TestInvitationsAreBoundedPerInviterAndPerOrganization(t *testing.T) {
	p := newHouse(t)
	sent := 0
	burst := func(actor access.Actor, count int) (last error) {
		t.Helper()
		filled := p.invitation(t, actor, "")
		for range count {
			sent++
			filled.Email = fmt.Sprintf("p%d@northwind.example", sent)
			if _, last = p.Invitations.Invite(t.Context(), actor, filled); last != nil {
				return last
			}
		}
		return nil
	}
	first := p.administrator(t)
	mustNot(t, burst(first, 50))
	throttled(t, burst(first, 1), time.Hour)
	second := p.administrator(t)
	mustNot(t, burst(second, 50)) // somebody else still may
	p.clock.Advance(time.Hour)
	first, second = p.back(t, first), p.back(t, second)
	mustNot(t, burst(first, 50))
	mustNot(t, burst(second, 50))
	p.clock.Advance(time.Hour)
	throttled(t, burst(p.back(t, first), 1), 22*time.Hour) // 200 a day are all that the organization has
	if n := p.count(t, `SELECT count(*) FROM users WHERE status = 'invited'`); n != 200 {
		t.Errorf("%d people are invited", n)
	}
	p.clock.Advance(22 * time.Hour)
	mustNot(t, burst(p.back(t, first), 1))
	mustNot(t, burst(p.stranger(t), 1))
}

// throttled checks that the refusal says how long to wait.
func throttled(t testing.TB, err error, wait time.Duration) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.TooMany || f.RetryAfter != wait || errors.Is(err, throttle.ErrStopped) {
		t.Errorf("answered with %+v, want a wait of %v", err, wait)
	}
}

func TestTwoAdministratorsInviteTheSamePersonAtOnce(t *testing.T) {
	p := newHouse(t)
	one, two := p.administrator(t), p.administrator(t)
	for round := range raceRounds() {
		email := fmt.Sprintf("p%d@northwind.example", round)
		filled := p.invitation(t, one, email)
		var acts []func() error
		for i := range 8 {
			actor, typed := one, filled
			if i%2 == 1 {
				actor, typed.Email = two, strings.ToUpper(email)
			}
			acts = append(acts, func() error {
				_, err := p.Invitations.Invite(context.Background(), actor, typed)
				return err
			})
		}
		answers := together(acts...)
		if succeeded(answers) != 1 {
			t.Fatalf("round %d: %s", round, describe(answers))
		}
		for _, err := range answers {
			if err != nil {
				refused(t, err, account.ErrEmailTaken)
			}
		}
		users := p.count(t, `SELECT count(*) FROM users WHERE email_key = $1`, email)
		letters := p.count(t, `SELECT count(*) FROM letters WHERE lower(address) = $1`, email)
		if users != 1 || letters != 1 {
			t.Fatalf("round %d: %d users, %d letters", round, users, letters)
		}
		p.clock.Advance(day)
		one, two = p.back(t, one), p.back(t, two)
	}
	p.verify(t)
}
