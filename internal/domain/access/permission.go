package access

import (
	"slices"
	"strings"
)

// Permission is one thing that a role may allow.
type Permission string

// The permissions of the built-in modules. A name is stable: roles store it.
const (
	UsersView          Permission = "users.view"
	UsersInvite        Permission = "users.invite"
	UsersEdit          Permission = "users.edit"           // names and roles, and to delete
	UsersResetPassword Permission = "users.reset_password" // and all else that lets people in again
	UsersChangeStatus  Permission = "users.change_status"
	SettingsView       Permission = "settings.view"
	SettingsEdit       Permission = "settings.edit"
)

var everything = []Permission{
	UsersView, UsersInvite, UsersEdit, UsersResetPassword, UsersChangeStatus, SettingsView, SettingsEdit,
}

// All lists every permission, in the order in which people read them.
func All() []Permission { return slices.Clone(everything) }

// Permissions is what an actor or a role holds.
type Permissions struct{ held []Permission }

// Has reports whether the permission is held.
func (ps Permissions) Has(p Permission) bool { return slices.Contains(ps.held, p) }

// Covers reports whether everything in the others is held: nobody gives more
// than they have.
func (ps Permissions) Covers(others Permissions) bool {
	return !slices.ContainsFunc(others.held, func(p Permission) bool { return !ps.Has(p) })
}

// Beyond returns what is held and not in the others, in a fixed order.
func (ps Permissions) Beyond(others Permissions) (beyond []Permission) {
	for _, p := range everything {
		if ps.Has(p) && !others.Has(p) {
			beyond = append(beyond, p)
		}
	}
	return beyond
}

// RoleKind tells the built-in roles from an organization's own ones.
type RoleKind string

// The kinds of role.
const (
	RoleAdministrator RoleKind = "administrator" // holds everything, also what later versions add
	RoleMember        RoleKind = "member"        // holds nothing beyond the own profile
	RoleOwn           RoleKind = "own"           // holds what the organization ticked
)

// OfRole returns what a role of that kind with this stored list holds. Names
// that this version does not know are ignored.
func OfRole(kind RoleKind, stored string) Permissions {
	switch kind {
	case RoleAdministrator:
		return Permissions{everything}
	case RoleMember:
		return Permissions{}
	}
	var held []Permission
	for name := range strings.FieldsSeq(stored) {
		if p := Permission(name); slices.Contains(everything, p) {
			held = append(held, p)
		}
	}
	return Permissions{held}
}
