package access

import (
	"slices"
	"strings"
)

// Permission is one thing that a role may allow: "module.what". What "access" of
// each module means is told at Module.
type Permission string

// The permissions that this program asks for itself. A name is stable: roles store it.
const (
	UsersView          Permission = "users.view"
	UsersInvite        Permission = "users.invite"
	UsersEdit          Permission = "users.edit"           // names and roles, and to delete
	UsersResetPassword Permission = "users.reset_password" // and all else that lets people in again
	UsersChangeStatus  Permission = "users.change_status"
	DeveloperAccess    Permission = "developer.access"
	SettingsView       Permission = "settings.view"
	SettingsEdit       Permission = "settings.edit"
	AuditView          Permission = "audit.view"
	AuditExport        Permission = "audit.export"

	// These two are the console's alone; see Actor.RequireOperator.
	ClientsView Permission = "clients.view"
	ClientsEdit Permission = "clients.edit"

	// RolesEdit makes, edits and deletes roles. Administrators alone hold it, and no
	// role of an organization's own can: whoever edits roles decides what everybody
	// may do, themselves included, so that to hold it is to hold everything. Nor does
	// such a role cover an Administrator then, however much of it is ticked.
	RolesEdit Permission = "roles.edit"
)

// accessKey is what the permission of a module is called that opens it.
const accessKey = "access"

// Access is the permission that opens the module to which a permission belongs.
func (p Permission) Access() Permission { return Module{Key: p.Module()}.Access() }

// Module is the key of the module to which the permission belongs.
func (p Permission) Module() string {
	module, _, _ := strings.Cut(string(p), ".")
	return module
}

// Permissions is what an actor or a role holds.
type Permissions struct {
	complete bool // everything that there is, and that modules added later bring
	held     []Permission
}

// Has reports whether the permission is held.
func (ps Permissions) Has(p Permission) bool { return ps.complete || slices.Contains(ps.held, p) }

// Covers reports whether everything in the others is held: nobody gives more
// than they have.
func (ps Permissions) Covers(others Permissions) bool {
	if ps.complete || others.complete {
		return ps.complete
	}
	return !slices.ContainsFunc(others.held, func(p Permission) bool { return !ps.Has(p) })
}

// Stored is how the row of a role keeps what it holds, in the order in which it was said.
func (ps Permissions) Stored() string {
	names := make([]string, len(ps.held))
	for i, p := range ps.held {
		names[i] = string(p)
	}
	return strings.Join(names, " ")
}

// RoleKind tells the built-in roles from an organization's own ones.
type RoleKind string

// The kinds of role.
const (
	RoleAdministrator RoleKind = "administrator" // holds everything, also what later versions and added modules bring
	RoleMember        RoleKind = "member"        // holds nothing beyond the own profile
	RoleOwn           RoleKind = "own"           // holds what the organization ticked
)

// OfRole returns what a role of that kind with this stored list holds. What
// stands there about a module counts only beside the access to it.
//
// A permission that nothing asks for stays: that of a module which is left out of
// the deployment for a while, say. Nobody gives it who does not hold it.
func OfRole(kind RoleKind, stored string) Permissions {
	switch kind {
	case RoleAdministrator:
		return Permissions{complete: true}
	case RoleMember:
		return Permissions{}
	}
	var named, held []Permission
	for name := range strings.FieldsSeq(stored) {
		named = append(named, Permission(name))
	}
	for _, p := range named {
		if p != RolesEdit && slices.Contains(named, p.Access()) && !slices.Contains(held, p) {
			held = append(held, p)
		}
	}
	return Permissions{held: held}
}

// Holding is what a role of an organization's own holds in which these are ticked.
func Holding(ticked ...Permission) Permissions {
	return OfRole(RoleOwn, Permissions{held: ticked}.Stored())
}
