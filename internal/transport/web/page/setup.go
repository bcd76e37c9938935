package page

// Setup is the first page of a fresh installation, posted to /setup: fields code, organization, first_name,
// last_name, email, password.
type Setup struct {
	Step    Step
	Problem string
	// Code is the one-time code of the server log. CodeKnown hides the field when the address already carried it.
	Code         Field
	CodeKnown    bool
	Organization Field
	FirstName    Field
	LastName     Field
	Email        Field
	Password     Field
	MinLength    int
}

func (v Setup) describe() description {
	return description{
		template: "setup", frame: frameEntry, title: "page.setup.title",
		problems: problems(v.Problem, named{"code", v.Code}, named{"organization", v.Organization},
			named{"first_name", v.FirstName}, named{"last_name", v.LastName}, named{"email", v.Email},
			named{"password", v.Password}),
	}
}

// SetupEnded says that the one-time address is used up or wrong (410).
type SetupEnded struct{}

func (v SetupEnded) describe() description {
	return description{template: "setup_ended", frame: frameEntry, title: "page.setup_ended.title"}
}

// SetupMail is the mail step of the first run. "Send test mail" posts to /setup/mail, "Next" and
// "Skip, I will copy links" post to /setup/done.
type SetupMail struct {
	Step    Step
	Mail    MailState
	Problem string
}

func (v SetupMail) describe() description {
	return description{
		template: "setup_mail", frame: frameEntry, title: "page.setup_mail.title",
		problems: problems(v.Problem),
	}
}
