package domaintest

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"

	"idkit/internal/platform/mail"
)

// Post is a mail server that keeps what it takes.
type Post struct {
	Offered mail.Envelope // the last one
	mu      sync.Mutex
	Taken   []mail.Envelope
}

// Server is the name that letters tell it by.
func (p *Post) Server() string { return "smtp.test" }

// Open begins a conversation.
func (p *Post) Open(context.Context) (mail.Session, error) { return p, nil }

// Offer takes a look at a letter.
func (p *Post) Offer(_ context.Context, e mail.Envelope) error { p.Offered = e; return nil }

// Finish keeps the letter.
func (p *Post) Finish(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Taken = append(p.Taken, p.Offered)
	return nil
}

// Close ends the conversation.
func (p *Post) Close() {}

// Deliver works the outbox off.
func (p *Place) Deliver(t testing.TB) {
	t.Helper()
	if _, err := p.Dispatcher.DispatchDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// To returns what was taken for an address, the oldest first.
func (p *Post) To(address string) (all []mail.Envelope) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.Taken {
		if e.To == address {
			all = append(all, e)
		}
	}
	return all
}

// Letters returns the delivered letters to an address, as readable text.
func (p *Place) Letters(t testing.TB, address string) (all []string) {
	t.Helper()
	p.Deliver(t)
	for _, e := range p.Post.To(address) {
		all = append(all, strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(e.Message)))
	}
	return all
}

// Link returns the token of the newest link to that path of this front in the mailbox, or "".
func (p *Place) Link(t testing.TB, address, path string) string {
	t.Helper()
	pattern := regexp.MustCompile(regexp.QuoteMeta(p.sender.Letterhead.BaseURL+"/") + path + `\?token=([A-Za-z0-9_-]{43})`)
	letters := p.Letters(t, address)
	for i := len(letters) - 1; i >= 0; i-- {
		if found := pattern.FindStringSubmatch(letters[i]); found != nil {
			return found[1]
		}
	}
	return ""
}

// MustLink is Link where there must be one.
func (p *Place) MustLink(t testing.TB, address, path string) string {
	t.Helper()
	token := p.Link(t, address, path)
	if token == "" {
		t.Fatalf("%s got no link to %s", address, path)
	}
	return token
}
