package page

import "time"

// Profile is the page /profile.
type Profile struct {
	Name          string
	Email         string
	PendingEmail  *PendingEmail
	Mobile        string    // readable, such as "+61 412 345 210"; empty: not set
	PasswordSetAt time.Time // zero: never changed since the account was made
	SecondFactor  bool
	CodesLeft     int
	Languages     []Option // fewer than two hides the row
	Sessions      []SessionRow
	Happenings    []Happening
}

// PendingEmail is a change of address that waits for its proof. Resend posts to /profile/email/resend,
// Stop to /profile/email/stop.
type PendingEmail struct {
	Address string
	Until   time.Time
}

func (v Profile) describe() description {
	return description{template: "profile", frame: framePortal, title: "page.profile.title"}
}

// SessionRows lets the list stand on both pages.
func (v Profile) SessionRows() []SessionRow { return v.Sessions }

// ChangeName is posted to /profile/name: fields first_name, last_name.
type ChangeName struct {
	Problem   string
	FirstName Field
	LastName  Field
}

func (v ChangeName) describe() description {
	return description{
		template: "change_name", frame: framePortal, title: "page.change_name.title",
		problems: problems(v.Problem, named{"first_name", v.FirstName}, named{"last_name", v.LastName}),
	}
}
