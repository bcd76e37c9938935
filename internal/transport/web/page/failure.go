package page

import (
	"strconv"
	"time"
)

// Failure tells what went wrong: 403, 404, 405, 410, 413, 429, 500 or 503. Any other status is shown as 500.
// It stands in the portal when the shell has a viewer, else in the entry frame.
type Failure struct {
	Status       int
	Module       string    // 403: what the module is called that was asked for; may be empty
	Organization string    // 403
	Search       string    // 404: the list that the viewer may look in, "/users" or "/clients"; may be empty
	Wait         string    // 429: spoken sentence, "Too many attempts. Try again in 5 minutes."
	Until        time.Time // 503: when to try again; zero when nobody knows
	NotStored    bool      // 503: the disk is full or broken; what is stored can be read
	Reference    string    // 500: what the log can be searched for
}

func (v Failure) describe() description {
	title := "page.failure.title." + strconv.Itoa(v.Known())
	if v.NotStored {
		title = "page.failure.title.not_stored"
	}
	return description{template: "failure", frame: frameEither, title: title}
}

// Known is the status that the page is about.
func (v Failure) Known() int {
	switch v.Status {
	case 403, 404, 405, 410, 413, 429, 500, 503:
		return v.Status
	default:
		return 500
	}
}

// Suspended is the page SU (403): shown only after the identity is proven, or when a live session meets a suspension.
type Suspended struct {
	Organization string
	Whole        bool // the organization itself is suspended, not this user alone
}

func (v Suspended) describe() description {
	return description{template: "suspended", frame: frameEntry, title: "page.suspended.title"}
}

// LogOut asks before logging out, for people who come to /logout by a plain link. Posted to /logout.
type LogOut struct{}

func (v LogOut) describe() description {
	return description{template: "log_out", frame: framePortal, title: "page.log_out.title"}
}
