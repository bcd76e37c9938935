package page

import "time"

// Forgot is posted to /forgot: field email.
type Forgot struct {
	Problem     string
	Email       Field
	MailMissing bool // mail is not set up: the page says to ask an administrator
}

func (v Forgot) describe() description {
	return description{
		template: "forgot", frame: frameEntry, title: "page.forgot.title",
		problems: problems(v.Problem, named{"email", v.Email}),
	}
}

// ForgotSent is the same answer for every address. "Send again" posts to /forgot: field email.
type ForgotSent struct {
	Email   string
	Problem string // "Send again" before its 60 seconds are over
}

func (v ForgotSent) describe() description {
	return description{
		template: "forgot_sent", frame: frameEntry, title: "page.forgot_sent.title",
		problems: problems(v.Problem),
	}
}

// Reset is posted to /reset: fields password, confirm.
type Reset struct {
	Email     string
	Problem   string
	Password  Field
	Confirm   Field
	MinLength int
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
	return description{template: "reset_ended", frame: frameEntry, title: "page.reset_ended.title"}
}
