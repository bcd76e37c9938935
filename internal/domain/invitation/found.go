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

	actionFounded audit.Action = "organization.founded"
)

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
	first, email, bad := firstAdministrator(n)
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
		if err := s.found(ctx, tx, access.Installation(f.origin), f.organization, &first, f.email); err != nil {
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

// FoundByInvitation makes an organization and invites its first Administrator,
// for the command line. With printLink the link is returned as well as mailed.
// Faults: fields organization, first_name, last_name, email.
func (s *Service) FoundByInvitation(ctx context.Context, n NewOrganization, printLink bool) (first user.User, link Link, err error) {
	actor := access.Installation(access.Origin{})
	first, email, bad := firstAdministrator(n)
	if err := bad.Fault(); err != nil {
		return user.User{}, Link{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		first.Status = user.Invited
		if err := s.found(ctx, tx, actor, n.Name, &first, email); err != nil {
			return err
		}
		invitation, err := s.openInvitation(ctx, tx, actor, first, Draft{})
		first.Invitation = &invitation
		if err != nil || !printLink {
			return err
		}
		link, err = s.handOver(ctx, tx, first, invitation.LetterID)
		return err
	})
	return first, link, err
}

// firstAdministrator checks what was filled in, all fields at once.
func firstAdministrator(n NewOrganization) (user.User, person.Email, *person.Fields) {
	var bad person.Fields
	if err := organization.CheckName(n.Name); err != nil {
		_ = bad.Collect("organization", err) // CheckName returns nothing but refusals
	}
	first := user.User{ID: id.New("usr")}
	first.FirstName = bad.Name("first_name", n.FirstName, true)
	first.LastName = bad.Name("last_name", n.LastName, false)
	email := bad.Email("email", n.Email)
	first.Email = email.Address
	return first, email, &bad
}

// found writes the organization and its first Administrator.
func (s *Service) found(ctx context.Context, tx *db.Tx, actor access.Actor, name string, first *user.User, email person.Email) error {
	o, roles, err := organization.Create(ctx, tx, organization.Client, name)
	if err != nil {
		return err
	}
	first.OrganizationID, first.RoleID, first.RoleKind = o.ID, roles.Administrator, access.RoleAdministrator
	if err := user.Insert(ctx, tx, *first, email); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor, audit.Event{
		OrganizationID: o.ID, Action: actionFounded,
		Target:  audit.Target{Kind: "organization", ID: o.ID, Name: o.Name},
		Details: map[string]string{"administrator": first.Name(), "email": first.Email},
	})
}
