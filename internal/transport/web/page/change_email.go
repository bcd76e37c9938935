package page

// ChangeEmail is posted to /profile/email: fields email, password.
type ChangeEmail struct {
	Current  string
	Problem  string
	Email    Field
	Password Field
}

func (v ChangeEmail) describe() description {
	return description{
		template: "change_email", frame: framePortal, title: "page.change_email.title",
		problems: problems(v.Problem, named{"email", v.Email}, named{"password", v.Password}),
	}
}
