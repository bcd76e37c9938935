package page

// ConfirmYou asks for a fresh proof before a sensitive page, posted to /confirm: fields password, next.
type ConfirmYou struct {
	Email    string // for password managers
	Problem  string
	Password Field
	Next     string // same-site path that the person wanted
}

func (v ConfirmYou) describe() description {
	return description{
		template: "confirm_you", frame: framePortal, title: "page.confirm_you.title",
		problems: problems(v.Problem, named{"password", v.Password}),
	}
}
