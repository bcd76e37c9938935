package invitation_test

import (
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
)

func TestARefusedPasswordKeepsTheLinkAlive(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	before := p.Dump(t)
	for typed, want := range map[string]*fault.Fault{
		"":                            credential.ErrPasswordMissing,
		"short":                       credential.ErrPasswordTooShort,
		"fourteen chars":              credential.ErrPasswordTooShort,
		strings.Repeat("e\u0301", 14): credential.ErrPasswordTooShort, // fourteen characters, however they are written
		strings.Repeat("x", 1<<20):    credential.ErrPasswordTooLong,
		"li wen northwind":            credential.ErrPasswordPersonal,
	} {
		_, err := p.Invitations.Join(t.Context(), token, typed, domaintest.Origin)
		if codes := domaintest.FieldsOf(t, err); codes["password"] != want.Code || len(codes) != 1 {
			t.Errorf("%.20q is refused with %v, want %s", typed, codes, want.Code)
		}
	}
	if p.Dump(t) != before {
		t.Error("a refused password changed something")
	}
	p.Shows(t, token, "live")
	p.Joins(t, token)
}

func TestAddressRoleAndOrganizationAreThoseOfTheInvitation(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.Invitee(t)
	b := p.Joins(t, token)
	current := b.Must(t)
	if current.Email != domaintest.Guest || current.Actor.UserID != u.ID || current.Actor.OrganizationID != p.Northwind || current.RoleKind != access.RoleMember || current.Language != "en" {
		t.Errorf("joined as %+v", current)
	}
	if current.SecondFactorProven || current.Actor.Permissions.Has(access.UsersView) {
		t.Errorf("the new session may too much: %+v", current)
	}
	seen, err := p.Administration.Portrait(t.Context(), admin, u.ID)
	domaintest.MustNot(t, err)
	if seen.User.Status != user.Active || seen.User.AccountID != current.Actor.AccountID || seen.User.Invitation != nil || seen.Ends.Sessions != 1 {
		t.Errorf("the user is %+v", seen.User)
	}
	if ok, _, err := domaintest.Passwords().Verify(t.Context(), p.Text(t, `SELECT password_hash FROM accounts WHERE email_key = $1`, domaintest.Guest), domaintest.Password); err != nil || !ok {
		t.Errorf("the password does not log in: %v", err)
	}
	if stored := p.Dump(t); strings.Contains(stored, domaintest.Password) {
		t.Error("the password is stored in clear")
	}
	happened := seen.Happenings[0]
	if happened.Action != "user.joined" || happened.ActorID != u.ID || happened.Origin.Address != domaintest.Origin.Address {
		t.Errorf("the trail says %+v", happened)
	}
	for range 2 {
		_, err = p.Invitations.Join(t.Context(), token, domaintest.Another, domaintest.Origin)
		domaintest.Refused(t, err, credential.ErrLinkUsed)
	}
	p.Verify(t)
}

// A role changed after the invitation was sent is the one that counts.
func TestTheInvitationFollowsItsRow(t *testing.T) {
	p := newHouse(t)
	_, u, token := p.Invitee(t)
	p.Exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, u.ID, p.Role(t, p.Northwind, access.RoleAdministrator))
	if current := p.Joins(t, token).Must(t); current.RoleKind != access.RoleAdministrator {
		t.Errorf("joined as %s", current.RoleName)
	}
}

func TestNobodyJoinsASuspendedOrganization(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	_, err := p.Clients.Suspend(t.Context(), domaintest.Host, p.Northwind, "")
	domaintest.MustNot(t, err)
	_, err = p.Invitations.Join(t.Context(), token, domaintest.Password, domaintest.Origin)
	domaintest.Refused(t, err, session.ErrOrganizationSuspended)
	if n := p.Count(t, `SELECT count(*) FROM accounts WHERE email_key = $1`, domaintest.Guest); n != 0 {
		t.Error("an account was made all the same")
	}
	_, err = p.Clients.Reactivate(t.Context(), domaintest.Host, p.Northwind, time.Time{})
	domaintest.MustNot(t, err)
	p.Joins(t, token)
}

// The account appears between the page and its form.
func TestTheAddressGetsAnAccountMeanwhile(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	other := p.Stranger(t)
	p.Invite(t, other, domaintest.Guest)
	second := p.MustLink(t, domaintest.Guest, "join")
	hash, err := domaintest.Passwords().Hash(t.Context(), domaintest.Password)
	domaintest.MustNot(t, err)
	p.Joins(t, second)
	_, err = invitation.JoinHashed(p.Invitations, t.Context(), token, hash, domaintest.Origin)
	domaintest.Refused(t, err, invitation.ErrAccountExists)
	if opened := p.Shows(t, token, "live"); opened.AccountID == "" {
		t.Error("the page asks for a new password")
	}
}

func TestMailDoesNotProveAnAddressForAnotherAccount(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.Invitee(t)
	_, err := p.Invitations.JoinAs(t.Context(), p.Member(t), token)
	domaintest.Refused(t, err, invitation.ErrNotYourInvitation)
	p.Joins(t, token)
}
