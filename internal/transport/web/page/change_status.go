package page

import (
	"strconv"
	"time"
)

// Status is what a window sets a user to; it is the value of the posted field "status".
type Status string

// The two steps. Only the possible one is offered.
const (
	StatusActive    Status = "active"
	StatusSuspended Status = "suspended"
)

// ChangeStatus is posted to /users/{id}/status: fields status, since, reason, back. The field status carries what the window
// offered, so that a second window cannot turn it around, and since the suspension that it showed. It has words for BlockYourself, BlockHoldsMore,
// BlockLastAdministrator, BlockSeveral and BlockInvited.
type ChangeStatus struct {
	Act
	To     Status
	Ends   Endings // of a suspension: sessions and links that end, keys and invitations that stop meanwhile
	Reason Field   // of a suspension
	// Suspension is what StatusActive ends; nil where nobody knows any more.
	Suspension *Suspension
	Rested     int // API keys that work again with StatusActive
}

func (v ChangeStatus) describe() description {
	return description{
		template: "change_status", frame: framePortal, title: "page.change_status.title",
		problems: problems(v.Problem, named{"reason", v.Reason}),
	}
}

// Since is the value of the field since.
func Since(suspended time.Time) string { return strconv.FormatInt(suspended.UnixMicro(), 10) }

// Since is the value of the field since; empty where nobody knows it.
func (v ChangeStatus) Since() string {
	if v.Suspension == nil {
		return ""
	}
	return Since(v.Suspension.At)
}
