package page

import "time"

// Reset is posted to /reset: fields password, confirm.
type Reset struct {
	Email     string
	Problem   string
	Password  Field
	Confirm   Field
	MinLength int
	// Administrator sent the link, which works until Until; empty where the owner asked for it.
	Administrator string
	Until         time.Time
}

func (v Reset) describe() description {
	return description{
		template: "reset", frame: frameEntry, title: "page.reset.title",
		problems: problems(v.Problem, named{"password", v.Password}, named{"confirm", v.Confirm}),
	}
}

// ResetEnded is a dead reset link (410). "Send a new link" leads to /forgot.
type ResetEnded struct {
	End             LinkEnd
	EndedAt         time.Time // of an expired one
	ByAdministrator bool      // sent by an administrator: such a link works for 24 hours instead of 60 minutes
}

func (v ResetEnded) describe() description {
	return description{template: "reset_ended", frame: frameEntry, title: v.End.title()}
}
