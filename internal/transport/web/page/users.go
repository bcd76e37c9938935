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

// Users is the page /users. The address holds all of its state, see UserQuery.
type Users struct {
	Query  UserQuery
	Counts UserCounts
	Roles  []Option // what the select Role offers, by name
	Rows   []UserRow
	Page   Page

	MayInvite        bool
	MayImport        bool // the page /users/import
	MayManageRoles   bool // the page /users/roles
	MayExport        bool
	MayResetPassword bool // of some user, if not of each: the toolbar has the button
	MayChangeStatus  bool

	// SearchIsAddress offers to invite the address that was searched for and not found.
	SearchIsAddress bool
	// Problem is what a button of the toolbar says when nobody is selected, spoken: "Select a user first." Answer 422.
	Problem string
	// Failed says that the list could not be read; of the rest only Query and Roles are looked at. Answer 503.
	Failed bool
}

// UserCounts are the numbers beside the filters: of those whom role and two-factor let through, whatever is searched for.
type UserCounts struct {
	All, Active, Invited, Suspended int
}

// Page is the part of a longer list that is shown. First and Last count from one.
type Page struct {
	First, Last, Total int
	// More says that counting stopped: there are more than Total.
	More bool

	Previous, Next string     // addresses; empty at the ends
	Links          []PageLink // the first page, the ones around this one, the last; ascending
}

// PageLink is one number of the pager.
type PageLink struct {
	Number  int
	Href    string
	Current bool
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

	// What the viewer may do to this person as they stand now. What may not be done is not offered.
	MayResetPassword     bool // /users/{id}/reset-password
	MayChangeStatus      bool // /users/{id}/status
	MayChangeRole        bool // /users/{id}/role
	MayChangeName        bool // /users/{id}/name
	MayResend            bool // /users/{id}/resend
	MayCopyLink          bool // /users/{id}/link
	MayWithdraw          bool // /users/{id}/withdraw
	MayResetSecondFactor bool // /users/{id}/second-factor
	MayUnlock            bool // /users/{id}/unlock
	MayLogOut            bool // /users/{id}/logout
	MayLock              bool // /users/{id}/lock
	MayDelete            bool // /users/{id}/delete
}

func (v Users) describe() description {
	d := description{template: "users", frame: framePortal, title: "page.users.title"}
	if first := v.FirstSelectable(); v.Problem != "" && first != "" {
		d.problems, d.typing = problems("", named{"pick-" + first, Field{Error: v.Problem}}), true
	}
	return d
}

// OnlyYou is a list in which nobody but the viewer stands, and nothing was filtered.
func (v Users) OnlyYou() bool {
	return !v.Query.Filtered() && v.Counts.All == 1 && len(v.Rows) == 1
}

// Pending is an invitation that has not been answered: nothing to say yet about a second factor.
func (r UserRow) Pending() bool {
	return r.State == StateInvited || r.State == StateInviteExpired || r.State == StateInviteUndelivered
}
