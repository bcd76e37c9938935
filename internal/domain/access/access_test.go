package access_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"idkit/internal/domain/access"
)

// all is what an Administrator holds.
var all = append(access.BuiltIn().All(), access.RolesEdit)

// specific are the permissions that count only beside the access to their module.
var specific = []access.Permission{
	access.UsersView, access.UsersInvite, access.UsersEdit, access.UsersResetPassword, access.UsersChangeStatus,
	access.SettingsView, access.SettingsEdit, access.AuditView, access.AuditExport,
}

func TestWhatRolesHold(t *testing.T) {
	for _, c := range []struct {
		kind   access.RoleKind
		stored string
		want   []access.Permission
	}{
		{access.RoleAdministrator, "", all},
		{access.RoleMember, "", nil},
		{access.RoleMember, "users.view users.invite", nil}, // by kind, whatever stands in its row
		{access.RoleOwn, "", nil},
		{access.RoleOwn, "users.access users.view  settings.edit settings.access", []access.Permission{"users.access", access.UsersView, "settings.access", access.SettingsEdit}},
		{access.RoleOwn, "users.access settings.view", []access.Permission{"users.access"}}, // a module that is not open
		{access.RoleOwn, "users.view settings.edit", nil},
		{access.RoleOwn, "users.viewer USERS.VIEW * everything . access", nil},
		{access.RoleOwn, "roles.access roles.edit", nil}, // whatever somebody wrote into the row
		{"", "users.access users.view", []access.Permission{"users.access", access.UsersView}},
	} {
		held := access.OfRole(c.kind, c.stored)
		for _, p := range all {
			want := false
			for _, w := range c.want {
				want = want || w == p
			}
			if held.Has(p) != want {
				t.Errorf("%s %q holds %s: %v", c.kind, c.stored, p, held.Has(p))
			}
			if err := (access.Actor{Permissions: held}).Require(p); (err == nil) != want || err != nil && !errors.Is(err, access.ErrForbidden) {
				t.Errorf("%s %q is answered with %v for %s", c.kind, c.stored, err, p)
			}
		}
		if c.kind != access.RoleAdministrator && (held.Has("") || held.Has("users.delete")) {
			t.Errorf("%s %q holds what there is not", c.kind, c.stored)
		}
	}
}

// TestCoversIsSetInclusion tries every pair of roles that there can be.
func TestCoversIsSetInclusion(t *testing.T) {
	holding := func(set int) access.Permissions {
		var ticked []access.Permission
		for i, p := range specific {
			if set&(1<<i) != 0 {
				ticked = append(ticked, p.Access(), p)
			}
		}
		return access.Holding(ticked...)
	}
	for a := range 1 << len(specific) {
		for b := range 1 << len(specific) {
			if got := holding(a).Covers(holding(b)); got != (b&^a == 0) {
				t.Errorf("%07b covers %07b: %v", a, b, got)
			}
		}
		if !access.OfRole(access.RoleAdministrator, "").Covers(holding(a)) || !holding(a).Covers(access.OfRole(access.RoleMember, "")) {
			t.Errorf("%07b is not between member and administrator", a)
		}
		if holding(a).Covers(access.OfRole(access.RoleAdministrator, "")) {
			t.Errorf("%07b covers an Administrator", a)
		}
	}
}

func TestNobodyKnownHoldsNothing(t *testing.T) {
	for _, actor := range []access.Actor{access.Visitor(access.Origin{}), access.Installation(access.Origin{}), {}} {
		for _, p := range all {
			if !errors.Is(actor.Require(p), access.ErrForbidden) {
				t.Errorf("a %q may %s", actor.Kind, p)
			}
		}
	}
}

// hostileAgents is what a client may send as its name.
var hostileAgents = []string{
	"", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Müller/1.0 李",
	"a\x00b", "line\r\nforged 2026-11-23 user.deleted", "\x1b[2J\x1b]0;owned\a", "csi\u009b2J", "del\x7f", "\xff\xfe\x80",
	"\u202egnp.exe", "zero\u200bwidth", "sep\u2028arator", "\ufeffbom", "\ufffd", strings.Repeat("x", 1<<20), strings.Repeat("é", 1<<19),
	strings.Repeat("\x00", 1<<20), "x" + strings.Repeat("\U0001F600", 200),
}

func FuzzBounded(f *testing.F) {
	for _, agent := range hostileAgents {
		if len(agent) < 1000 {
			f.Add(agent)
		}
	}
	f.Fuzz(checkBounded)
}

func TestHostileUserAgentsAreKeptHarmless(t *testing.T) {
	for _, agent := range hostileAgents {
		checkBounded(t, agent)
	}
	plain := access.Origin{Address: "192.0.2.1", UserAgent: hostileAgents[1], RequestID: "r1"}
	if plain.Bounded() != plain {
		t.Errorf("a plain origin became %+v", plain.Bounded())
	}
	if got := (access.Origin{UserAgent: hostileAgents[2]}).Bounded().UserAgent; got != hostileAgents[2] {
		t.Errorf("letters of other scripts became %q", got)
	}
}

func checkBounded(t *testing.T, agent string) {
	kept := access.Origin{UserAgent: agent}.Bounded()
	if len(kept.UserAgent) > 256 || !utf8.ValidString(kept.UserAgent) {
		t.Errorf("%.40q is kept as %q", agent, kept.UserAgent)
	}
	if strings.ContainsFunc(kept.UserAgent, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		t.Errorf("%.40q is kept with what nobody sees: %q", agent, kept.UserAgent)
	}
	if kept.Bounded() != kept {
		t.Errorf("%.40q is not kept the same twice", agent)
	}
}

// TestOnlyOperatorsPassTheOperatorsDoor: an Administrator of a client holds every
// permission by kind, also those of modules that only the console has.
func TestOnlyOperatorsPassTheOperatorsDoor(t *testing.T) {
	complete := access.OfRole(access.RoleAdministrator, "")
	for _, c := range []struct {
		actor access.Actor
		opens bool
	}{
		{access.Actor{Kind: access.KindOperator, Permissions: complete}, true},
		{access.Actor{Kind: access.KindOperator, Permissions: access.Holding("clients.access", access.ClientsEdit)}, true},
		{access.Actor{Kind: access.KindOperator, Permissions: access.Holding("clients.access", access.ClientsView)}, false},
		{access.Actor{Kind: access.KindOperator}, false},
		{access.Actor{Kind: access.KindUser, Permissions: complete}, false},
		{access.Actor{Permissions: complete}, false},
		{access.Installation(access.Origin{}), false},
	} {
		err := c.actor.RequireOperator(access.ClientsEdit)
		if (err == nil) != c.opens || err != nil && !errors.Is(err, access.ErrForbidden) {
			t.Errorf("%+v is answered with %v", c.actor, err)
		}
	}
	if _, there := access.BuiltIn().Find("clients"); there {
		t.Error("a client's roles can open the module of clients")
	}
	clients, there := access.OfConsole().Find("clients")
	if !there || !slices.Equal(clients.All(), []access.Permission{"clients.access", access.ClientsView, access.ClientsEdit}) {
		t.Errorf("the console's module is %+v", clients)
	}
}
