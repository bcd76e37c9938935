package domaintest

import (
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/user"
)

// Guest is the address of whoever is invited.
const Guest = "li.wen@northwind.example"

// Invitation is what an administrator fills in for a new Member.
func (p *Place) Invitation(t testing.TB, actor access.Actor, email string) invitation.Draft {
	t.Helper()
	return invitation.Draft{
		FirstName: "Li", LastName: "Wen", Email: email, Language: "en",
		RoleID: p.Role(t, actor.OrganizationID, access.RoleMember),
	}
}

// Invite invites a Member.
func (p *Place) Invite(t testing.TB, actor access.Actor, email string) user.User {
	t.Helper()
	u, err := p.Invitations.Invite(t.Context(), actor, p.Invitation(t, actor, email))
	MustNot(t, err)
	return u
}

// AnInvitation is open for that address.
func (p *Place) AnInvitation(t testing.TB, email string) string {
	t.Helper()
	actor := p.LogIn(t, p.Person(t)).Must(t).Actor
	roles, err := p.Invitations.RolesToGive(t.Context(), actor)
	MustNot(t, err)
	_, err = p.Invitations.Invite(t.Context(), actor, invitation.Draft{FirstName: "Ada", Email: email, RoleID: roles[0].ID})
	MustNot(t, err)
	return email
}

// Invitee is an invited user, and the token of their mailed link.
func (p *Place) Invitee(t testing.TB) (admin access.Actor, u user.User, token string) {
	t.Helper()
	admin = p.Administrator(t)
	u = p.Invite(t, admin, Guest)
	return admin, u, p.MustLink(t, Guest, "join")
}

// Joins accepts an invitation and returns the session that it starts.
func (p *Place) Joins(t testing.TB, token string) *Browser {
	t.Helper()
	joined, err := p.Invitations.Join(t.Context(), token, Password, Origin)
	MustNot(t, err)
	return p.Browser(joined.Session.Token.Reveal())
}

// Newcomer is an invitee who joined: somebody at the first step after their password.
func (p *Place) Newcomer(t testing.TB) *Browser {
	t.Helper()
	_, _, token := p.Invitee(t)
	return p.Joins(t, token)
}

// TokenOf is the secret of a copied link.
func TokenOf(link invitation.Link) string {
	_, token, _ := strings.Cut(link.URL, "token=")
	return token
}

// Shows checks what the page of a link says.
func (p *Place) Shows(t testing.TB, token string, want credential.LinkState) invitation.Opened {
	t.Helper()
	opened, err := p.Invitations.Open(t.Context(), token)
	MustNot(t, err)
	if opened.State != want {
		t.Errorf("the link is %s, want %s", opened.State, want)
	}
	return opened
}
