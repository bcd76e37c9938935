package address_test

import (
	"testing"

	"idkit/internal/domain/domaintest"
)

// house is a place with what only these tests do there.
type house struct{ *domaintest.Place }

func newHouse(t testing.TB) house {
	t.Helper()
	return house{domaintest.NewPlace(t)}
}

// confirm is what becomes of a link that proves an address.
func (p house) confirm(t testing.TB, b *domaintest.Browser, token string) error {
	t.Helper()
	_, err := p.Addresses.ConfirmEmail(t.Context(), b.Must(t), token)
	return err
}

// revert is what becomes of a link that stops or undoes a change.
func (p house) revert(t testing.TB, token string) (undone bool, err error) {
	t.Helper()
	return p.Addresses.RevertEmail(t.Context(), token, domaintest.Origin)
}

// change is somebody who has asked for another address.
type change struct {
	house
	who *domaintest.Holder
	b   *domaintest.Browser
	to  string
}

func (p house) asked(t testing.TB) *change {
	t.Helper()
	who := p.Person(t)
	c := &change{p, who, p.LogIn(t, who), "new." + who.Email}
	p.AskForEmail(t, c.b, c.to)
	return c
}

// confirmed is somebody whose address changed.
func (p house) confirmed(t testing.TB) *change {
	t.Helper()
	c := p.asked(t)
	p.ConfirmEmail(t, c.b, c.proof(t))
	return c
}

// proof is the newest link in the new mailbox.
func (c *change) proof(t testing.TB) string {
	t.Helper()
	return c.MustLink(t, c.to, "email/confirm")
}

// old is the newest link of its kind in the old mailbox.
func (c *change) old(t testing.TB, path string) string {
	t.Helper()
	return c.MustLink(t, c.who.Email, path)
}

// taken gives an address to the account of somebody else.
func (c *change) taken(t testing.TB, address string) {
	t.Helper()
	c.Exec(t, `UPDATE accounts SET email = $2, email_key = $2 WHERE id = $1`, c.Person(t).Account, address)
}
