package page

// ExplainRole is "What can this role do?": one role in plain sentences, at /users/roles/{id}/explain.
type ExplainRole struct {
	List     []RoleLink
	Role     RoleSheet // without Modules
	Meanings []RoleMeaning
	Closed   string // spoken list of the modules that the role does not open; may be empty
	Acts     bool   // somebody with the role acts on other people
}

// RoleMeaning is what a role allows in a module that it opens. All words are spoken.
type RoleMeaning struct {
	Icon      string
	Module    string
	What      string // what the module is for, in one line
	Sentences []RoleSentence
}

// RoleSentence is one thing that a role allows, or does not.
type RoleSentence struct {
	Text    string
	Allowed bool
}

func (v ExplainRole) describe() description {
	return description{template: "explain_role", frame: framePortal, title: "page.explain_role.title"}
}

// Choosing tells that the list is what the page is opened for: here it is the role.
func (v ExplainRole) Choosing() bool { return false }

// BackHref is the role in Manage Roles.
func (v ExplainRole) BackHref() string { return RolePermissions(v.Role.ID) }
