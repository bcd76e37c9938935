package page

import "time"

// Sessions is the page /profile/sessions. "Log out" posts to /profile/sessions/{id}/end,
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
	Handheld   bool // a phone or tablet, for the picture
}

func (v Sessions) describe() description {
	return description{template: "sessions", frame: framePortal, title: "page.sessions.title"}
}

// Alone says that nobody is logged in anywhere else.
func (v Sessions) Alone() bool { return len(v.Rows) < 2 }

// SessionRows lets the list stand on both pages.
func (v Sessions) SessionRows() []SessionRow { return v.Rows }
