package page

import "time"

// Home is the portal's first page, a GET of /: how the people stand and what waits for the viewer, for whoever looks after
// people, and for everybody the modules that their role opens, which stand in the shell.
type Home struct {
	FirstName string
	Role      string
	People    *People // nil for whoever does not see users
	Waits     bool    // the viewer is somebody for whom something can wait
	Waiting   []Waiting
	Latest    []Happening // what was done last, without log-ins; empty for whoever does not see the audit log
}

// People is how the users of the organization stand.
type People struct {
	Counts    UserCounts
	Protected int // active users with a second factor
}

// Unprotected is how many active users have no second factor.
func (p People) Unprotected() int { return p.Counts.Active - p.Protected }

// Percent is how much of the bar is filled.
func (p People) Percent() int { return 100 * p.Protected / max(1, p.Counts.Active) }

// UnprotectedHref lists whoever has no second factor.
func (p People) UnprotectedHref() string {
	return UserQuery{Filter: FilterActive, Factor: FactorOff}.Href()
}

// Href lists the users with a status.
func (p People) Href(filter UserFilter) string { return UserQuery{Filter: filter}.Href() }

// What waits.
const (
	WaitApproval    = "approval"    // a second Administrator's yes
	WaitAskedAgain  = "asked_again" // an invitation has ended, and the person asks for another
	WaitUndelivered = "undelivered"
	WaitEnded       = "ended"
	WaitEndingSoon  = "ending_soon"
	WaitImport      = "import" // it is checked and not sent
)

// namesShown is how many people a line names.
const namesShown = 3

// Waiting is one line of what waits for the viewer.
type Waiting struct {
	Kind  string
	Names []string  // of the people it is about, or of the file
	By    string    // who asks
	Count int       // of people, if there are more than names, and of rows
	At    time.Time // until when, or since; zero for several people
	Href  string
}

// Name is the person or the file that the line is about.
func (w Waiting) Name() string { return w.Names[0] }

// Shown are the first names.
func (w Waiting) Shown() []string { return w.Names[:min(len(w.Names), namesShown)] }

// More is how many have no name in the line.
func (w Waiting) More() int { return w.Count - len(w.Shown()) }

// Icon is that of the kind.
func (w Waiting) Icon() string {
	return map[string]string{
		WaitApproval: "shield", WaitAskedAgain: "mail", WaitUndelivered: "warning", WaitEnded: "clock", WaitEndingSoon: "clock", WaitImport: "users",
	}[w.Kind]
}

func (v Home) describe() description {
	return description{
		template: "home", frame: framePortal, title: "page.home.title",
		params: []any{"Name", v.FirstName},
	}
}
