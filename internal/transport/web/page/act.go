package page

import "strings"

// Act is what the window of every act on one user begins with: whom it is about, and the list that it came from. Each is
// posted to its own address, with the hidden field back.
type Act struct {
	ID    string
	Name  string
	Email string
	Back  string // the list with its filters, or the user's page, as it came in "back"; WayBack makes it safe
	// Problem is the sentence about a refused post as a whole: throttled, changed meanwhile.
	Problem string
	// Block says why this cannot be done at all: the window tells it, and offers a way on in place of its button.
	Block Block
}

// Block is why an act on a user cannot be done. The zero Block is no reason.
type Block string

// The reasons. Each window says below which of them it has words for.
const (
	BlockYourself          Block = "yourself"           // nobody changes their own access
	BlockHoldsMore         Block = "holds_more"         // the user holds more than the viewer does
	BlockLastAdministrator Block = "last_administrator" // nobody would be left
	BlockSeveral           Block = "several"            // two users were named; ID and Name are empty
	BlockInvited           Block = "invited"            // has no account yet
	BlockSuspended         Block = "suspended"          // has to be set to Active first
	BlockActive            Block = "active"             // has to be suspended first
	BlockLimit             Block = "limit"              // of tries per hour or day is used up, and nobody can shorten it
	BlockNothing           Block = "nothing"            // there is nothing to do: not logged in anywhere, not locked
)

// Endings counts what an act ends. What is zero is not told.
type Endings struct {
	Sessions    int
	Links       int // pending links to a new password or address
	Keys        int // API keys that the user made
	Invitations int // open ones that the user sent
}

// Return is where Cancel leads, and a success.
func (a Act) Return() string { return WayBack(a.Back) }

// FromUser tells that the window was opened on the user's own page.
func (a Act) FromUser() bool {
	path, _, _ := strings.Cut(a.Return(), "?")
	return path == userHref(a.ID, "", "")
}

// Path is the address of another act on the same user, which returns to the same place.
func (a Act) Path(act string) string { return userHref(a.ID, act, a.Return()) }
