package operator

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// ErrNobody is the answer to an address that no operator has.
var ErrNobody = fault.New(fault.NotFound, "operator.nobody")

// Options are what a Service stands on: the services of the console's front.
type Options struct {
	DB             *db.DB
	Invitations    *invitation.Service
	Administration *administration.Service
	VendorName     string // of the vendor, when the first operator is invited
}

// Service carries out the acts of the command line on operators.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// NewOperator is somebody to invite.
type NewOperator struct {
	FirstName string
	LastName  string // may be empty
	Email     string
	PrintLink bool // the link is returned as well as mailed
}

// Invite invites an Administrator of the vendor. Whoever was invited and has not
// joined gets a new invitation in place of the earlier one.
// Faults: fields first_name, last_name, email; invitation.ErrEmailTaken; throttled.
func (s *Service) Invite(ctx context.Context, n NewOperator) (invitee user.User, link invitation.Link, err error) {
	invitee, link, err = s.inviteOnce(ctx, n)
	if db.ConflictOn(err, "organizations.kind") { // another first invitation made the vendor meanwhile
		return s.inviteOnce(ctx, n)
	}
	return invitee, link, err
}

func (s *Service) inviteOnce(ctx context.Context, n NewOperator) (invitee user.User, link invitation.Link, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		host, err := s.host(ctx, tx)
		if err != nil {
			return err
		}
		if invitee, err = s.invite(ctx, tx, host, n); err != nil || !n.PrintLink {
			return err
		}
		link, err = s.Invitations.HandOverFirst(ctx, tx, invitee)
		return err
	})
	return invitee, link, err
}

// host is the command line at work on the vendor, which is made where there is
// none. Nothing else happens to the operators until the transaction ends.
func (s *Service) host(ctx context.Context, tx *db.Tx) (access.Actor, error) {
	vendor, err := organization.OfVendor(ctx, tx)
	if errors.Is(err, db.ErrNoRow) {
		vendor, _, err = organization.Create(ctx, tx, organization.Vendor, s.VendorName)
	}
	if err != nil {
		return access.Actor{}, err
	}
	return access.InstallationAt(vendor.ID), audit.Hold(ctx, tx, vendor.ID)
}

func (s *Service) invite(ctx context.Context, tx *db.Tx, host access.Actor, n NewOperator) (user.User, error) {
	known, err := find(ctx, tx, host.OrganizationID, n.Email)
	if err == nil && known.Status == user.Invited {
		return s.Invitations.InviteAnew(ctx, tx, host, known)
	}
	if err != nil && !errors.Is(err, ErrNobody) {
		return user.User{}, err
	}
	role, err := user.AdministratorRole(ctx, tx, host.OrganizationID)
	if err != nil {
		return user.User{}, err
	}
	return s.Invitations.InviteWithin(ctx, tx, host, invitation.Draft{FirstName: n.FirstName, LastName: n.LastName, Email: n.Email, RoleID: role.ID})
}

// find returns the operator of an address. Fault: ErrNobody.
func find(ctx context.Context, tx *db.Tx, vendorID, typed string) (user.User, error) {
	email, err := person.ParseEmail(typed)
	if err != nil {
		return user.User{}, ErrNobody
	}
	u, err := user.Scan(tx.QueryRow(ctx, user.Columns+`WHERE u.organization_id = $1 AND u.email_key = $2`, vendorID, email.Key))
	if errors.Is(err, db.ErrNoRow) {
		err = ErrNobody
	}
	return u, err
}

// List returns all operators, in the order in which they were invited; none
// before there is a vendor.
func (s *Service) List(ctx context.Context) (all []user.User, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err = db.Collect(ctx, tx, user.Scan, user.Columns+`JOIN organizations o ON o.id = u.organization_id
			WHERE o.kind = $1 ORDER BY u.created_at, u.id`, string(organization.Vendor))
		return err
	})
	return all, err
}

// Suspend keeps an operator out at once, the last Administrator too: the host can
// always invite another. Faults: ErrNobody; those of administration.Suspend.
func (s *Service) Suspend(ctx context.Context, email string) (user.User, error) {
	host, u, err := s.look(ctx, email)
	if err != nil {
		return user.User{}, err
	}
	u, _, err = s.Administration.Suspend(ctx, host, u.ID, "")
	return u, err
}

// Reactivate lets a suspended operator in again. Faults: ErrNobody; those of
// administration.Reactivate.
func (s *Service) Reactivate(ctx context.Context, email string) (u user.User, err error) {
	host, u, err := s.look(ctx, email)
	if err != nil {
		return user.User{}, err
	}
	return s.Administration.Reactivate(ctx, host, u.ID, time.Time{})
}

func (s *Service) look(ctx context.Context, email string) (host access.Actor, u user.User, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		vendor, err := organization.OfVendor(ctx, tx)
		if errors.Is(err, db.ErrNoRow) {
			return ErrNobody
		}
		if err != nil {
			return err
		}
		host = access.InstallationAt(vendor.ID)
		u, err = find(ctx, tx, vendor.ID, email)
		return err
	})
	return host, u, err
}
