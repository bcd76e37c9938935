package account_test

import (
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/fault"
)

func TestARefusedPasswordKeepsTheLinkAlive(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	before := p.dump(t)
	for typed, want := range map[string]*fault.Fault{
		"":                            credential.ErrPasswordMissing,
		"short":                       credential.ErrPasswordTooShort,
		"fourteen chars":              credential.ErrPasswordTooShort,
		strings.Repeat("e\u0301", 14): credential.ErrPasswordTooShort, // fourteen characters, however they are written
		strings.Repeat("x", 1<<20):    credential.ErrPasswordTooLong,
		"li wen northwind":            credential.ErrPasswordPersonal,
	} {
		_, err := p.Invitations.Join(t.Context(), token, typed, origin)
		if codes := fieldsOf(t, err); codes["password"] != want.Code || len(codes) != 1 {
			t.Errorf("%.20q is refused with %v, want %s", typed, codes, want.Code)
		}
	}
	if p.dump(t) != before {
		t.Error("a refused password changed something")
	}
	p.shows(t, token, "live")
	p.joins(t, token)
}

func TestAddressRoleAndOrganizationAreThoseOfTheInvitation(t *testing.T) {
	p := newHouse(t)
	admin, u, token := p.invitee(t)
	b := p.joins(t, token)
	current := b.must(t)
	if current.Email != guest || current.Actor.UserID != u.ID || current.Actor.OrganizationID != p.northwind || current.RoleKind != access.RoleMember || current.Language != "en" {
		t.Errorf("joined as %+v", current)
	}
	if current.SecondFactorProven || current.Actor.Permissions.Has(access.UsersView) {
		t.Errorf("the new session may too much: %+v", current)
	}
	seen, err := p.Accounts.Get(t.Context(), admin, u.ID)
	mustNot(t, err)
	if seen.User.Status != user.Active || seen.User.AccountID != current.Actor.AccountID || seen.User.Invitation != nil || seen.Sessions != 1 {
		t.Errorf("the user is %+v", seen.User)
	}
	if ok, _, err := passwords().Verify(t.Context(), p.text(t, `SELECT password_hash FROM accounts WHERE email_key = $1`, guest), password); err != nil || !ok {
		t.Errorf("the password does not log in: %v", err)
	}
	if stored := p.dump(t); strings.Contains(stored, password) {
		t.Error("the password is stored in clear")
	}
	happened := seen.Happenings[0]
	if happened.Action != "user.joined" || happened.ActorID != u.ID || happened.Origin.Address != origin.Address {
		t.Errorf("the trail says %+v", happened)
	}
	for range 2 {
		_, err = p.Invitations.Join(t.Context(), token, another, origin)
		refused(t, err, credential.ErrLinkUsed)
	}
	p.verify(t)
}

// A role changed after the invitation was sent is the one that counts.
func TestTheInvitationFollowsItsRow(t *testing.T) {
	p := newHouse(t)
	_, u, token := p.invitee(t)
	p.exec(t, `UPDATE users SET role_id = $2 WHERE id = $1`, u.ID, p.role(t, p.northwind, access.RoleAdministrator))
	if current := p.joins(t, token).must(t); current.RoleKind != access.RoleAdministrator {
		t.Errorf("joined as %s", current.RoleName)
	}
}

func TestNobodyJoinsASuspendedOrganization(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	_, err := p.Accounts.SetOrganizationStatus(t.Context(), p.northwind, organization.Suspended)
	mustNot(t, err)
	_, err = p.Invitations.Join(t.Context(), token, password, origin)
	refused(t, err, session.ErrOrganizationSuspended)
	if n := p.count(t, `SELECT count(*) FROM accounts WHERE email_key = $1`, guest); n != 0 {
		t.Error("an account was made all the same")
	}
	_, err = p.Accounts.SetOrganizationStatus(t.Context(), p.northwind, organization.Active)
	mustNot(t, err)
	p.joins(t, token)
}

func TestASuspendedOrganizationEndsItsSessions(t *testing.T) {
	p := newHouse(t)
	b := p.newcomer(t)
	for range 2 { // the second time changes nothing
		o, err := p.Accounts.SetOrganizationStatus(t.Context(), p.northwind, organization.Suspended)
		if err != nil || o.Status != organization.Suspended {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	_, err := b.current(t)
	refused(t, err, session.ErrOrganizationSuspended)
	_, err = p.Accounts.SetOrganizationStatus(t.Context(), p.northwind, organization.Active)
	mustNot(t, err)
	_, err = b.current(t)
	refused(t, err, session.ErrEnded) // it does not come back
	if p.events(t, "organization.suspended") != 1 || p.events(t, "organization.reactivated") != 1 {
		t.Error("the trail does not say so, once each")
	}
	if _, err := p.Accounts.SetOrganizationStatus(t.Context(), "org_nobody", organization.Suspended); !fault.IsKind(err, fault.NotFound) {
		t.Errorf("an unknown organization is answered with %v", err)
	}
}

// The account appears between the page and its form.
func TestTheAddressGetsAnAccountMeanwhile(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	other := p.stranger(t)
	p.invite(t, other, guest)
	second := p.mustLink(t, guest, "join")
	hash, err := passwords().Hash(t.Context(), password)
	mustNot(t, err)
	p.joins(t, second)
	_, err = account.JoinHashed(p.Invitations, t.Context(), token, hash, origin)
	refused(t, err, account.ErrAccountExists)
	if opened := p.shows(t, token, "live"); opened.AccountID == "" {
		t.Error("the page asks for a new password")
	}
}

func TestMailDoesNotProveAnAddressForAnotherAccount(t *testing.T) {
	p := newHouse(t)
	_, _, token := p.invitee(t)
	_, err := p.Invitations.JoinAs(t.Context(), p.member(t), token)
	refused(t, err, account.ErrNotYourInvitation)
	p.joins(t, token)
}
