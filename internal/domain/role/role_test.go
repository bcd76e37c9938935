package role_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/role"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
)

// place is an installation whose Northwind has Sam, an Administrator.
type place struct {
	*domaintest.Place
	holder *domaintest.Holder
	sam    access.Actor
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{Place: domaintest.NewPlace(t)}
	p.holder = p.Person(t)
	p.sam = p.LogIn(t, p.holder).Must(t).Actor
	return p
}

// make makes a role in which these are ticked.
func (p *place) make(t testing.TB, name string, ticked ...access.Permission) role.Role {
	t.Helper()
	made, err := p.Roles.Create(t.Context(), p.sam, role.Draft{Name: name, Ticked: ticked})
	domaintest.MustNot(t, err)
	return made
}

// otherNode is one more on PostgreSQL; a database of SQLite belongs to one.
func (p *place) otherNode(t testing.TB) *domaintest.Place {
	t.Helper()
	if os.Getenv(dbtest.PostgresVariable) == "" {
		return p.Place
	}
	return p.AnotherNode(t)
}

// with is a new user of Northwind with a role, and one of their browsers.
func (p *place) with(t testing.TB, roleID string) *domaintest.Browser {
	t.Helper()
	who := p.Person(t)
	p.Exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, who.User, roleID)
	return p.LogIn(t, who)
}

func (p *place) get(t testing.TB, id string) role.Role {
	t.Helper()
	roles, err := p.Roles.List(t.Context(), p.sam)
	domaintest.MustNot(t, err)
	i := slices.IndexFunc(roles, func(r role.Role) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("%s is not among %+v", id, roles)
	}
	return roles[i]
}

var viewer = []access.Permission{"users.access", access.UsersView}

func TestARoleIsMadeEditedAndDeleted(t *testing.T) {
	p := newPlace(t)
	made := p.make(t, "  Customer \t Service ", "settings.edit", "users.view", "users.access") // settings is not open
	if made.Name != "Customer Service" || made.Permissions.Stored() != "users.access users.view" || made.Kind != access.RoleOwn {
		t.Errorf("made %+v", made)
	}
	wei := p.with(t, made.ID)
	if got := p.get(t, made.ID); got.Users != 1 || got.Name != made.Name {
		t.Errorf("it stands in the list as %+v", got)
	}
	draft := role.Draft{Name: "Front Desk", Description: "Lets people in", Ticked: []access.Permission{"users.access", "users.invite"}}
	c, err := p.Roles.Review(t.Context(), p.sam, made.ID, draft)
	domaintest.MustNot(t, err)
	if fmt.Sprint(c.Gains, c.Loses) != "[users.invite] [users.view]" || c.Before.Users != 1 || c.Nothing() {
		t.Errorf("the review says %+v", c)
	}
	if !wei.Must(t).Actor.Permissions.Has(access.UsersView) {
		t.Error("the review changed something")
	}
	_, err = p.Roles.Edit(t.Context(), p.sam, made.ID, c.Before.Revision(), draft)
	domaintest.MustNot(t, err)
	if now := wei.Must(t); now.Actor.Permissions.Has(access.UsersView) || !now.Actor.Permissions.Has(access.UsersInvite) || now.RoleName != "Front Desk" {
		t.Errorf("the next request holds %+v as %s", now.Actor.Permissions, now.RoleName)
	}
	to := p.Role(t, p.Northwind, access.RoleMember)
	invited := p.invite(t, made.ID)
	gone, err := p.Roles.Delete(t.Context(), p.sam, made.ID, to)
	domaintest.MustNot(t, err)
	if now := wei.Must(t); gone.Users != 2 || gone.To.ID != to || now.RoleID != to || now.Actor.Permissions.Has(access.UsersInvite) {
		t.Errorf("deleted %+v; the next request holds %+v", gone, now)
	}
	if n := p.Count(t, `SELECT count(*) FROM users WHERE id = $1 AND role_id = $2`, invited, to); n != 1 {
		t.Error("an invited user is left behind")
	}
	if member := p.get(t, to); member.Users != 2 {
		t.Errorf("the counts say %+v", member)
	}
	for action, details := range map[string]string{
		"role.created": `{"description":"","permissions":"users.access users.view"}`,
		"role.edited": `{"description_from":"","description_to":"Lets people in","name_from":"Customer Service","name_to":"Front Desk",` +
			`"permissions_from":"users.access users.view","permissions_to":"users.access users.invite"}`,
		"role.deleted": `{"permissions":"users.access users.invite","to":"Member","users":"2"}`,
	} {
		if got := p.Text(t, `SELECT details FROM audit_events WHERE action = $1 AND target_id = $2`, action, made.ID); got != details {
			t.Errorf("%s has the details %s", action, got)
		}
	}
	p.Verify(t)
}

