package page

// Invite is posted to /users/invite: fields first_name, last_name, email, role, language, note, then.
// The button "Send and invite another" posts then=another.
type Invite struct {
	Problem   string
	FirstName Field
	LastName  Field
	Email     Field
	Role      Field
	Roles     []Option // without roles above the inviter's own rights
	Language  Field
	Languages []Option // fewer than two hides the select
	Note      Field
	// Taken is set when the address already stands in this organization.
	Taken *Taken
	// MailMissing says that nothing will be mailed and the link has to be copied.
	MailMissing bool
}

// Taken is the person who already has the address: a way on beside the error of the email field.
type Taken struct {
	ID    string
	Name  string
	State UserState
}

func (v Invite) describe() description {
	return description{
		template: "invite", frame: framePortal, title: "page.invite.title",
		problems: problems(v.Problem, named{"first_name", v.FirstName}, named{"last_name", v.LastName},
			named{"email", v.Email}, named{"role", v.Role}, named{"language", v.Language}, named{"note", v.Note}),
	}
}
