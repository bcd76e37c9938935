package page

import "time"

// Mailbox lists the letters that development mode keeps, a GET of /dev/mailbox.
type Mailbox struct {
	Letters []LetterRow // newest first
}

// LetterRow is one letter in the list.
type LetterRow struct {
	ID      string
	To      string
	Subject string
	At      time.Time
}

func (v Mailbox) describe() description {
	return description{template: "mailbox", frame: frameTools, title: "page.mailbox.title"}
}

// LetterPart is one way to look at a letter; it is the value of the query parameter "as".
type LetterPart string

// The ways to look at a letter.
const (
	PartText   LetterPart = "text"
	PartHTML   LetterPart = "html"
	PartSource LetterPart = "source"
)

// Letter shows one letter, a GET of /dev/mailbox/{id}?as=text|html|source.
// The HTML part is shown in a sandboxed frame from /dev/mailbox/{id}/html, which needs the response header
// "Content-Security-Policy: frame-src 'self'" added on this page only.
type Letter struct {
	LetterRow
	From string
	Part LetterPart
	Body string // the text part or the source; empty for PartHTML
	// Links are the http addresses found in the text part, so that a letter can be followed by a click.
	Links []string
}

func (v Letter) describe() description {
	return description{template: "letter", frame: frameTools, title: "page.letter.title"}
}
