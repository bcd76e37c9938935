package page

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
