package administration_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

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

// ranks are the Administrator, every role over the permissions, and one that holds
// everything but the first of them.
func (p *place) ranks(t testing.TB, of ...access.Permission) []rank {
	t.Helper()
	administrator := rank{id: p.role(t, access.RoleAdministrator), kind: access.RoleAdministrator, holds: map[access.Permission]bool{}}
	for _, permission := range append(access.BuiltIn().All(), access.RolesEdit) {
		administrator.holds[permission] = true
	}
	all := []rank{administrator}
	sets := [][]access.Permission{slices.DeleteFunc(access.BuiltIn().All(), func(p access.Permission) bool { return p == of[0] })}
	for set := range 1 << len(of) {
		var held []access.Permission
		for i, permission := range of {
			if set&(1<<i) != 0 {
				held = append(held, permission)
			}
		}
		sets = append(sets, held)
	}
	for _, held := range sets {
		r := rank{id: id.New("rol"), kind: access.RoleOwn, holds: map[access.Permission]bool{}}
		for _, permission := range held {
			r.holds[permission], r.holds[permission.Access()] = true, true
		}
		p.Exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', $3, $4)`,
			p.Northwind, r.id, ticked(held...), p.Clock.Now())
		all = append(all, r)
	}
	return all
}

// act is one of the acts of administrators on a user.
type act struct {
	name      string
	needs     access.Permission
	ready     string       // how the user stands before it: "" for active
	otherwise *fault.Fault // what whoever may do it is told, where there is nothing to do
	beyond    *fault.Fault // what whoever holds less than the user is told; ErrHoldsMore if nil
	second    bool         // for Administrators alone
	try       func(ctx context.Context, actor access.Actor, target *holder) error
}

func (p *place) acts() []act {
	return []act{
		{name: "reset the password of", needs: access.UsersResetPassword, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, _, err := p.ResetPassword(ctx, actor, target.user, false)
			return err
		}},
		{name: "log out and block the password of", needs: access.UsersResetPassword, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, _, err := p.ResetPassword(ctx, actor, target.user, true)
			return err
		}},
		{name: "log out everywhere", needs: access.UsersResetPassword, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, _, err := p.LogOutEverywhere(ctx, actor, target.user)
			return err
		}},
		{name: "unlock", needs: access.UsersResetPassword, otherwise: administration.ErrNotLocked, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, _, err := p.Unlock(ctx, actor, target.user)
			return err
		}},
		{name: "send a code to", needs: access.UsersResetPassword, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.SendFactorCode(ctx, actor, target.user)
			return err
		}},
		{name: "take the code of", needs: access.UsersResetPassword, otherwise: administration.ErrFactorResetGone, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.ConfirmFactorCode(ctx, actor, target.user, "AAAA-AAAA")
			return err
		}},
		{name: "ask for an approval about", needs: access.UsersResetPassword, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.AskToResetFactor(ctx, actor, target.user)
			return err
		}},
		{name: "approve a reset of", needs: access.UsersResetPassword, second: true, otherwise: administration.ErrFactorResetGone, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.ApproveFactorReset(ctx, actor, target.user)
			return err
		}},
		{name: "refuse a reset of", needs: access.UsersResetPassword, second: true, otherwise: administration.ErrFactorResetGone, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.RefuseFactorReset(ctx, actor, target.user, "")
			return err
		}},
		{name: "withdraw a reset of", needs: access.UsersResetPassword, otherwise: administration.ErrFactorResetGone, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			return p.WithdrawFactorReset(ctx, actor, target.user)
		}},
		{name: "suspend", needs: access.UsersChangeStatus, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, _, err := p.Suspend(ctx, actor, target.user, "")
			return err
		}},
		{name: "reactivate", needs: access.UsersChangeStatus, ready: "suspended", try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.Reactivate(ctx, actor, target.user, time.Time{})
			return err
		}},
		{name: "lock", needs: access.UsersChangeStatus, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.Lock(ctx, actor, target.user, "stolen")
			return err
		}},
		{name: "change the name of", needs: access.UsersEdit, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.ChangeName(ctx, actor, target.user, id.New("x"), "")
			return err
		}},
		{name: "delete", needs: access.UsersEdit, ready: "suspended", try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.Delete(ctx, actor, target.user, target.email)
			return err
		}},
		{name: "invite again", needs: access.UsersInvite, ready: "invited", beyond: access.ErrForbidden, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.Invitations.Resend(ctx, actor, target.user)
			return err
		}},
		{name: "take the link of", needs: access.UsersInvite, ready: "invited", beyond: access.ErrForbidden, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, _, err := p.Invitations.CopyLink(ctx, actor, target.user)
			return err
		}},
		{name: "withdraw the invitation of", needs: access.UsersInvite, ready: "invited", beyond: access.ErrForbidden, try: func(ctx context.Context, actor access.Actor, target *holder) error {
			_, err := p.Invitations.Withdraw(ctx, actor, target.user)
			return err
		}},
	}
}

