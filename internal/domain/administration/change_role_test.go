package administration_test

import (
	"fmt"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
)

// role is the id of a role of Northwind by its kind.
func (p *place) role(t testing.TB, kind access.RoleKind) string {
	t.Helper()
	return p.Text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = $2`, p.Northwind, string(kind))
}

func TestANewRoleHoldsFromTheNextRequestOn(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	b := p.enter(t, priya)
	if b.actor(t).Permissions.Has(access.UsersView) {
		t.Fatal("a Member sees users")
	}
	u, err := p.ChangeRole(t.Context(), sam, priya.user, p.role(t, access.RoleAdministrator))
	domaintest.MustNot(t, err)
	if u.RoleName != "Administrator" || !b.actor(t).Permissions.Has(access.SettingsEdit) {
		t.Errorf("the next request holds %+v", b.actor(t).Permissions)
	}
	if letter := p.lastLetter(t, priya.email); !strings.Contains(letter, "Your access to Northwind changed to Administrator") {
		t.Errorf("the letter says: %s", letter)
	}
	_, err = p.ChangeRole(t.Context(), sam, priya.user, p.role(t, access.RoleAdministrator)) // a double click
	domaintest.MustNot(t, err)
	events := p.events(t, p.Northwind, "user.role_changed")
	if len(events) != 1 || events[0].Details != `{"from":"Member","to":"Administrator"}` || len(p.letters(t, priya.email)) != 1 {
		t.Errorf("the trail says %+v", events)
	}
	p.Verify(t)
}

func TestTheChoiceOfRolesSaysWhatEachGivesAndTakes(t *testing.T) {
	p := newPlace(t)
	helper := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, helper, access.UsersView, access.UsersEdit)
	priya := p.person(t, "Priya", access.RoleMember)
	p.ownRole(t, priya, access.UsersView)
	p.person(t, "Sam", access.RoleAdministrator)
	found, choices, err := p.RoleChoices(t.Context(), p.enter(t, helper).actor(t), priya.user)
	domaintest.MustNot(t, err)
	var said []string
	for _, c := range choices {
		said = append(said, fmt.Sprint(c.Kind, " gains ", c.Gains, " loses ", c.Loses))
	}
	want := []string{"member gains [] loses [users.access users.view]", "own gains [users.edit] loses []", "own gains [] loses []"}
	if found.User.ID != priya.user || strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("the choice is\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhoseRoleIsNotChanged(t *testing.T) {
	p := newPlace(t)
	sam, priya := p.administrator(t), p.person(t, "Priya", access.RoleMember)
	helper := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, helper, access.UsersView, access.UsersEdit)
	wei := p.enter(t, helper).actor(t)
	fabrikam := p.Organization(t, "Fabrikam")
	stranger := p.join(t, p.person(t, "Ada", access.RoleMember), fabrikam, access.RoleMember)
	member, administrator := p.role(t, access.RoleMember), p.role(t, access.RoleAdministrator)
	foreign := p.Text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = 'member'`, fabrikam)
	for _, c := range []struct {
		what       string
		actor      access.Actor
		user, role string
		want       *fault.Fault
	}{
		{"oneself", sam, sam.UserID, member, administration.ErrOwnAccess},
		{"who holds more", wei, sam.UserID, member, administration.ErrHoldsMore},
		{"to more than the giver holds", wei, priya.user, administrator, user.ErrRoleGone},
		{"to no role", sam, priya.user, "", user.ErrRoleMissing},
		{"to a role that is gone", sam, priya.user, "rol_0", user.ErrRoleGone},
		{"to another organization's role", sam, priya.user, foreign, user.ErrRoleGone},
		{"another organization's user", sam, stranger.user, foreign, user.ErrNotFound},
		{"without the right", p.enter(t, priya).actor(t), helper.user, member, access.ErrForbidden},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := p.ChangeRole(t.Context(), c.actor, c.user, c.role)
			domaintest.Refused(t, err, c.want)
		})
	}
	if n := len(p.events(t, p.Northwind, "user.role_changed")); n != 0 {
		t.Errorf("the trail tells of %d changes", n)
	}
}

