package access

import "slices"

// Module is a part of the portal, or a program beside it, that roles open.
//
// Its own permission, "module.access", is what Manage Roles calls Module Access.
// The others are Module Specific Permissions, and count only while the module is
// open: OfRole is where that holds.
type Module struct {
	Key         string
	Title       string // of an added module; the words of the built-in ones stand in the catalogue
	Description string // likewise
	Icon        string // name in the icon sheet; the key where it is empty
	Address     string // a path of this site, or an https:// address
	Permissions []ModulePermission
}

// ModulePermission is one of a module's specific permissions.
type ModulePermission struct {
	Key   string
	Title string // of an added module
}

// Access is the permission that opens the module.
func (m Module) Access() Permission { return m.Permission(accessKey) }

// Permission is one of the module's permissions by its key.
func (m Module) Permission(key string) Permission { return Permission(m.Key + "." + key) }

// All lists the module's permissions, the access first.
func (m Module) All() []Permission {
	all := []Permission{m.Access()}
	for _, p := range m.Permissions {
		all = append(all, m.Permission(p.Key))
	}
	return all
}

// Modules are what an installation has, in the order in which people read them.
type Modules []Module

// BuiltIn are the modules of every installation. Each permission of theirs is one
// that something here asks for.
func BuiltIn() Modules {
	return Modules{
		{Key: "users", Address: "/users", Permissions: []ModulePermission{
			{Key: "view"}, {Key: "invite"}, {Key: "edit"}, {Key: "reset_password"}, {Key: "change_status"},
		}},
		{Key: "developer", Address: "/developer"},
		{Key: "support", Address: "/support"},
		{Key: "audit", Address: "/audit", Permissions: []ModulePermission{{Key: "view"}, {Key: "export"}}},
		{Key: "settings", Address: "/settings", Permissions: []ModulePermission{{Key: "view"}, {Key: "edit"}}},
	}
}

// OfConsole are the modules of the operator's console. None of them is added by a deployment.
func OfConsole() Modules {
	ofPortal := BuiltIn()
	return append(Modules{
		{Key: "clients", Address: "/clients", Permissions: []ModulePermission{{Key: "view"}, {Key: "edit"}}},
	}, slices.DeleteFunc(ofPortal, func(m Module) bool { return m.Key != UsersView.Module() && m.Key != AuditView.Module() })...)
}

// All lists every permission that a role of an organization's own can hold.
func (ms Modules) All() (all []Permission) {
	for _, m := range ms {
		all = append(all, m.All()...)
	}
	return all
}

// Find returns the module of that key, and whether there is one.
func (ms Modules) Find(key string) (Module, bool) {
	i := slices.IndexFunc(ms, func(m Module) bool { return m.Key == key })
	if i < 0 {
		return Module{}, false
	}
	return ms[i], true
}

// Of lists what is held of the modules' permissions, in their order.
func (ms Modules) Of(ps Permissions) (held []Permission) {
	for _, p := range ms.All() {
		if ps.Has(p) {
			held = append(held, p)
		}
	}
	return held
}

// Beyond lists what the one holds and the other does not.
func (ms Modules) Beyond(one, other Permissions) []Permission {
	return slices.DeleteFunc(ms.Of(one), other.Has)
}
