package page

import "time"

// Client is the page /clients/{id} of the operator's console. It names nobody of the client's users but the first
// Administrator, until somebody has joined.
type Client struct {
	ID           string
	Name         string
	Country      string // spoken; may be empty
	Category     string // may be empty
	Back         string // the list that the page was opened from
	Standing     ClientTab
	Created      time.Time
	LastActivity time.Time // zero: never
	Trial        *ClientTrial
	Suspension   *ClientSuspension // while Standing is TabSuspended
	First        *FirstAdministrator
	Users        ClientUsers
	Recovery     *ClientRecovery
	Happenings   []Happening // what was done from the console or the command line, newest first, at most ten
	MayEdit      bool        // what follows is offered
}

// ClientTrial is the trial of a client.
type ClientTrial struct {
	Start, End time.Time
	DaysLeft   int // zero once it is over
}

// ClientSuspension is when, by whom and why a client was suspended.
type ClientSuspension struct {
	At        time.Time
	By        string // empty when nobody knows any more
	Reason    string // may be empty
	TrialOver bool   // by the end of its trial
}

// ClientRecovery is the client's newest recovery, if it ever had one.
type ClientRecovery struct {
	State    string // of the sentences under page.recovery.state
	Waits    bool   // for its invitation: it is under way
	Person   string // to be invited, full name
	Earliest time.Time
}

// FirstAdministrator is whom the client's first invitation is for, as long as nobody has joined.
type FirstAdministrator struct {
	UserRow  // name, address and the state of the invitation
	EndsAt   time.Time
	Delivery *Delivery
}

// ClientUsers are the numbers of a client's users.
type ClientUsers struct {
	Active, Invited, Suspended int
	SecondFactor               int // of the active and suspended ones
}

func (v Client) describe() description {
	return description{template: "client", frame: framePortal, title: "page.client.title", params: []any{"Name", v.Name}}
}

// ListHref is the list that the page was opened from.
func (v Client) ListHref() string { return ClientList(v.Back) }

// ActHref is the address of a window about the client.
func (v Client) ActHref(act string) string { return ClientHref(v.ID, act, v.Back) }

// Recovering tells that a recovery is under way.
func (v Client) Recovering() bool { return v.Recovery != nil && v.Recovery.Waits }

// RecoveryHref is the page of the client's newest recovery, or with a further word that of an act on it.
func (v Client) RecoveryHref(act string) string { return RecoveryHref(v.ID, act) }

// MaySetActive tells that a suspended client can simply be set to Active: where its trial is over, the trial is what to act on.
func (v Client) MaySetActive() bool {
	return v.Suspension != nil && (v.Trial == nil || v.Trial.DaysLeft > 0)
}

// Joined is the number of users who have an account.
func (u ClientUsers) Joined() int { return u.Active + u.Suspended }

// Share is how many of a hundred have two-factor authentication on.
func (u ClientUsers) Share() int { return 100 * u.SecondFactor / max(1, u.Joined()) }