func TestTheLastAdministratorStaysOne(t *testing.T) {
	p := newPlace(t)
	sam := p.person(t, "Sam", access.RoleAdministrator)
	wei := p.complete(t)
	_, err := p.ChangeRole(t.Context(), wei, sam.user, p.role(t, access.RoleMember))
	domaintest.Refused(t, err, administration.ErrLastAdministrator)
	if found, _, err := p.RoleChoices(t.Context(), wei, sam.user); err != nil || !found.LastAdministrator {
		t.Errorf("the window says %+v, %v", found, err)
	}
	ada := p.person(t, "Ada", access.RoleAdministrator)
	_, err = p.ChangeRole(t.Context(), wei, sam.user, p.role(t, access.RoleMember))
	domaintest.MustNot(t, err)
	_, err = p.ChangeRole(t.Context(), wei, ada.user, p.role(t, access.RoleMember))
	domaintest.Refused(t, err, administration.ErrLastAdministrator)
}

// The rights of whoever gave the role are looked at when the invitation is
// accepted, not of whoever sent it with another role.
func TestWhoeverGivesTheRoleAnswersForAnInvitation(t *testing.T) {
	p := newPlace(t)
	sam := p.person(t, "Sam", access.RoleAdministrator)
	ada := p.enter(t, p.person(t, "Ada", access.RoleAdministrator)).actor(t)
	li := p.invite(t, p.enter(t, sam).actor(t), "li@northwind.example")
	_, err := p.ChangeRole(t.Context(), ada, li, p.role(t, access.RoleAdministrator))
	domaintest.MustNot(t, err)
	if len(p.letters(t, "li@northwind.example")) != 1 {
		t.Error("an invited person is told of more than the invitation")
	}
	token := p.Link(t, "li@northwind.example", "join")
	_, err = p.ChangeRole(t.Context(), ada, sam.user, p.role(t, access.RoleMember))
	domaintest.MustNot(t, err)
	opened, err := p.Invitations.Open(t.Context(), token)
	if err != nil || opened.State != credential.LinkLive || opened.InviterName != "Ada Shah" {
		t.Errorf("the sender lost the right, the giver holds it: %+v, %v", opened, err)
	}
	wei := p.administrator(t)
	_, err = p.ChangeRole(t.Context(), wei, ada.UserID, p.role(t, access.RoleMember))
	domaintest.MustNot(t, err)
	if opened, err = p.Invitations.Open(t.Context(), token); err != nil || opened.State != credential.LinkWithdrawn {
		t.Errorf("the giver lost the right: %+v, %v", opened, err)
	}
	_, err = p.Invitations.Join(t.Context(), token, another, domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrLinkWithdrawn)
}

// Whoever may not invite cannot answer for an invitation: it stays the sender's.
func TestARoleGivenByWhoMayNotInviteKeepsTheInvitation(t *testing.T) {
	p := newPlace(t)
	sam := p.administrator(t)
	editor := p.person(t, "Wei", access.RoleMember)
	p.ownRole(t, editor, access.UsersView, access.UsersEdit)
	li := p.invite(t, sam, "li@northwind.example")
	token := p.Link(t, "li@northwind.example", "join")
	wei := p.enter(t, editor).actor(t)
	_, err := p.ChangeRole(t.Context(), wei, li, p.Text(t, `SELECT role_id FROM users WHERE id = $1`, editor.user))
	domaintest.MustNot(t, err)
	opened, err := p.Invitations.Open(t.Context(), token)
	if err != nil || opened.State != credential.LinkLive || opened.InviterName != sam.Name {
		t.Errorf("the invitation is %+v, %v", opened, err)
	}
}

// What a request knew of the actor when it came may be out of date.
func TestTheGiversRightsAreReadAnew(t *testing.T) {
	p := newPlace(t)
	p.administrator(t)
	giver, priya := p.person(t, "Sam", access.RoleAdministrator), p.person(t, "Priya", access.RoleMember)
	before := p.enter(t, giver).actor(t)
	p.ownRole(t, giver, access.UsersEdit)
	_, err := p.ChangeRole(t.Context(), before, priya.user, p.role(t, access.RoleAdministrator))
	domaintest.Refused(t, err, user.ErrRoleGone)
	p.ownRole(t, giver)
	_, err = p.ChangeRole(t.Context(), before, priya.user, p.role(t, access.RoleMember))
	domaintest.Refused(t, err, access.ErrForbidden)
}
