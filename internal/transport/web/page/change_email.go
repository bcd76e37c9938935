package page

import "time"

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

// StopEmail is behind "Stop this change" in the mail to the old address, posted to /email/stop: field sure.
type StopEmail struct {
	Email   string // the address that stays
	New     string // masked
	Problem string
	Sure    Field
}

func (v StopEmail) describe() description {
	return description{
		template: "stop_email", frame: frameEntry, title: "page.stop_email.title",
		problems: problems(v.Problem, named{"sure", v.Sure}),
	}
}

// UndoEmail is behind "Undo" in the mail to the former address, posted to /email/undo: field sure.
type UndoEmail struct {
	Old     string    // the address that comes back
	New     string    // masked
	Until   time.Time // seven days after the change
	Problem string
	Sure    Field
}

func (v UndoEmail) describe() description {
	return description{
		template: "undo_email", frame: frameEntry, title: "page.undo_email.title",
		problems: problems(v.Problem, named{"sure", v.Sure}),
	}
}

// EmailOutcome is what became of a change of address.
type EmailOutcome string

// What became of a change of address.
const (
	EmailConfirmed EmailOutcome = "confirmed"
	EmailRefused   EmailOutcome = "refused" // "This was not me"
	EmailStopped   EmailOutcome = "stopped"
	EmailUndone    EmailOutcome = "undone"
	EmailEnded     EmailOutcome = "ended" // the confirmation is expired or used (410)
)

// EmailDone is the page after each of them. It works logged out.
type EmailDone struct {
	Outcome  EmailOutcome
	Email    string // the address that is now the log-in
	LoggedIn bool   // the way on leads to the profile, else to the log-in
}

func (v EmailDone) describe() description {
	return description{template: "email_done", frame: frameEntry, title: "page.email_done.title." + string(v.Outcome)}
}
