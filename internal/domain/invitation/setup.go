package invitation

import (
	"cmp"
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

const (
	// linkSetup opens the first-run page; its subject is the installation.
	linkSetup         credential.LinkPurpose = "setup"
	setupSubject                             = "installation"
	setupCodeLifetime                        = 24 * time.Hour
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

// FirstRun is what the first-run page is filled in with.
type FirstRun struct {
	Organization string // its name
	FirstAdministrator
	Password string
}

// SetUp makes the installation's first organization and its first
// Administrator, who chooses the password right there and is logged in.
// Faults: ErrSetupClosed, credential.ErrLink…; fields organization,
// first_name, last_name, email, password.
func (s *Service) SetUp(ctx context.Context, code string, f FirstRun, origin access.Origin) (joined Joined, err error) {
	if err := s.OpenSetup(ctx, code); err != nil {
		return Joined{}, err
	}
	planned, bad := plan(f.Organization, f.FirstAdministrator)
	chosen, err := s.judge(ctx, f.Password, credential.DefaultPolicy, credential.KnownNames{
		Brand: s.Brand, Organization: f.Organization, Email: f.Email, FirstName: f.FirstName, LastName: f.LastName,
	})
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		bad.Bad = append(bad.Bad, f.Fields...)
	} else if err != nil {
		return Joined{}, err
	}
	if err := bad.Fault(); err != nil {
		return Joined{}, err
	}
	return s.setUpHashed(ctx, code, planned, chosen, origin)
}

// setUpHashed is the transaction of SetUp. It looks again whether there is an
// organization, which the command line may have made while the password was hashed.
func (s *Service) setUpHashed(ctx context.Context, code string, f foundation, chosen credential.Chosen, origin access.Origin) (joined Joined, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := credential.UseLink(ctx, tx, s.Kind, linkSetup, code); err != nil {
			return err
		}
		if err := requireNoOrganization(ctx, tx); err != nil {
			return err
		}
		accountID, err := account.Insert(ctx, tx, account.NewAccount{Kind: s.Kind, Email: f.email, Password: chosen})
		if err != nil {
			return err
		}
		f.first.AccountID, f.first.Status = accountID, user.Active
		o, first, err := f.store(ctx, tx)
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, access.Installation(origin), Founding(o, first)); err != nil {
			return err
		}
		joined.KnownBrowser = s.KnownBrowsers.Remember("", first.AccountID)
		joined.Session, err = session.Start(ctx, tx, session.New{
			OrganizationID: first.OrganizationID, UserID: first.ID, AccountID: first.AccountID, Origin: origin,
		})
		return err
	})
	return joined, err
}