func (p *place) invite(t testing.TB, roleID string) (userID string) {
	t.Helper()
	u, err := p.Invitations.Invite(t.Context(), p.sam, invitation.Draft{FirstName: "Li", Email: "li@northwind.example", RoleID: roleID})
	domaintest.MustNot(t, err)
	return u.ID
}

func TestWhoMayNot(t *testing.T) {
	p := newPlace(t)
	target := p.make(t, "Target", viewer...)
	everything := p.make(t, "Everything", access.BuiltIn().All()...)
	draft := role.Draft{Name: "Another"}
	acts := map[string]func(a access.Actor) error{
		"create": func(a access.Actor) error { _, err := p.Roles.Create(t.Context(), a, draft); return err },
		"review": func(a access.Actor) error { _, err := p.Roles.Review(t.Context(), a, target.ID, draft); return err },
		"edit": func(a access.Actor) error {
			_, err := p.Roles.Edit(t.Context(), a, target.ID, target.Revision(), draft)
			return err
		},
		"delete": func(a access.Actor) error { _, err := p.Roles.Delete(t.Context(), a, target.ID, ""); return err },
	}
	own := p.with(t, everything.ID).Must(t).Actor
	demoted := p.LogIn(t, p.Person(t)).Must(t).Actor
	p.Exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, demoted.UserID, everything.ID)
	suspended := p.LogIn(t, p.Person(t)).Must(t).Actor
	p.Exec(t, `UPDATE users SET status = 'suspended' WHERE id = $1`, suspended.UserID)
	for name, act := range acts {
		domaintest.Refused(t, act(own), access.ErrForbidden)
		domaintest.Refused(t, act(access.Visitor(domaintest.Origin)), access.ErrForbidden)
		if name != "review" { // which the guard of the request has read anew
			domaintest.Refused(t, act(demoted), access.ErrForbidden)
			domaintest.Refused(t, act(suspended), session.ErrSuspended)
		}
	}
	if got := p.get(t, target.ID); got.Revision() != target.Revision() {
		t.Errorf("it is %+v now", got)
	}
	if _, err := p.Roles.List(t.Context(), p.with(t, target.ID).Must(t).Actor); err != nil {
		t.Errorf("who sees users does not see roles: %v", err)
	}
	_, err := p.Roles.List(t.Context(), p.with(t, p.Role(t, p.Northwind, access.RoleMember)).Must(t).Actor)
	domaintest.Refused(t, err, access.ErrForbidden)
}

func TestWhatIsNotTaken(t *testing.T) {
	p := newPlace(t)
	p.make(t, "Customer Service")
	other := p.make(t, "Other")
	for _, c := range []struct {
		what  string
		draft role.Draft
		want  *fault.Fault
	}{
		{"no name", role.Draft{Name: " \u00a0 "}, role.ErrNameMissing},
		{"a long name", role.Draft{Name: strings.Repeat("ñ", role.NameLimit+1)}, role.ErrNameTooLong},
		{"a name nobody sees", role.Draft{Name: "\u200b"}, role.ErrNameUnreadable},
		{"a name that is there", role.Draft{Name: "CUSTOMER  service"}, role.ErrNameTaken},
		{"the name of a built-in one", role.Draft{Name: "administrator"}, role.ErrNameTaken},
		{"a long description", role.Draft{Name: "x", Description: strings.Repeat("x", role.DescriptionLimit+1)}, role.ErrDescriptionTooLong},
		{"a description with a trick", role.Draft{Name: "x", Description: "a\u202eb"}, role.ErrDescriptionUnreadable},
		{"the right to edit roles", role.Draft{Name: "x", Ticked: []access.Permission{"roles.access", access.RolesEdit}}, role.ErrUnknownPermission},
		{"what there is not", role.Draft{Name: "x", Ticked: []access.Permission{"users.access users.view"}}, role.ErrUnknownPermission},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := p.Roles.Create(t.Context(), p.sam, c.draft)
			domaintest.Refused(t, err, c.want)
			_, err = p.Roles.Review(t.Context(), p.sam, other.ID, c.draft)
			domaintest.Refused(t, err, c.want)
			_, err = p.Roles.Edit(t.Context(), p.sam, other.ID, other.Revision(), c.draft)
			domaintest.Refused(t, err, c.want)
		})
	}
	if c, err := p.Roles.Review(t.Context(), p.sam, other.ID, role.Draft{Name: "Other"}); err != nil || !c.Nothing() {
		t.Errorf("its own name is taken: %+v, %v", c, err)
	}
	if n := p.Count(t, `SELECT count(*) FROM audit_events WHERE action LIKE 'role.%'`); n != 2 {
		t.Errorf("the trail tells of %d acts", n)
	}
}

