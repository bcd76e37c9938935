package page

import "time"

// Join is posted to /join: field password.
type Join struct {
	Step         Step
	Organization string
	Role         string
	Email        string
	Problem      string
	Password     Field
	MinLength    int // characters; shown in the hint and used by the counter
}

func (v Join) describe() description {
	return description{
		template: "join", frame: frameEntry, title: "page.join.title",
		problems: problems(v.Problem, named{"password", v.Password}),
	}
}

// LinkEnd is why a mailed link no longer works.
type LinkEnd string

// Why a link no longer works. LinkUnknown also stands for a mistyped or half-copied address.
const (
	LinkExpired   LinkEnd = "expired"
	LinkUsed      LinkEnd = "used"
	LinkReplaced  LinkEnd = "replaced"
	LinkWithdrawn LinkEnd = "withdrawn"
	LinkUnknown   LinkEnd = "unknown"
)

// title names a dead link; a half-copied one never worked.
func (e LinkEnd) title() string {
	if e == LinkUnknown {
		return "page.link_ended.title.unknown"
	}
	return "page.link_ended.title"
}

// JoinEnded is a dead invitation (410). An expired one offers "Ask for a new invitation", posted to /join/again.
type JoinEnded struct {
	End     LinkEnd
	EndedAt time.Time // of an expired one
	Inviter string    // of an expired one
}

func (v JoinEnded) describe() description {
	return description{template: "join_ended", frame: frameEntry, title: "page.join_ended.title." + string(v.End)}
}

// JoinAsked is the neutral reply to "Ask for a new invitation".
type JoinAsked struct{}

func (v JoinAsked) describe() description {
	return description{template: "join_asked", frame: frameEntry, title: "page.join_asked.title"}
}

// WrongAccount is shown when a link is for one person and another is logged in. Its buttons post to
// Continue ("Log out and continue as ...") and lead to Stay.
type WrongAccount struct {
	Purpose      LinkPurpose
	LinkEmail    string
	CurrentEmail string
	Continue     string // path of the POST that logs out and keeps the link
	Stay         string // path of the plain link
}

// LinkPurpose is what a mailed link is for.
type LinkPurpose string

// The purposes of links that know their owner.
const (
	PurposeInvitation   LinkPurpose = "invitation"
	PurposeReset        LinkPurpose = "reset"
	PurposeConfirmEmail LinkPurpose = "confirm_email"
)

func (v WrongAccount) describe() description {
	return description{template: "wrong_account", frame: frameEntry, title: "page.wrong_account.title"}
}

// JoinExisting is an invitation to an address that already has an account: "Log in to add Northwind".
// The button leads to /login with a way back to /join.
type JoinExisting struct {
	Organization string
	Role         string
	Email        string
}

func (v JoinExisting) describe() description {
	return description{
		template: "join_existing", frame: frameEntry, title: "page.join_existing.title",
		params: []any{"Organization", v.Organization},
	}
}

// JoinConfirm is an invitation whose owner is already logged in: one confirm, posted to /join.
type JoinConfirm struct {
	Organization string
	Role         string
	Email        string
}

func (v JoinConfirm) describe() description {
	return description{
		template: "join_confirm", frame: frameEntry, title: "page.join_confirm.title",
		params: []any{"Organization", v.Organization},
	}
}
