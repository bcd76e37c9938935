package page

import "time"

// Sessions is S22, a GET of /profile/sessions. "Log out" posts to /profile/sessions/{id}/end,
// "Log out everywhere else" to /profile/sessions/end-others.
type Sessions struct {
	Rows []SessionRow // this device first
}

// SessionRow is one place where the person is logged in.
type SessionRow struct {
	ID         string
	Device     string // browser and system in words: "Firefox on Windows"
	This       bool
	Place      string // approximate, empty if not known
	Address    string // network address
	LoggedIn   time.Time
	LastActive time.Time
}

func (v Sessions) describe() description {
	return description{template: "sessions", frame: framePortal, title: "page.sessions.title"}
}
