package mail

import (
	"context"
	"errors"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
)

// Letter is a letter whose turn it is.
type Letter struct {
	ID             string
	Kind           Kind
	OrganizationID string
	SubjectID      string
	Address        string
	Language       string
	Data           map[string]string
	CreatedAt      time.Time // when it was asked for; a late hand-over may have made it pointless
	Brand          string    // what the sentences call the installation

	front     Front
	messageID string
	attempts  int // those already made
	giveUpAt  time.Time
	lease     string
}

// Composer says what stands in a letter. It runs in a writing transaction of
// its own right before the hand-over, and this is where a link is minted: its
// lifetime counts from here. It runs again at each further attempt. It returns
// ErrObsolete when the letter no longer makes sense.
type Composer func(ctx context.Context, tx *db.Tx, letter Letter, say *language.Speaker) (Content, error)

// ErrObsolete ends a letter as withdrawn, without sending it: the invitation
// is gone, the user suspended, the request too old.
var ErrObsolete = errors.New("mail: the letter no longer makes sense")

// Content is what a letter says: whole spoken sentences, in the recipient's
// language, with names already defused. Speak makes it; a composer adds
// Quote, Button.URL and Organization.
type Content struct {
	Subject      string
	Preheader    string // what the list of letters shows after the subject
	Greeting     string // may be empty
	Paragraphs   []string
	Quote        string  // a person's own words, may be empty; defused here
	Button       *Button // nil where there is nothing to do
	Ends         string  // until when the button works
	NotYou       string  // what to do when it was not you
	Why          string  // why this letter was sent to this address
	Organization string  // name, may be empty; defused here
	Verbatim     string  // to be copied as it stands, may be empty; our own words only
}

// Button is the one link of a letter.
type Button struct {
	Label string
	URL   string // must start with the base URL
}
