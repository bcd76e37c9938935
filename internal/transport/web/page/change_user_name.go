package page

// ChangeUserName is posted to /users/{id}/name: fields first_name, last_name, back. It has words for BlockHoldsMore and
// BlockYourself.
type ChangeUserName struct {
	Act
	FirstName Field
	LastName  Field
}

func (v ChangeUserName) describe() description {
	return description{
		template: "change_user_name", frame: framePortal, title: "page.change_user_name.title",
		problems: problems(v.Problem, named{"first_name", v.FirstName}, named{"last_name", v.LastName}),
	}
}
