package administration_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
)

// rank is a role of the model, with what it holds.
type rank struct {
	id    string
	kind  access.RoleKind
	holds map[access.Permission]bool
}

func (r rank) covers(other rank) bool {
	for p := range other.holds {
		if !r.holds[p] {
			return false
		}
	}
	return true
}

// ranks are the Administrator and every role over three permissions: the two
// that the acts ask for, and one that only raises who holds it.
func (p *place) ranks(t testing.TB) []rank {
	t.Helper()
	administrator := rank{id: p.role(t, access.RoleAdministrator), kind: access.RoleAdministrator, holds: map[access.Permission]bool{}}
	for _, permission := range append(access.BuiltIn().All(), access.RolesEdit) {
		administrator.holds[permission] = true
	}
	all := []rank{administrator}
	of := []access.Permission{access.UsersEdit, access.UsersResetPassword, access.SettingsView}
	for set := range 1 << len(of) {
		r := rank{id: id.New("rol"), kind: access.RoleOwn, holds: map[access.Permission]bool{}}
		var held []access.Permission
		for i, permission := range of {
			if set&(1<<i) != 0 {
				r.holds[permission], held = true, append(held, permission)
			}
		}
		p.Exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', $3, $4)`,
			p.Northwind, r.id, ticked(held...), p.Clock.Now())
		all = append(all, r)
	}
	return all
}

// TestNobodyActsBeyondTheirRights tries every act, by everybody, on everybody,
// and every role that could be given, against the rule in its plainest form: the
// actor holds the permission, and everything that the target holds; and who gives
// a role holds everything that it does.
func TestNobodyActsBeyondTheirRights(t *testing.T) {
	p := newPlace(t)
	p.administrator(t) // one more who could approve, and who stays whatever is tried
	ranks := p.ranks(t)
	acts := map[string]struct {
		needs access.Permission
		try   func(ctx context.Context, actor access.Actor, target string) error
	}{
		"reset the password": {access.UsersResetPassword, func(ctx context.Context, actor access.Actor, target string) error {
			_, _, err := p.ResetPassword(ctx, actor, target, false)
			return err
		}},
		"log out and block the password": {access.UsersResetPassword, func(ctx context.Context, actor access.Actor, target string) error {
			_, _, err := p.ResetPassword(ctx, actor, target, true)
			return err
		}},
		"send a code": {access.UsersResetPassword, func(ctx context.Context, actor access.Actor, target string) error {
			_, err := p.SendFactorCode(ctx, actor, target)
			return err
		}},
		"ask for an approval": {access.UsersResetPassword, func(ctx context.Context, actor access.Actor, target string) error {
			_, err := p.AskToResetFactor(ctx, actor, target)
			return err
		}},
		"change the name": {access.UsersEdit, func(ctx context.Context, actor access.Actor, target string) error {
			_, err := p.ChangeName(ctx, actor, target, id.New("x"), "")
			return err
		}},
	}
	allowed := 0
	for i, of := range ranks {
		who := p.person(t, "Actor", access.RoleMember)
		p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, of.id, who.user)
		actor := p.enter(t, who).actor(t)
		for j, to := range ranks {
			target := p.person(t, "Target", access.RoleMember)
			p.Exec(t, `INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at) VALUES ($1, $2, 0, $3)`, target.account, []byte("x"), p.Clock.Now())
			hold := func(role string) { p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, role, target.user) }
			hold(to.id)
			for name, act := range acts {
				p.Exec(t, `DELETE FROM throttles`)
				err := act.try(t.Context(), actor, target.user)
				allowed += judge(t, fmt.Sprintf("%d may %s of %d", i, name, j), err, of.holds[act.needs], of.covers(to), true)
			}
			for k, given := range ranks {
				hold(to.id)
				_, err := p.ChangeRole(t.Context(), actor, target.user, given.id)
				allowed += judge(t, fmt.Sprintf("%d may change the role of %d to %d", i, j, k), err, of.holds[access.UsersEdit], of.covers(to), of.covers(given))
				if now := p.Text(t, `SELECT role_id FROM users WHERE id = $1`, target.user); err != nil && now != to.id || err == nil && now != given.id {
					t.Fatalf("%d changed the role of %d to %d: %v, but it is %s", i, j, k, err, now)
				}
			}
		}
	}
	if allowed == 0 {
		t.Error("nobody may do anything")
	}
	domaintest.MustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error { // nobody became more than the model lets them
		var administrators int
		err := tx.QueryRow(t.Context(), `SELECT count(*) FROM users u JOIN roles r ON r.id = u.role_id WHERE r.kind = 'administrator'`).Scan(&administrators)
		if want := 2 + len(ranks); administrators > want {
			t.Errorf("%d Administrators, at most %d", administrators, want)
		}
		return err
	}))
}

// judge compares an answer with the rule, and counts what was allowed.
func judge(t testing.TB, what string, err error, holds, covers, gives bool) int {
	t.Helper()
	var want *fault.Fault
	switch {
	case !holds:
		want = access.ErrForbidden
	case !covers:
		want = administration.ErrHoldsMore
	case !gives:
		want = user.ErrRoleGone
	}
	if want == nil {
		if err != nil {
			t.Errorf("%s: refused with %v", what, err)
		}
		return 1
	}
	f, ok := fault.Of(err)
	if !ok || !errors.Is(err, want) && (len(f.Fields) != 1 || f.Fields[0].Code != want.Code) {
		t.Errorf("%s: answered with %v, want %s", what, err, want.Code)
	}
	return 0
}
