package page

// LongerPassword is posted to /protect/password: fields current, password.
type LongerPassword struct {
	Email     string // for password managers
	Problem   string
	Current   Field
	Password  Field
	Alone     int // characters that a password has at least where it is the only factor
	MinLength int // of the new one, which an organization may want longer
}

func (v LongerPassword) describe() description {
	return description{
		template: "longer_password", frame: frameEntry, title: "page.longer_password.title",
		problems: problems(v.Problem, named{"current", v.Current}, named{"password", v.Password}),
	}
}
