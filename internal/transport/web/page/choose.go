package page

// Choose lists the organizations of one person, last used first, posted to /login/client: field organization.
// The source calls an organization a client, and so does the page.
type Choose struct {
	Choices []Choice
}

// Choice is one organization that the person belongs to.
type Choice struct {
	ID       string
	Name     string
	Role     string
	LastUsed bool
}

func (v Choose) describe() description {
	return description{template: "choose", frame: frameEntry, title: "page.choose.title"}
}
