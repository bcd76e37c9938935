package invitation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/client"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/user"
	"idkit/internal/platform/secret"
)

// newSite is an installation without an organization.
func newSite(t testing.TB) house {
	t.Helper()
	p := newHouse(t)
	p.Exec(t, `DELETE FROM roles`)
	p.Exec(t, `DELETE FROM organizations`)
	return p
}

func (p house) setupCode(t testing.TB) string {
	t.Helper()
	address, err := p.Invitations.IssueSetupAddress(t.Context())
	domaintest.MustNot(t, err)
	code, found := strings.CutPrefix(address, "https://id.example/setup?token=")
	if !found {
		t.Fatalf("the address is %q", address)
	}
	return code
}

var contoso = firstRun(" Contoso Pty Ltd ", invitation.FirstAdministrator{FirstName: "Ada", LastName: "King", Email: "Ada@Contoso.example"}, domaintest.Password)

func firstRun(organization string, a invitation.FirstAdministrator, password string) invitation.FirstRun {
	return invitation.FirstRun{Organization: organization, FirstAdministrator: a, Password: password}
}

func TestTheFirstRunMakesTheOrganizationAndItsAdministratorOnce(t *testing.T) {
	p := newSite(t)
	old := p.setupCode(t)
	code := p.setupCode(t)
	domaintest.Refused(t, p.Invitations.OpenSetup(t.Context(), old), credential.ErrLinkReplaced)
	for range 5 {
		domaintest.MustNot(t, p.Invitations.OpenSetup(t.Context(), code))
	}
	if strings.Contains(p.Dump(t), code) {
		t.Error("the set-up code is stored in clear")
	}
	_, err := p.Invitations.SetUp(t.Context(), old, contoso, domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrLinkReplaced)
	joined, err := p.Invitations.SetUp(t.Context(), code, contoso, domaintest.Origin)
	domaintest.MustNot(t, err)

	b := p.Browser(joined.Session.Token.Reveal())
	current := b.Must(t)
	if current.OrganizationName != "Contoso Pty Ltd" || current.RoleKind != access.RoleAdministrator || current.Email != "Ada@contoso.example" {
		t.Errorf("founded by %+v", current)
	}
	p.Step(t, b, account.StepSecondFactor)
	for _, code := range []string{code, old, "", secret.NewToken().Reveal()} { // closed for good, whatever the code
		domaintest.Refused(t, p.Invitations.OpenSetup(t.Context(), code), invitation.ErrSetupClosed)
		_, err := p.Invitations.SetUp(t.Context(), code, contoso, domaintest.Origin)
		domaintest.Refused(t, err, invitation.ErrSetupClosed)
	}
	_, err = p.Invitations.IssueSetupAddress(t.Context())
	domaintest.Refused(t, err, invitation.ErrSetupClosed)
	p.Northwind = current.Actor.OrganizationID
	p.Verify(t)
	p.Joins(t, p.sendsInvitation(t, current.Actor))
}

func (p house) sendsInvitation(t testing.TB, admin access.Actor) (token string) {
	t.Helper()
	p.Invite(t, admin, domaintest.Guest)
	return p.MustLink(t, domaintest.Guest, "join")
}

func TestASetUpCodeLivesADay(t *testing.T) {
	p := newSite(t)
	code := p.setupCode(t)
	domaintest.Refused(t, p.Invitations.OpenSetup(t.Context(), secret.NewToken().Reveal()), credential.ErrLinkUnknown)
	p.Clock.Advance(domaintest.Day)
	domaintest.Refused(t, p.Invitations.OpenSetup(t.Context(), code), credential.ErrLinkExpired)
	_, err := p.Invitations.SetUp(t.Context(), code, contoso, domaintest.Origin)
	domaintest.Refused(t, err, credential.ErrLinkExpired)
	domaintest.MustNot(t, p.Invitations.OpenSetup(t.Context(), p.setupCode(t)))
}

