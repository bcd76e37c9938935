package page

import "time"

// UserState is how a person stands in the list of users.
type UserState string

// The states of a user. Invited people are rows of the same list.
const (
	StateActive            UserState = "active"
	StateInvited           UserState = "invited"
	StateInviteExpired     UserState = "invite_expired"
	StateInviteUndelivered UserState = "invite_undelivered"
	StateSuspended         UserState = "suspended"
	StateLocked            UserState = "locked"
)

// UserFilter is one of the four links above the list; it is the value of the query parameter "status".
type UserFilter string

// The filters of the list.
const (
	FilterAll       UserFilter = ""
	FilterActive    UserFilter = "active"
	FilterInvited   UserFilter = "invited"
	FilterSuspended UserFilter = "suspended"
)

// Users is the page /users with the query parameters status, q and page.
type Users struct {
	Filter    UserFilter
	Search    string
	Counts    UserCounts
	Rows      []UserRow
	Page      Page
	MayInvite bool
	// MayManageRoles offers the page of roles at /users/roles.
	MayManageRoles bool
	// SearchIsAddress offers to invite the address that was searched for and not found.
	SearchIsAddress bool
}

// UserCounts are the numbers beside the filters.
type UserCounts struct {
	All, Active, Invited, Suspended int
}

// Page is the part of a longer list that is shown. First and Last count from one.
type Page struct {
	Number, Of         int
	First, Last, Total int
}

// UserRow is one person in the list.
type UserRow struct {
	ID           string
	Name         string
	Email        string
	You          bool
	Role         string
	State        UserState
	DaysLeft     int       // of an invitation
	Detail       string    // the mail server's own words for an invitation that was not delivered
	Until        time.Time // end of a lock
	SecondFactor bool
	LastActive   time.Time // zero: never

	MayResend   bool
	MayCopyLink bool
	MayWithdraw bool
}

func (v Users) describe() description {
	return description{template: "users", frame: framePortal, title: "page.users.title"}
}

// OnlyYou is a list in which nobody but the viewer stands, and nothing was filtered.
func (v Users) OnlyYou() bool {
	return v.Filter == FilterAll && v.Search == "" && v.Counts.All == 1 && len(v.Rows) == 1
}
