package mail

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"idkit/internal/platform/fault"
)

// Mailbox is the way out of development: each letter becomes a file.
type Mailbox struct{ dir string }

// OpenMailbox uses a folder and makes it if there is none.
func OpenMailbox(dir string) (*Mailbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Mailbox{dir}, nil
}

// ErrNoLetter is the answer for a letter that the mailbox does not have.
var ErrNoLetter = fault.New(fault.NotFound, "mail.no_letter")

const (
	mailboxTime = "20060102T150405.000000Z"
	mailboxEnd  = ".eml"
	// mailboxLimit bounds how many letters a list shows.
	mailboxLimit = 200
)

// mailboxName is what a letter's file is called, without its end. Nothing else is ever opened.
var mailboxName = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-ltr_[0-9a-v]{26}$`)

// Server describes the mailbox.
func (m *Mailbox) Server() string { return "the development mailbox" }

// Open returns a session; there is nothing to connect to.
func (m *Mailbox) Open(context.Context) (Session, error) { return &mailboxSession{mailbox: m}, nil }

// StoredLetter is one letter in the mailbox.
type StoredLetter struct {
	ID string // names the file
	At time.Time
	Message
}

// List returns the newest 200 letters, the newest first.
func (m *Mailbox) List() ([]StoredLetter, error) {
	entries, err := os.ReadDir(m.dir) // sorted by name, and so by time
	if err != nil {
		return nil, err
	}
	var letters []StoredLetter
	for _, entry := range slices.Backward(entries) {
		name, ok := strings.CutSuffix(entry.Name(), mailboxEnd)
		if !ok || !mailboxName.MatchString(name) {
			continue
		}
		letter, err := m.Read(name)
		if errors.Is(err, ErrNoLetter) { // somebody tidied up
			continue
		}
		if err != nil {
			return nil, err
		}
		if letters = append(letters, letter); len(letters) == mailboxLimit {
			break
		}
	}
	return letters, nil
}

// Read returns one letter. Fault: ErrNoLetter.
func (m *Mailbox) Read(name string) (StoredLetter, error) {
	if !mailboxName.MatchString(name) {
		return StoredLetter{}, ErrNoLetter
	}
	source, err := os.ReadFile(filepath.Join(m.dir, name+mailboxEnd))
	if errors.Is(err, os.ErrNotExist) {
		return StoredLetter{}, ErrNoLetter
	}
	if err != nil {
		return StoredLetter{}, err
	}
	at, err := time.Parse(mailboxTime, name[:len(mailboxTime)])
	if err != nil {
		return StoredLetter{}, ErrNoLetter
	}
	message, err := Parse(source)
	return StoredLetter{ID: name, At: at, Message: message}, err
}

// nowhere is the end of addresses that the mailbox refuses as a mail server refuses one that does not exist, so that a
// developer sees what the pages make of it. Nobody can have such an address (RFC 2606, 2).
const nowhere = ".invalid"

// mailboxSession writes a file under a name that does not show, then renames it.
type mailboxSession struct {
	mailbox *Mailbox
	draft   string
	final   string
}

func (s *mailboxSession) Offer(_ context.Context, e Envelope) error {
	s.Close()
	if strings.HasSuffix(strings.ToLower(e.To), nowhere) {
		return &Refusal{Permanent: true, Reply: "550 5.1.1 The mailbox does not exist"}
	}
	name := e.At.UTC().Format(mailboxTime) + "-" + e.LetterID
	if !mailboxName.MatchString(name) {
		return errors.New("mail: the letter has no proper id")
	}
	s.draft = filepath.Join(s.mailbox.dir, "."+name+".draft")
	s.final = filepath.Join(s.mailbox.dir, name+mailboxEnd)
	return os.WriteFile(s.draft, e.Message, 0o600)
}

func (s *mailboxSession) Finish(context.Context) error {
	draft := s.draft
	s.draft = ""
	return os.Rename(draft, s.final)
}

func (s *mailboxSession) Close() {
	if s.draft != "" {
		_ = os.Remove(s.draft)
		s.draft = ""
	}
}
