package invitation

import (
	"cmp"
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
)

const (
	// linkSetup opens the first-run page; its subject is the installation.
	linkSetup         credential.LinkPurpose = "setup"
	setupSubject                             = "installation"
	setupCodeLifetime                        = 24 * time.Hour
)

// ActionFounded is what the trail calls the making of an organization.
const ActionFounded audit.Action = "organization.founded"

// ErrSetupClosed is the answer of the first-run page once a client organization exists.
var ErrSetupClosed = fault.New(fault.NotFound, "invitation.setup_closed")

// requireNoOrganization closes the first run for good. Fault: ErrSetupClosed.
func requireNoOrganization(ctx context.Context, tx *db.Tx) error {
	var some bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM organizations WHERE kind = 'client')`).Scan(&some)
	if err == nil && some {
		err = ErrSetupClosed
	}
	return err
}

// IssueSetupAddress returns the one-time address of the first-run page, which
// replaces any earlier one. Fault: ErrSetupClosed.
func (s *Service) IssueSetupAddress(ctx context.Context) (address string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := requireNoOrganization(ctx, tx); err != nil {
			return err
		}
		if err := credential.EndLinks(ctx, tx, linkSetup, setupSubject, credential.LinkReplaced); err != nil {
			return err
		}
		token, _, err := credential.MintLink(ctx, tx, credential.NewLink{
			Kind: s.Kind, Purpose: linkSetup, SubjectID: setupSubject, Address: setupSubject, Lifetime: setupCodeLifetime,
		})
		address = credential.LinkURL(s.BaseURL, "setup", token)
		return err
	})
	return address, err
}

// OpenSetup reports whether a set-up code works. Looking changes nothing.
// Faults: ErrSetupClosed, credential.ErrLink….
func (s *Service) OpenSetup(ctx context.Context, code string) error {
	return s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := requireNoOrganization(ctx, tx); err != nil {
			return err
		}
		link, err := credential.FindLink(ctx, tx, s.Kind, linkSetup, code)
		return cmp.Or(err, link.Err())
	})
}

// NewOrganization is an organization with its first Administrator.
type NewOrganization struct {
	Name      string
	FirstName string
	LastName  string // may be empty
	Email     string
	Password  string // for Found only
}

// Found makes the installation's first organization and its first
// Administrator, who chooses the password right there and is logged in.
// Faults: ErrSetupClosed, credential.ErrLink…; fields organization,
// first_name, last_name, email, password.
func (s *Service) Found(ctx context.Context, code string, n NewOrganization, origin access.Origin) (joined Joined, err error) {
	if err := s.OpenSetup(ctx, code); err != nil {
		return Joined{}, err
	}
	first, email, bad := n.check()
	hash, err := s.judgeAndHash(ctx, n.Password, credential.DefaultPolicy, credential.KnownNames{
		Brand: s.Brand, Organization: n.Name, Email: n.Email, FirstName: n.FirstName, LastName: n.LastName,
	})
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		bad.Bad = append(bad.Bad, f.Fields...)
	} else if err != nil {
		return Joined{}, err
	}
	if err := bad.Fault(); err != nil {
		return Joined{}, err
	}
	return s.foundHashed(ctx, code, firstRun{n.Name, first, email, hash, origin})
}

// firstRun is what the first-run page was filled in with, checked.
type firstRun struct {
	organization string
	first        user.User
	email        person.Email
	hash         string
	origin       access.Origin
}

// foundHashed is the transaction of Found. It looks again whether there is an
// organization, which the command line may have made while the password was hashed.
func (s *Service) foundHashed(ctx context.Context, code string, f firstRun) (joined Joined, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := credential.UseLink(ctx, tx, s.Kind, linkSetup, code); err != nil {
			return err
		}
		if err := requireNoOrganization(ctx, tx); err != nil {
			return err
		}
		first := f.first
		if first.AccountID, err = account.Insert(ctx, tx, account.NewAccount{Kind: s.Kind, Email: f.email, PasswordHash: f.hash}); err != nil {
			return err
		}
		first.Status = user.Active
		o, err := s.found(ctx, tx, f.organization, &first, f.email)
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, access.Installation(f.origin), Founding(o, first)); err != nil {
			return err
		}
		joined.KnownBrowser = s.KnownBrowsers.Remember("", first.AccountID)
		joined.Session, err = session.Start(ctx, tx, session.New{
			OrganizationID: first.OrganizationID, UserID: first.ID, AccountID: first.AccountID, Origin: f.origin,
		})
		return err
	})
	return joined, err
}

// Check looks at what was filled in but the password, all fields at once, for a
// larger act that has fields of its own.
func (n NewOrganization) Check() *person.Fields {
	_, _, bad := n.check()
	return bad
}

// check is Check with the first Administrator as far as what was filled in is good.
func (n NewOrganization) check() (user.User, person.Email, *person.Fields) {
	var bad person.Fields
	_ = bad.Collect("organization", organization.CheckName(n.Name)) // which returns nothing but refusals
	first, email := n.administrator(&bad)
	return first, email, &bad
}

// administrator is the first Administrator, as far as what was filled in is good.
func (n NewOrganization) administrator(bad *person.Fields) (user.User, person.Email) {
	first := user.User{ID: id.New("usr")}
	first.FirstName = bad.Name("first_name", n.FirstName, true)
	first.LastName = bad.Name("last_name", n.LastName, false)
	email := bad.Email("email", n.Email)
	first.Email = email.Address
	return first, email
}

// found writes the organization and its first Administrator.
func (s *Service) found(ctx context.Context, tx *db.Tx, name string, first *user.User, email person.Email) (organization.Organization, error) {
	o, roles, err := organization.Create(ctx, tx, organization.Client, name)
	if err != nil {
		return organization.Organization{}, err
	}
	first.OrganizationID, first.RoleID, first.RoleKind = o.ID, roles.Administrator, access.RoleAdministrator
	return o, user.Insert(ctx, tx, *first, email)
}

// Founding is the line of the trail about a new organization.
func Founding(o organization.Organization, first user.User) audit.Event {
	return audit.Event{
		OrganizationID: o.ID, Action: ActionFounded,
		Target:  audit.Target{Kind: "organization", ID: o.ID, Name: o.Name},
		Details: map[string]string{"administrator": first.Name(), "email": first.Email},
	}
}
