package page

// ChangeRole is posted to /users/{id}/role: fields role, back. It has words for BlockYourself, BlockHoldsMore and
// BlockLastAdministrator; a role that is gone is an error of the field.
type ChangeRole struct {
	Act
	Current string // name of the present role
	Invited bool   // has not set up the account yet: the invitation carries the new role
	Role    Field
	Roles   []RoleChoice // those that the viewer may give; the present one may be among them
}

// RoleChoice is a role, and what giving it changes.
type RoleChoice struct {
	Option        // Summary is what the role opens
	Gains  string // spoken list, "Users, Reports"; empty when there is nothing to gain
	Loses  string
}

// Options lists the roles as the select shows them.
func (v ChangeRole) Options() []Option {
	options := make([]Option, len(v.Roles))
	for i, r := range v.Roles {
		options[i] = r.Option
	}
	return options
}

func (v ChangeRole) describe() description {
	return description{
		template: "change_role", frame: framePortal, title: "page.change_role.title",
		problems: problems(v.Problem, named{"role", v.Role}),
	}
}
