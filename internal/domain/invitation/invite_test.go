package invitation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
)

func TestAnInvitationIsAUserALetterAndALineOfTheTrail(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	filled := p.Invitation(t, admin, " Li.Wen@NORTHWIND.example ")
	filled.FirstName, filled.LastName, filled.Note = "  Li ", " Wen\t", " See you on Monday "
	u, err := p.Invitations.Invite(t.Context(), admin, filled)
	domaintest.MustNot(t, err)

	if u.Status != user.Invited || u.Name() != "Li Wen" || u.Email != "Li.Wen@northwind.example" || u.RoleKind != access.RoleMember {
		t.Errorf("invited is %+v", u)
	}
	seen, err := p.Administration.Portrait(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	if seen.User.Invitation == nil || seen.User.Invitation.InviterID != admin.UserID || seen.User.Invitation.ExpiresAt != nil || seen.User.AccountID != "" {
		t.Errorf("stored is %+v", seen.User)
	}
	if seen.Delivery == nil || len(seen.Happenings) != 1 || seen.Happenings[0].Action != "user.invited" || seen.Happenings[0].ActorID != admin.UserID {
		t.Errorf("the letter is %+v, the trail %+v", seen.Delivery, seen.Happenings)
	}
	letters := p.Letters(t, "Li.Wen@northwind.example")
	if len(letters) != 1 || !strings.Contains(letters[0], "Priya Shah invited you to Northwind as Member.") || !strings.Contains(letters[0], "See you on Monday") {
		t.Errorf("delivered: %q", letters)
	}
	p.Verify(t)
}

func TestAllRefusalsOfAnInvitationAreSaidAtOnce(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	before := p.Dump(t)
	for name, c := range map[string]struct {
		filled invitation.Draft
		want   map[string]string
	}{
		"nothing": {invitation.Draft{}, map[string]string{
			"first_name": "person.first_name_missing", "email": "person.email_invalid", "role": "user.role_missing",
		}},
		"too much": {invitation.Draft{
			FirstName: strings.Repeat("n", person.NameLimit+1), LastName: strings.Repeat("é", person.NameLimit+1),
			Email: strings.Repeat("a", 65) + "@northwind.example", RoleID: "rol_nobody", Note: strings.Repeat("x", invitation.NoteLimit+1),
		}, map[string]string{
			"first_name": "person.name_too_long", "last_name": "person.name_too_long", "email": "person.email_invalid",
			"role": "user.role_gone", "note": "invitation.note_too_long",
		}},
		"hostile": {invitation.Draft{
			FirstName: "Li\x00", LastName: "\u202enew", Email: "li@northwind.example\r\nBcc: all@northwind.example", RoleID: "rol\u202e", Note: "\xff\x00",
		}, map[string]string{
			"first_name": "person.name_unreadable", "last_name": "person.name_unreadable", "email": "person.email_invalid",
			"role": "user.role_gone", "note": "invitation.note_unreadable",
		}},
	} {
		_, err := p.Invitations.Invite(t.Context(), admin, c.filled)
		if got := domaintest.FieldsOf(t, err); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: refused with %v, want %v", name, got, c.want)
		}
	}
	if p.Dump(t) != before {
		t.Error("a refused invitation left something behind")
	}
}

func TestNobodyIsInvitedTwiceIntoAnOrganization(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.Invitee(t)
	taken := func(status user.Status) {
		t.Helper()
		again := p.Invitation(t, admin, strings.ToUpper(domaintest.Guest))
		again.FirstName = "Somebody"
		_, err := p.Invitations.Invite(t.Context(), admin, again)
		domaintest.Refused(t, err, invitation.ErrEmailTaken)
		if f, _ := fault.Of(err); f == nil || f.Params["ID"] != u.ID || f.Params["Name"] != "Li Wen" || f.Params["Status"] != status {
			t.Errorf("the refusal names %+v", f)
		}
	}
	taken(user.Invited)
	p.Joins(t, token)
	taken(user.Active)
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, u.ID)
	taken(user.Suspended)
	if n := p.Events(t, "user.invited"); n != 1 {
		t.Errorf("%d invitations are in the trail", n)
	}
}

func TestPeopleOfOtherOrganizationsAreNotMentionedAndJoinWithTheirAccount(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	b := p.Joins(t, token)
	stranger := p.Stranger(t)

	u := p.Invite(t, stranger, domaintest.Guest)
	if u.Status != user.Invited || u.AccountID != "" {
		t.Errorf("the other organization learns %+v", u)
	}
	letters := p.Letters(t, domaintest.Guest)
	if last := letters[len(letters)-1]; !strings.Contains(last, "You already have an account here") || strings.Contains(last, "Northwind") {
		t.Errorf("the letter says %q", last)
	}
	second := p.MustLink(t, domaintest.Guest, "join")
	opened := p.Shows(t, second, "live")
	current := b.Must(t)
	if opened.AccountID != current.Actor.AccountID || opened.OrganizationName != "Fabrikam" {
		t.Errorf("the page shows %+v", opened)
	}
	_, err := p.Invitations.Join(t.Context(), second, domaintest.Another, domaintest.Origin)
	domaintest.Refused(t, err, invitation.ErrAccountExists)
	_, err = p.Invitations.JoinAs(t.Context(), p.Member(t), second)
	domaintest.Refused(t, err, invitation.ErrNotYourInvitation)
	p.Shows(t, second, "live")

	started, err := p.Invitations.JoinAs(t.Context(), current, second)
	domaintest.MustNot(t, err)
	there := p.Browser(started.Token.Reveal()).Must(t)
	if there.Actor.OrganizationID != stranger.OrganizationID || there.Actor.AccountID != current.Actor.AccountID || there.RoleKind != access.RoleMember {
		t.Errorf("joined as %+v", there)
	}
	_, err = p.Invitations.JoinAs(t.Context(), current, second)
	domaintest.Refused(t, err, credential.ErrLinkUsed)
}