func TestTheRefusalsOfTheFirstRunAreSaidAtOnce(t *testing.T) {
	p := newSite(t)
	code := p.setupCode(t)
	before := p.Dump(t)
	for _, c := range []struct {
		n    invitation.FirstRun
		want map[string]string
	}{
		{invitation.FirstRun{}, map[string]string{
			"organization": "organization.name_missing", "first_name": "person.first_name_missing",
			"email": "person.email_invalid", "password": "credential.password_missing",
		}},
		{firstRun(strings.Repeat("n", 101), invitation.FirstAdministrator{FirstName: "\u202e", LastName: "\x00", Email: "ada"}, "contoso"), map[string]string{
			"organization": "organization.name_too_long", "first_name": "person.name_unreadable", "last_name": "person.name_unreadable",
			"email": "person.email_invalid", "password": "credential.password_too_short",
		}},
		{firstRun("Contoso\u202e", invitation.FirstAdministrator{FirstName: "Ada", Email: "ada@contoso.example"}, "contoso ada contoso"), map[string]string{
			"organization": "organization.name_unreadable", "password": "credential.password_personal",
		}},
	} {
		_, err := p.Invitations.SetUp(t.Context(), code, c.n, domaintest.Origin)
		if got := domaintest.FieldsOf(t, err); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("refused with %v, want %v", got, c.want)
		}
	}
	if p.Dump(t) != before {
		t.Error("a refused form left something behind")
	}
	domaintest.MustNot(t, p.Invitations.OpenSetup(t.Context(), code))
}

func TestManyFoundAtOnce(t *testing.T) {
	p := newSite(t)
	code := p.setupCode(t)
	acts := make([]func() error, 16)
	for i := range acts {
		acts[i] = func() error {
			n := contoso
			n.Email = fmt.Sprintf("ada%d@contoso.example", i)
			_, err := p.Invitations.SetUp(context.Background(), code, n, domaintest.Origin)
			return err
		}
	}
	onlyOne(t, 0, domaintest.Together(acts...), credential.ErrLinkUsed, invitation.ErrSetupClosed, credential.ErrBusy)
	for table, want := range map[string]int{"organizations": 1, "roles": 2, "users": 1, "accounts": 1, "sessions": 1} {
		if n := p.Count(t, `SELECT count(*) FROM `+table); n != want {
			t.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
}

// The command line makes an organization while the password of the page is hashed.
func TestTheFirstRunIsOverWhileItsPasswordIsHashed(t *testing.T) {
	p := newSite(t)
	code := p.setupCode(t)
	_, err := p.Clients.Create(t.Context(), domaintest.Host, client.Draft{Details: client.Details{Name: "Fabrikam"}, FirstName: "Sam", Email: "sam@fabrikam.example"})
	domaintest.MustNot(t, err)
	domaintest.Refused(t, invitation.SetUpHashed(p.Invitations, t.Context(), code, contoso, domaintest.PasswordHash()), invitation.ErrSetupClosed)
	if n := p.Count(t, `SELECT count(*) FROM organizations`); n != 1 {
		t.Errorf("%d organizations", n)
	}
}

func TestTheCommandLineInvitesTheFirstAdministrator(t *testing.T) {
	p := newSite(t)
	n := client.Draft{Details: client.Details{Name: contoso.Organization}, FirstName: contoso.FirstName, LastName: contoso.LastName, Email: contoso.Email}
	made, err := p.Clients.Create(t.Context(), domaintest.Host, n)
	domaintest.MustNot(t, err)
	first := made.First
	if made.Link.URL != "" || first.RoleKind != access.RoleAdministrator || first.Status != user.Invited {
		t.Errorf("founded: %+v", made)
	}
	mailed := p.MustLink(t, "Ada@contoso.example", "join")
	if opened := p.Shows(t, mailed, "live"); opened.RoleKind != access.RoleAdministrator || opened.InviterName != "IDKit" {
		t.Errorf("the page shows %+v", opened)
	}
	p.Joins(t, mailed)

	n.Name, n.Email, n.PrintLink = "Fabrikam", "ada@fabrikam.example", true
	made, err = p.Clients.Create(t.Context(), domaintest.Host, n)
	domaintest.MustNot(t, err)
	invitee, printed := made.First, made.Link
	second := p.MustLink(t, "ada@fabrikam.example", "join")
	p.Shows(t, second, "live")
	b := p.Joins(t, domaintest.TokenOf(printed)) // the printed one works beside the mailed one
	if current := b.Must(t); current.Actor.OrganizationID != invitee.OrganizationID || current.RoleKind != access.RoleAdministrator {
		t.Errorf("joined as %+v", current)
	}
	p.Shows(t, second, "used")
	if n := p.Count(t, `SELECT count(*) FROM audit_events WHERE action = 'organization.founded' AND actor_kind = 'installation'`); n != 2 {
		t.Errorf("%d foundations are in the trails", n)
	}
	p.Northwind = invitee.OrganizationID
	p.Verify(t)
	_, err = p.Clients.Create(t.Context(), domaintest.Host, client.Draft{})
	if codes := domaintest.FieldsOf(t, err); len(codes) != 3 {
		t.Errorf("refused with %v", codes)
	}
}
