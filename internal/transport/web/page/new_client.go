package page

// NewClient is posted to /clients/new: fields organization, country, category, standing ("active" or "trial"), trial_ends,
// first_name, last_name, email.
type NewClient struct {
	Problem      string
	Organization Field
	Country      Field
	Countries    []Option
	Category     Field
	Categories   []Option // that other clients have, to choose from while typing
	OnTrial      bool
	TrialEnds    Field
	FirstName    Field
	LastName     Field
	Email        Field
	MailMissing  bool // nothing will be mailed
}

func (v NewClient) describe() description {
	return description{
		template: "new_client", frame: framePortal, title: "page.new_client.title",
		problems: problems(v.Problem, named{"organization", v.Organization}, named{"country", v.Country}, named{"category", v.Category},
			named{"trial_ends", v.TrialEnds}, named{"first_name", v.FirstName}, named{"last_name", v.LastName}, named{"email", v.Email}),
	}
}