// TestForeignAndBuiltInRoles: another organization's role is answered like one that
// does not exist, and the built-in ones stay as they are.
func TestForeignAndBuiltInRoles(t *testing.T) {
	p := newPlace(t)
	fabrikam := p.Organization(t, "Fabrikam")
	foreign := p.Role(t, fabrikam, access.RoleMember)
	p.Exec(t, `UPDATE roles SET kind = 'own' WHERE id = $1`, foreign)
	here := p.make(t, "Here", viewer...)
	p.with(t, here.ID)
	for id, want := range map[string]*fault.Fault{
		foreign: role.ErrNotFound, "rol_00000000000000000000000000": role.ErrNotFound, "": role.ErrNotFound,
		p.Role(t, p.Northwind, access.RoleAdministrator): role.ErrBuiltIn, p.Role(t, p.Northwind, access.RoleMember): role.ErrBuiltIn,
	} {
		_, err := p.Roles.Review(t.Context(), p.sam, id, role.Draft{Name: "New"})
		domaintest.Refused(t, err, want)
		_, err = p.Roles.Edit(t.Context(), p.sam, id, "", role.Draft{Name: "New"})
		domaintest.Refused(t, err, want)
		_, err = p.Roles.Delete(t.Context(), p.sam, id, here.ID)
		domaintest.Refused(t, err, want)
	}
	for _, to := range []string{foreign, "rol_0", here.ID} {
		_, err := p.Roles.Delete(t.Context(), p.sam, here.ID, to)
		domaintest.Refused(t, err, user.ErrRoleGone)
	}
	_, err := p.Roles.Delete(t.Context(), p.sam, here.ID, "")
	domaintest.Refused(t, err, role.ErrUsersLeft)
	if p.get(t, here.ID).Users != 1 {
		t.Error("a refused deletion moved somebody")
	}
}

func TestAStaleReviewIsNotSaved(t *testing.T) {
	p := newPlace(t)
	r := p.make(t, "Desk", viewer...)
	_, err := p.Roles.Edit(t.Context(), p.sam, r.ID, r.Revision(), role.Draft{Name: "Desk", Description: "first"})
	domaintest.MustNot(t, err)
	_, err = p.Roles.Edit(t.Context(), p.sam, r.ID, r.Revision(), role.Draft{Name: "Desk", Ticked: viewer})
	domaintest.Refused(t, err, role.ErrChanged)
	if got := p.get(t, r.ID); got.Description != "first" || got.Permissions.Has(access.UsersView) {
		t.Errorf("it is %+v", got)
	}
}

// TestTwoEditorsAtOnce: of two who save what they reviewed, one is told that the
// role was changed.
func TestTwoEditorsAtOnce(t *testing.T) {
	p := newPlace(t)
	other := p.otherNode(t)
	r := p.make(t, "Desk")
	for round := range dbtest.RaceRounds() {
		before := p.get(t, r.ID)
		edit := func(s *role.Service, name string) func() error {
			return func() error {
				_, err := s.Edit(context.Background(), p.sam, r.ID, before.Revision(), role.Draft{Name: fmt.Sprint(name, round)})
				return err
			}
		}
		answers := domaintest.Together(edit(p.Roles, "A"), edit(other.Roles, "B"))
		lost := slices.IndexFunc(answers, func(err error) bool { return domaintest.RefusedAs(err, role.ErrChanged) })
		if lost < 0 || answers[1-lost] != nil {
			t.Fatalf("round %d: the answers are %v", round, answers)
		}
	}
	p.Verify(t)
}

