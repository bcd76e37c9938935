package page

import "time"

// User is the page /users/{id}.
type User struct {
	UserRow
	RoleHref   string      // where the role is told in sentences
	Back       string      // the list with its filters that the page was opened from, made safe by WayBack
	Suspension *Suspension // who did it, while the status is Suspended
	Limits     []Lock      // what stays locked whoever unlocks it, while the status is Locked
	InvitedBy  string      // name of the inviter; empty for the first administrator
	InvitedAt  time.Time   // zero: never invited
	EndsAt     time.Time   // end of a pending invitation
	Delivery   *Delivery   // of a pending invitation's mail
	Sessions   int
	Happenings []Happening // newest first, at most ten
	AuditHref  string      // all of them in the audit log; empty for whoever may not see it
	Grants     []Grant     // why they can do what they can do; ordered by module
	// FactorReset is a reset of two-factor authentication that waits for its second half.
	FactorReset *FactorReset
	// LastAdministrator says why status, role and Delete are not offered: nobody else could look after the organization.
	LastAdministrator bool
	// HoldsMore says why nothing is offered: the user may do things that the viewer may not.
	HoldsMore bool
}

// Suspension is who suspended somebody, when and why.
type Suspension struct {
	By     string // empty when nobody knows any more
	At     time.Time
	Reason string // for administrators; may be empty
}

// Grant is one thing that somebody may do, and where it comes from.
type Grant struct {
	Module     string // spoken: "Users"
	Permission string // spoken: "Reset passwords"
	Role       string // name of the role that gives it
}

// FactorResetWait is what a reset of two-factor authentication waits for.
type FactorResetWait string

// What a reset by an administrator can wait for.
const (
	WaitForCode     FactorResetWait = "code"     // the user reads a mailed code out to the administrator
	WaitForApproval FactorResetWait = "approval" // a second Administrator agrees
)

// FactorReset is a reset of two-factor authentication that was begun and not finished.
type FactorReset struct {
	Wait  FactorResetWait
	By    string // who began it
	Until time.Time
	// Mine says that this viewer can take it further at /users/{id}/second-factor.
	Mine bool
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
