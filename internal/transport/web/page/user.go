package page

import "time"

// User is the page /users/{id}.
type User struct {
	UserRow
	InvitedBy  string    // name of the inviter; empty for the first administrator
	InvitedAt  time.Time // zero: never invited
	EndsAt     time.Time // end of a pending invitation
	Delivery   *Delivery // of a pending invitation's mail
	Sessions   int
	Happenings []Happening // newest first, at most ten
}

// DeliveryState is how far a mail got.
type DeliveryState string

// The states of a mail.
const (
	DeliveryWaiting  DeliveryState = "waiting"  // in the outbox, not tried yet
	DeliverySent     DeliveryState = "sent"     // the mail server took it
	DeliveryRetrying DeliveryState = "retrying" // refused for now, tried again at NextTry
	DeliveryFailed   DeliveryState = "failed"   // refused for good, or given up after 72 hours
	DeliveryNoMail   DeliveryState = "no_mail"  // mail is not set up here
)

// Delivery is how far the invitation's mail got.
type Delivery struct {
	State   DeliveryState
	At      time.Time
	NextTry time.Time
	Answer  string // the mail server's own words
}

// Happening is one line of "What happened".
type Happening struct {
	At     time.Time
	Text   string // spoken: "Sam Ito suspended Priya Shah"
	Origin string // address and device in words; may be empty
}

func (v User) describe() description {
	return description{template: "user", frame: framePortal, title: "page.user.title", params: []any{"Name", v.Name}}
}
