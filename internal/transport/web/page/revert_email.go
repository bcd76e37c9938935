package page

import "time"

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