func TestNobodyGivesARoleBeyondTheirOwnRights(t *testing.T) {
	p := newHouse(t)
	admin := p.Administrator(t)
	var allOwn []string
	all := []access.Permission{access.UsersView, access.UsersInvite, access.SettingsView, access.SettingsEdit}
	for set := range 1 << len(all) { // every role that there can be
		var names []string
		for i, permission := range all {
			if set&(1<<i) != 0 {
				names = append(names, string(permission.Access()), string(permission))
			}
		}
		role := id.New("rol")
		p.Exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', $3, $4)`,
			p.Northwind, role, strings.Join(names, " "), p.Clock.Now())
		allOwn = append(allOwn, role)
	}
	for actorSet, actorRole := range allOwn {
		actor := admin
		p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, actorRole, actor.UserID)
		actor.Permissions = access.OfRole(access.RoleOwn, p.Text(t, `SELECT permissions FROM roles WHERE id = $1`, actorRole))
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
			filled := p.Invitation(t, actor, "") // no address: only the role is judged, nothing is stored
			filled.RoleID = given
			_, err := p.Invitations.Invite(t.Context(), actor, filled)
			if _, gone := domaintest.FieldsOf(t, err)["role"]; gone == within {
				t.Errorf("rights %04b give role %04b: %v", actorSet, givenSet, err)
			}
		}
	}
}

func TestForeignRolesDoNotExist(t *testing.T) {
	p := newHouse(t)
	admin, stranger := p.Administrator(t), p.Stranger(t)
	filled := p.Invitation(t, admin, domaintest.Guest)
	filled.RoleID = p.Role(t, stranger.OrganizationID, access.RoleMember)
	_, err := p.Invitations.Invite(t.Context(), admin, filled)
	domaintest.Refused(t, err, user.ErrRoleGone)
}

func TestWhoMayNotInviteDoesNothingWithInvitations(t *testing.T) {
	p := newHouse(t)
	_, u, token := p.Invitee(t)
	m := p.Member(t).Actor
	before := p.Dump(t)
	_, errInvite := p.Invitations.Invite(t.Context(), m, p.Invitation(t, m, "other@northwind.example"))
	_, errResend := p.Invitations.Resend(t.Context(), m, u.ID)
	_, _, errCopy := p.Invitations.CopyLink(t.Context(), m, u.ID)
	_, errWithdraw := p.Invitations.Withdraw(t.Context(), m, u.ID)
	_, errGet := p.Administration.Portrait(t.Context(), m, u.ID)
	_, errRoles := p.Invitations.RolesToGive(t.Context(), m)
	for i, err := range []error{errInvite, errResend, errCopy, errWithdraw, errGet, errRoles} {
		if !errors.Is(err, access.ErrForbidden) {
			t.Errorf("act %d: %v", i, err)
		}
	}
	if p.Dump(t) != before {
		t.Error("a forbidden act changed something")
	}
	p.Shows(t, token, "live")
}

func TestInvitationsAreBoundedPerInviterAndPerOrganization(t *testing.T) {
	p := newHouse(t)
	sent := 0
	burst := func(actor access.Actor, count int) (last error) {
		t.Helper()
		filled := p.Invitation(t, actor, "")
		for range count {
			sent++
			filled.Email = fmt.Sprintf("p%d@northwind.example", sent)
			if _, last = p.Invitations.Invite(t.Context(), actor, filled); last != nil {
				return last
			}
		}
		return nil
	}
	first := p.Administrator(t)
	domaintest.MustNot(t, burst(first, 50))
	domaintest.Throttled(t, burst(first, 1), time.Hour)
	second := p.Administrator(t)
	domaintest.MustNot(t, burst(second, 50)) // somebody else still may
	p.Clock.Advance(time.Hour)
	first, second = p.Back(t, first), p.Back(t, second)
	domaintest.MustNot(t, burst(first, 50))
	domaintest.MustNot(t, burst(second, 50))
	p.Clock.Advance(time.Hour)
	domaintest.Throttled(t, burst(p.Back(t, first), 1), 22*time.Hour) // 200 a day are all that the organization has
	if n := p.Count(t, `SELECT count(*) FROM users WHERE status = 'invited'`); n != 200 {
		t.Errorf("%d people are invited", n)
	}
	p.Clock.Advance(22 * time.Hour)
	domaintest.MustNot(t, burst(p.Back(t, first), 1))
	domaintest.MustNot(t, burst(p.Stranger(t), 1))
}

func TestTwoAdministratorsInviteTheSamePersonAtOnce(t *testing.T) {
	p := newHouse(t)
	one, two := p.Administrator(t), p.Administrator(t)
	for round := range dbtest.RaceRounds() {
		email := fmt.Sprintf("p%d@northwind.example", round)
		filled := p.Invitation(t, one, email)
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
		answers := domaintest.Together(acts...)
		if domaintest.Succeeded(answers) != 1 {
			t.Fatalf("round %d: %s", round, domaintest.Describe(answers))
		}
		for _, err := range answers {
			if err != nil {
				domaintest.Refused(t, err, invitation.ErrEmailTaken)
			}
		}
		users := p.Count(t, `SELECT count(*) FROM users WHERE email_key = $1`, email)
		letters := p.Count(t, `SELECT count(*) FROM letters WHERE lower(address) = $1`, email)
		if users != 1 || letters != 1 {
			t.Fatalf("round %d: %d users, %d letters", round, users, letters)
		}
		p.Clock.Advance(domaintest.Day)
		one, two = p.Back(t, one), p.Back(t, two)
	}
	p.Verify(t)
}
