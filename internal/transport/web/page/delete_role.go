package page

// DeleteRole is posted to /users/roles/{id}/delete: field to, where somebody has the role.
type DeleteRole struct {
	ID    string
	Name  string
	Users int
	To    Field
	Roles []Option // that the users can get
}

func (v DeleteRole) describe() description {
	return description{
		template: "delete_role", frame: framePortal, title: "page.delete_role.title",
		problems: problems("", named{"to", v.To}),
	}
}

// RoleHref is where Cancel leads.
func (v DeleteRole) RoleHref() string { return roleHref(v.ID, "permissions") }
