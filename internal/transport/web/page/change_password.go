package page

// ChangePassword is posted to /profile/password: fields current, password, end_sessions.
type ChangePassword struct {
	Email       string // for password managers
	Problem     string
	Current     Field
	Password    Field
	MinLength   int
	EndSessions bool // "Log out everywhere else"; true on the first view
}

func (v ChangePassword) describe() description {
	return description{
		template: "change_password", frame: framePortal, title: "page.change_password.title",
		problems: problems(v.Problem, named{"current", v.Current}, named{"password", v.Password}),
	}
}
