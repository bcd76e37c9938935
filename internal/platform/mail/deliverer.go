package mail

import (
	"context"
	"time"
)

// Deliverer is a way out: an SMTP server, or the folder of development.
type Deliverer interface {
	// Server names it on pages and in the test mail, without secrets.
	Server() string
	// Open connects. The session is used by one goroutine and closed by it.
	Open(ctx context.Context) (Session, error)
}

// Session hands over letters, one after the other, each in two steps, so that
// only the second one, which is short, has an unknown outcome when we die.
type Session interface {
	// Offer gives everything but the last word; without Finish nothing is delivered.
	Offer(ctx context.Context, e Envelope) error
	// Finish says the last word. After nil the letter is the other side's.
	Finish(ctx context.Context) error
	// Close ends the session and drops a letter offered but not finished.
	Close()
}

// Envelope is a letter in its final form.
type Envelope struct {
	LetterID string
	At       time.Time // of the hand-over
	From     string    // addresses, without names
	To       string
	Message  []byte // RFC 5322
}

// Refusal is a No of the other side, in its own words.
type Refusal struct {
	Permanent bool   // the letter will never be taken, so trying again is pointless
	Closed    bool   // the session cannot be used any more
	Reply     string // "550 5.1.1 no such mailbox"
}

func (r *Refusal) Error() string { return r.Reply }
