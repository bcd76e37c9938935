package page

import "time"

// ClientAct is what the window of every act on a client begins with. Each is posted to its own address below the client's,
// with the hidden field back.
type ClientAct struct {
	ID      string
	Name    string
	Back    string // as it came in "back"; ClientList makes it safe
	Problem string // the sentence about a refused post as a whole
}

// Return is the client's page, where Cancel leads, and a success.
func (a ClientAct) Return() string { return ClientHref(a.ID, "", a.Back) }

// BackValue is the hidden field back.
func (a ClientAct) BackValue() string { return ClientList(a.Back) }

// Path is where the window of an act is posted.
func (a ClientAct) Path(act string) string { return ClientHref(a.ID, act, "") }

// ClientDetails is posted to /clients/{id}/details: fields organization, country, category, back.
type ClientDetails struct {
	ClientAct
	Organization Field
	Country      Field
	Countries    []Option
	Category     Field
	Categories   []Option // that other clients have, to choose from while typing
}

func (v ClientDetails) describe() description {
	return description{
		template: "client_details", frame: framePortal, title: "page.client_details.title",
		problems: problems(v.Problem, named{"organization", v.Organization}, named{"country", v.Country}, named{"category", v.Category}),
	}
}

// ClientStatus is posted to /clients/{id}/status: fields status, since, reason, back. The field status carries what the
// window offered, so that a second window cannot turn it around, and since the suspension that it showed.
type ClientStatus struct {
	ClientAct
	To         Status
	Users      int // who cannot log in while it is suspended
	Reason     Field
	Suspension *ClientSuspension // what StatusActive ends
}

func (v ClientStatus) describe() description {
	return description{
		template: "client_status", frame: framePortal, title: "page.client_status.title." + string(v.To),
		problems: problems(v.Problem, named{"reason", v.Reason}),
	}
}

// Since is the value of the field since.
func (v ClientStatus) Since() string {
	if v.Suspension == nil {
		return ""
	}
	return Since(v.Suspension.At)
}

// ExtendTrial is posted to /clients/{id}/trial: fields trial_ends, back.
type ExtendTrial struct {
	ClientAct
	Ends      time.Time // as it is now
	Over      bool      // it has ended, and the client gets in again
	Suspended bool      // somebody has suspended the client, which stays so
	TrialEnds Field
}

func (v ExtendTrial) describe() description {
	return description{
		template: "extend_trial", frame: framePortal, title: "page.extend_trial.title",
		problems: problems(v.Problem, named{"trial_ends", v.TrialEnds}),
	}
}

// ActivateClient is posted to /clients/{id}/activate: field back.
type ActivateClient struct {
	ClientAct
	Ends      time.Time
	Over      bool
	Suspended bool
}

func (v ActivateClient) describe() description {
	return description{template: "activate_client", frame: framePortal, title: "page.activate_client.title", problems: problems(v.Problem)}
}

// ResendFirst is posted to /clients/{id}/resend: field back.
type ResendFirst struct {
	ClientAct
	Email string
}

func (v ResendFirst) describe() description {
	return description{template: "resend_first", frame: framePortal, title: "page.resend_first.title", problems: problems(v.Problem)}
}

// CorrectFirst is posted to /clients/{id}/administrator: fields first_name, last_name, email, back.
type CorrectFirst struct {
	ClientAct
	FirstName Field
	LastName  Field
	Email     Field
}

func (v CorrectFirst) describe() description {
	return description{
		template: "correct_first", frame: framePortal, title: "page.correct_first.title",
		problems: problems(v.Problem, named{"first_name", v.FirstName}, named{"last_name", v.LastName}, named{"email", v.Email}),
	}
}
