package domaintest

import (
	"testing"

	"idkit/internal/domain/address"
)

// ThiefAddress is the mailbox of somebody who takes accounts over.
const ThiefAddress = "thief@other.example"

// AskForEmail begins a change of address.
func (p *Place) AskForEmail(t testing.TB, b *Browser, email string) {
	t.Helper()
	token, err := p.Addresses.ChangeEmail(t.Context(), b.Must(t), address.EmailChange{Email: email, Current: Proof(Password)})
	b.Keep(t, token, err)
}

// ConfirmEmail makes the proven address the log-in.
func (p *Place) ConfirmEmail(t testing.TB, b *Browser, token string) {
	t.Helper()
	renewed, err := p.Addresses.ConfirmEmail(t.Context(), b.Must(t), token)
	b.Keep(t, renewed, err)
}

// AddressOf is the log-in as it is stored.
func (p *Place) AddressOf(t testing.TB, who *Holder) string {
	t.Helper()
	return p.Text(t, `SELECT email FROM accounts WHERE id = $1`, who.Account)
}

// TakenOver is an administrator whose address somebody else has changed.
func (p *Place) TakenOver(t testing.TB) (who *Holder, thief *Browser, undo string) {
	t.Helper()
	who = p.Person(t)
	thief = p.LogIn(t, who)
	p.AskForEmail(t, thief, ThiefAddress)
	p.ConfirmEmail(t, thief, p.MustLink(t, ThiefAddress, "email/confirm"))
	return who, thief, p.MustLink(t, who.Email, "email/undo")
}

// Undoes takes a change back by the link in the old mailbox.
func (p *Place) Undoes(t testing.TB, who *Holder, undo string) {
	t.Helper()
	undone, err := p.Addresses.RevertEmail(t.Context(), undo, Origin)
	MustNot(t, err)
	if !undone || p.AddressOf(t, who) != who.Email {
		t.Errorf("undone %v, the address is %s", undone, p.AddressOf(t, who))
	}
}
