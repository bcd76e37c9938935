package page

// ConfirmEmail is behind the mail to the new address. "Confirm this address" posts to /email/confirm,
// "This was not me" to /email/refuse: field sure.
type ConfirmEmail struct {
	Old string // masked for everybody but its owner
	New string
	// LogInFirst says that nobody is logged in here, so that the log-in comes before the confirmation.
	LogInFirst bool
	Problem    string
	Sure       Field // of the form "This was not me"
}

func (v ConfirmEmail) describe() description {
	return description{
		template: "confirm_email", frame: frameEntry, title: "page.confirm_email.title",
		problems: problems(v.Problem, named{"sure", v.Sure}),
	}
}
