package role_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/role"
	"idkit/internal/domain/roster"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

// rank is a role of the model, and what it holds in the plainest form.
type rank struct {
	role.Role
	holds map[access.Permission]bool
}

func (r rank) covers(holds map[access.Permission]bool) bool {
	for p := range holds {
		if !r.holds[p] {
			return false
		}
	}
	return true
}

// ranks are the two built-in roles and every own one over the two permissions by
// which people give roles, and one that only raises who holds it.
func (p *place) ranks(t testing.TB) (all []rank) {
	t.Helper()
	complete := map[access.Permission]bool{access.RolesEdit: true}
	for _, permission := range access.BuiltIn().All() {
		complete[permission] = true
	}
	for kind, holds := range map[access.RoleKind]map[access.Permission]bool{access.RoleAdministrator: complete, access.RoleMember: {}} {
		all = append(all, rank{p.get(t, p.Role(t, p.Northwind, kind)), holds})
	}
	of := []access.Permission{access.UsersEdit, access.UsersInvite, access.SettingsView}
	for set := range 1 << len(of) {
		holds := map[access.Permission]bool{}
		var ticked []access.Permission
		for i, permission := range of {
			if set&(1<<i) != 0 {
				ticked = append(ticked, permission.Access(), permission)
				holds[permission], holds[permission.Access()] = true, true
			}
		}
		all = append(all, rank{p.make(t, fmt.Sprintf("Rank %03b", set), ticked...), holds})
	}
	return all
}

// TestNobodyGivesMoreThanTheyHold (P26) tries every way by which a role, or what is
// in one, reaches somebody: by each rank as the actor, on each rank as whom or what
// it is about, and with each rank as what is given. The rule is told anew here.
func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	p := newPlace(t)
	imports := roster.New(roster.Options{DB: p.DB, Invitations: p.Invitations, Throttle: throttle.New(p.DB), Log: slog.New(slog.DiscardHandler)})
	ranks := p.ranks(t)
	var tried, allowed int
	judge := func(what string, err error, want *fault.Fault) {
		t.Helper()
		tried++
		if want == nil {
			domaintest.MustNot(t, err)
			allowed++
		} else if !domaintest.RefusedAs(err, want) {
			t.Errorf("%s: answered with %v, want %s", what, err, want.Code)
		}
	}
	number := 0
	for _, by := range ranks {
		browser := p.with(t, by.ID)
		for _, given := range ranks {
			p.Exec(t, `DELETE FROM throttles`)
			actor := browser.Must(t).Actor
			number++
			address := fmt.Sprintf("li%d@northwind.example", number)
			_, err := p.Invitations.Invite(t.Context(), actor, invitation.Draft{FirstName: "Li", Email: address, RoleID: given.ID})
			judge(by.Name+" invites as "+given.Name, err, first(
				refusal{!by.holds[access.UsersInvite], access.ErrForbidden}, refusal{!by.covers(given.holds), user.ErrRoleGone}))

			file := "first name,last name,email,role\nLi,,row" + address + "," + given.Name + "\n"
			i, err := imports.Check(t.Context(), actor, "people.csv", strings.NewReader(file))
			judge(by.Name+" imports "+given.Name, err, first(refusal{!by.holds[access.UsersInvite], access.ErrForbidden}))
			if err == nil {
				rows, err := imports.Rows(t.Context(), actor, i.ID, "", 1)
				domaintest.MustNot(t, err)
				if invites := len(rows) == 1 && rows[0].Verdict == roster.Invite; invites != by.covers(given.holds) {
					t.Errorf("%s may import %s: %+v", by.Name, given.Name, rows)
				}
				domaintest.MustNot(t, imports.Discard(t.Context(), actor, i.ID))
			}

			draft := role.Draft{Name: fmt.Sprint("Made ", number), Ticked: access.BuiltIn().Of(given.Permissions)}
			_, err = p.Roles.Create(t.Context(), actor, draft) // from nothing, or as a copy
			judge(by.Name+" makes what "+given.Name+" is", err, first(refusal{!by.holds[access.RolesEdit], access.ErrForbidden}))

			for _, about := range ranks {
				target := p.with(t, about.ID).Must(t).Actor.UserID
				_, err := p.Administration.ChangeRole(t.Context(), actor, target, given.ID)
				what := fmt.Sprintf("%s makes %s of %s", by.Name, given.Name, about.Name)
				judge(what, err, first(refusal{!by.holds[access.UsersEdit], access.ErrForbidden},
					refusal{!by.covers(about.holds), administration.ErrHoldsMore}, refusal{!by.covers(given.holds), user.ErrRoleGone}))

				passing := p.make(t, fmt.Sprint("Passing ", number, " ", about.Name), access.BuiltIn().Of(about.Permissions)...)
				draft.Name = passing.Name
				_, err = p.Roles.Edit(t.Context(), actor, passing.ID, passing.Revision(), draft)
				judge(by.Name+" edits "+about.Name+" to "+given.Name, err, first(refusal{!by.holds[access.RolesEdit], access.ErrForbidden}))
				p.Exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, target, passing.ID)
				_, err = p.Roles.Delete(t.Context(), actor, passing.ID, given.ID)
				judge(by.Name+" deletes "+about.Name+" towards "+given.Name, err, first(refusal{!by.holds[access.RolesEdit], access.ErrForbidden}))
				if now := p.Text(t, `SELECT role_id FROM users WHERE id = $1`, target); err == nil && now != given.ID || err != nil && now != passing.ID {
					t.Fatalf("%s deletes towards %s: %v, and the user has %s", by.Name, given.Name, err, now)
				}
				p.Exec(t, `UPDATE users SET role_id = $2 WHERE role_id = $1`, passing.ID, p.Role(t, p.Northwind, access.RoleMember))
				p.Exec(t, `DELETE FROM roles WHERE id = $1`, passing.ID)
			}
			p.Clock.Advance(time.Second)
		}
	}
	if t.Logf("%d of %d were allowed", allowed, tried); allowed == 0 {
		t.Error("nobody may do anything")
	}
}

// refusal is an answer of the model, where its condition holds.
type refusal struct {
	holds bool
	fault *fault.Fault
}

func first(refusals ...refusal) *fault.Fault {
	for _, r := range refusals {
		if r.holds {
			return r.fault
		}
	}
	return nil
}
