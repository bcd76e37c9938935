package page

import "slices"

// Roles is Manage Roles: the list of roles, and one of them. It is /users/roles, /users/roles/{id}/permissions and
// /users/roles/new; a role that may be edited is a form that is posted to /users/roles/{id}/review, a new one to
// /users/roles/new: fields name, description, and one "may." + permission for each box that is ticked.
type Roles struct {
	List []RoleLink
	Role RoleSheet

	Choosing bool // no role was chosen yet: a narrow page shows the list opened
	MayEdit  bool // the viewer makes, edits and deletes roles
	Problem  string
}

// RoleLink is one role in the list.
type RoleLink struct {
	Href    string // RolePermissions, or RoleExplained on the page that explains roles
	Name    string
	Users   int
	Current bool
}

// RoleSheet is what a role holds, module by module.
type RoleSheet struct {
	ID          string // empty for a new one
	Name        Field
	Description Field
	Users       int
	BuiltIn     string // "administrator" or "member": cannot be edited; empty for the organization's own
	Modules     []RoleModule
}

// RoleModule is one line of the table. All words are spoken.
type RoleModule struct {
	Icon        string
	Title       string // "Reports"
	What        string // what it is for, in one line
	Access      RoleTick
	Permissions []RoleTick
	Needs       string // title of the permission without which the module stays closed all the same; may be empty
}

// RoleTick is one box of the table.
type RoleTick struct {
	Name   string // of the permission: "reports.view"
	Title  string // spoken
	Ticked bool
	Stored bool // whether it is ticked in what is saved; of a new role the same as Ticked
}

func (v Roles) describe() description {
	d := description{template: "roles", frame: framePortal, title: "page.roles.title"}
	d.problems = problems(v.Problem, named{"name", v.Role.Name}, named{"description", v.Role.Description})
	return d
}

// Changed tells that the line is not as it is saved.
func (m RoleModule) Changed() bool {
	differs := func(t RoleTick) bool { return t.Ticked != t.Stored }
	return differs(m.Access) || slices.ContainsFunc(m.Permissions, differs)
}

// New tells that the role is still to be made.
func (v Roles) New() bool { return v.Role.ID == "" }

// Editable tells that the role is a form.
func (v Roles) Editable() bool { return v.MayEdit && v.Role.BuiltIn == "" }

// OnlyBuiltIn tells that the organization has no role of its own.
func (v Roles) OnlyBuiltIn() bool { return len(v.List) <= 2 }

// Action is where the form is posted to.
func (v Roles) Action() string {
	if v.New() {
		return "/users/roles/new"
	}
	return roleHref(v.Role.ID, "review")
}

// RolePermissions is where a role stands, and is edited.
func RolePermissions(id string) string { return roleHref(id, "permissions") }

// RoleExplained is where a role is told in sentences.
func RoleExplained(id string) string { return roleHref(id, "explain") }

// ExplainedHref is where the role is told in sentences.
func (v RoleSheet) ExplainedHref() string { return RoleExplained(v.ID) }

// UsersHref is the list of those who have the role.
func (v RoleSheet) UsersHref() string { return UserQuery{Role: v.ID}.Href() }

// DeleteHref is the page that deletes the role.
func (v RoleSheet) DeleteHref() string { return roleHref(v.ID, "delete") }

// CopyHref is the form of a new role that begins as this one.
func (v RoleSheet) CopyHref() string { return "/users/roles/new?from=" + v.ID }

func roleHref(id, act string) string { return "/users/roles/" + id + "/" + act }