// target is somebody of that rank, as the act wants them.
func (p *place) target(t testing.TB, of rank, ready string, inviter *holder) *holder {
	t.Helper()
	if ready == "invited" {
		who := &holder{email: id.New("li") + "@northwind.example"}
		who.user = p.invite(t, p.enter(t, inviter).actor(t), who.email)
		p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, of.id, who.user)
		return who
	}
	who := p.person(t, "Target", access.RoleMember)
	p.protect(t, who)
	p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, of.id, who.user)
	if ready == "suspended" {
		p.Exec(t, `UPDATE users SET status = 'suspended', suspended_at = $2 WHERE id = $1`, who.user, p.Clock.Now())
	}
	return who
}

// TestNobodyActsBeyondTheirRights (P26) tries every act, by everybody, on everybody,
// against the rule in its plainest form: the actor holds the permission, and
// everything that the target holds.
func TestNobodyActsBeyondTheirRights(t *testing.T) {
	p := newPlace(t)
	root := p.person(t, "Root", access.RoleAdministrator) // one more who could approve, and who stays whatever is tried
	of := map[access.Permission][]rank{}
	allowed := 0
	for _, act := range p.acts() {
		if of[act.needs] == nil {
			of[act.needs] = p.ranks(t, act.needs, access.SettingsView)
		}
		for i, by := range of[act.needs] {
			who := p.person(t, "Actor", access.RoleMember)
			p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, by.id, who.user)
			actor := p.enter(t, who).actor(t)
			for j, to := range of[act.needs] {
				target := p.target(t, to, act.ready, root)
				p.Exec(t, `DELETE FROM throttles`)
				want := act.otherwise
				switch {
				case !by.holds[act.needs]:
					want = access.ErrForbidden
				case !by.covers(to) && act.beyond != nil:
					want = act.beyond
				case !by.covers(to):
					want = administration.ErrHoldsMore
				case act.second && by.kind != access.RoleAdministrator:
					want = access.ErrForbidden
				}
				allowed += judge(t, fmt.Sprintf("%d may %s %d", i, act.name, j), act.try(t.Context(), actor, target), want)
			}
		}
	}
	if allowed == 0 {
		t.Error("nobody may do anything")
	}
}

// TestNobodyChangesARoleBeyondTheirRights (P26): who gives a role holds everything that
// it does, and everything that the user holds.
func TestNobodyChangesARoleBeyondTheirRights(t *testing.T) {
	p := newPlace(t)
	p.administrator(t)
	ranks := p.ranks(t, access.UsersEdit, access.UsersResetPassword, access.SettingsView)
	allowed := 0
	for i, by := range ranks {
		who := p.person(t, "Actor", access.RoleMember)
		p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, by.id, who.user)
		actor := p.enter(t, who).actor(t)
		for j, to := range ranks {
			target := p.person(t, "Target", access.RoleMember)
			for k, given := range ranks {
				p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, to.id, target.user)
				_, err := p.ChangeRole(t.Context(), actor, target.user, given.id)
				var want *fault.Fault
				switch {
				case !by.holds[access.UsersEdit]:
					want = access.ErrForbidden
				case !by.covers(to):
					want = administration.ErrHoldsMore
				case !by.covers(given):
					want = user.ErrRoleGone
				}
				allowed += judge(t, fmt.Sprintf("%d may change the role of %d to %d", i, j, k), err, want)
				if now := p.Text(t, `SELECT role_id FROM users WHERE id = $1`, target.user); err != nil && now != to.id || err == nil && now != given.id {
					t.Fatalf("%d changed the role of %d to %d: %v, but it is %s", i, j, k, err, now)
				}
			}
		}
	}
	if allowed == 0 {
		t.Error("nobody may do anything")
	}
	var administrators int
	domaintest.MustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error { // nobody became more than the model lets them
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM users u JOIN roles r ON r.id = u.role_id WHERE r.kind = 'administrator'`).Scan(&administrators)
	}))
	if want := 2 + len(ranks); administrators > want {
		t.Errorf("%d Administrators, at most %d", administrators, want)
	}
}

// judge compares an answer with the rule, and counts what was allowed.
func judge(t testing.TB, what string, err error, want *fault.Fault) int {
	t.Helper()
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