// TestARoleIsDeletedWhileItIsGiven: whoever gives it at that moment is told that it
// is gone, or their user is moved with the others. Nobody is left with a role that
// is not there.
func TestARoleIsDeletedWhileItIsGiven(t *testing.T) {
	p := newPlace(t)
	other := p.otherNode(t)
	member := p.Role(t, p.Northwind, access.RoleMember)
	priya := p.with(t, member).Must(t).Actor.UserID
	for round := range dbtest.RaceRounds() {
		p.Exec(t, `DELETE FROM throttles`) // fifty invitations an hour are fewer than the rounds
		r := p.make(t, fmt.Sprint("Desk ", round), viewer...)
		answers := domaintest.Together(
			func() error { _, err := p.Roles.Delete(context.Background(), p.sam, r.ID, member); return err },
			func() error {
				_, err := other.Administration.ChangeRole(context.Background(), p.sam, priya, r.ID)
				return err
			},
			func() error {
				_, err := other.Invitations.Invite(context.Background(), p.sam, invitation.Draft{FirstName: "Li", Email: fmt.Sprint("li", round, "@northwind.example"), RoleID: r.ID})
				return err
			},
		)
		domaintest.MustNot(t, answers[0])
		for _, err := range answers[1:] {
			if err != nil && !domaintest.RefusedAs(err, user.ErrRoleGone) {
				t.Fatalf("round %d: %v", round, answers)
			}
		}
		if n := p.Count(t, `SELECT count(*) FROM users WHERE organization_id = $1 AND role_id NOT IN ($2, $3)`,
			p.Northwind, member, p.Role(t, p.Northwind, access.RoleAdministrator)); n > 0 {
			t.Fatalf("round %d: %d users have a role that is gone; %v", round, n, answers)
		}
	}
	if got, users := p.get(t, member).Users, p.Count(t, `SELECT count(*) FROM users WHERE role_id = $1`, member); got != users {
		t.Errorf("the counts say %d of %d", got, users)
	}
	p.Verify(t)
}

// TestAnActUnderWayMeetsTheEdit: an act that begins after the answer to an edit
// which takes the right away is refused; one that was first is in the trail before it.
func TestAnActUnderWayMeetsTheEdit(t *testing.T) {
	p := newPlace(t)
	other := p.otherNode(t)
	for round := range dbtest.RaceRounds() {
		r := p.make(t, fmt.Sprint("Desk ", round), "users.access", access.UsersEdit)
		wei := p.with(t, r.ID).Must(t).Actor
		priya := p.with(t, p.Role(t, p.Northwind, access.RoleMember)).Must(t).Actor.UserID
		answers := domaintest.Together(
			func() error {
				_, err := p.Roles.Edit(context.Background(), p.sam, r.ID, r.Revision(), role.Draft{Name: r.Name})
				return err
			},
			func() error {
				_, err := other.Administration.ChangeName(context.Background(), wei, priya, "Anew", "")
				return err
			},
		)
		domaintest.MustNot(t, answers[0])
		if answers[1] != nil {
			domaintest.Refused(t, answers[1], access.ErrForbidden)
		}
		after := p.Count(t, `SELECT count(*) FROM audit_events WHERE actor_id = $1 AND sequence >
			(SELECT max(sequence) FROM audit_events WHERE target_id = $2 AND action = 'role.edited')`, wei.UserID, r.ID)
		if after > 0 {
			t.Fatalf("round %d: an act stands behind the edit that took the right to it", round)
		}
		_, err := other.Administration.ChangeName(t.Context(), wei, priya, "Later", "")
		domaintest.Refused(t, err, access.ErrForbidden)
	}
}

// TestAnEditEndsPendingResetsOfFactors: what was begun with other rights does not go on.
func TestAnEditEndsPendingResetsOfFactors(t *testing.T) {
	p := newPlace(t)
	desk := p.make(t, "Desk", "users.access", access.UsersResetPassword)
	wei := p.with(t, desk.ID).Must(t).Actor
	priya := p.Person(t)
	p.Protect(t, priya)
	p.Exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, priya.User, p.Role(t, p.Northwind, access.RoleMember))
	_, err := p.Administration.SendFactorCode(t.Context(), p.Back(t, wei), priya.User)
	domaintest.MustNot(t, err)
	_, err = p.Roles.Edit(t.Context(), p.Back(t, p.sam), desk.ID, desk.Revision(), role.Draft{Name: "Desk", Description: "x", Ticked: []access.Permission{"users.access"}})
	domaintest.MustNot(t, err)
	if n := p.Count(t, `SELECT count(*) FROM second_factor_resets`); n != 0 {
		t.Errorf("%d resets go on", n)
	}
}
