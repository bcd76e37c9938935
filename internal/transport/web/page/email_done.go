package page

// EmailOutcome is what became of a change of address.
type EmailOutcome string

// What became of a change of address.
const (
	EmailRefused EmailOutcome = "refused" // "This was not me"
	EmailStopped EmailOutcome = "stopped"
	EmailUndone  EmailOutcome = "undone"
	EmailEnded   EmailOutcome = "ended" // the confirmation is expired or used (410)
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
