package client

import (
	"context"
	"errors"
	"net/url"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// ErrChangedMeanwhile says that the client already stands as the act would make
// it, or otherwise not as the window showed.
var ErrChangedMeanwhile = fault.New(fault.Conflict, "client.changed_meanwhile")

// Options are what a Service stands on.
type Options struct {
	DB          *db.DB
	Invitations *invitation.Service // of the clients
	Notices     *notice.Service     // likewise
	Outbox      *mail.Outbox        // likewise
	BaseURL     *url.URL            // of the portal, where its people log in
}

// Service runs the clients. Each exported method with an actor is one complete
// act: permission, validation, and one transaction with its letters and its line
// in the client's trail.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// require lets operators through who hold the permission, and the command line of
// the host, which needs none. Fault: access.ErrForbidden.
func require(actor access.Actor, p access.Permission) error {
	if actor.Kind == access.KindInstallation {
		return nil
	}
	return actor.RequireOperator(p)
}

// subject begins an act: until the transaction ends nobody else changes the client
// or the operator. It returns the client, and the actor as the client's trail and
// its people know them.
//
// Faults: access.ErrForbidden, those of session.Recheck; db.ErrNoRow, also for the vendor.
func subject(ctx context.Context, tx *db.Tx, actor access.Actor, clientID string) (Client, access.Actor, error) {
	actor, err := begin(ctx, tx, actor, clientID)
	if err != nil {
		return Client{}, access.Actor{}, err
	}
	c, err := find(ctx, tx, clientID)
	return c, actor, err
}

// begin is the part of subject that is about the actor.
func begin(ctx context.Context, tx *db.Tx, actor access.Actor, trails ...string) (access.Actor, error) {
	if actor.OrganizationID != "" {
		trails = append(trails, actor.OrganizationID)
	}
	if err := audit.Hold(ctx, tx, trails...); err != nil {
		return access.Actor{}, err
	}
	actor, err := session.Recheck(ctx, tx, actor)
	if err != nil {
		return access.Actor{}, err
	}
	if err := require(actor, access.ClientsEdit); err != nil {
		return access.Actor{}, err
	}
	return signed(ctx, tx, actor)
}

// signed names an operator together with the vendor, as "Ada Okafor (IDKit)": to
// the client's people they are nobody of their own.
func signed(ctx context.Context, tx *db.Tx, actor access.Actor) (access.Actor, error) {
	if actor.Kind != access.KindOperator {
		return actor, nil
	}
	vendor, err := organization.OfVendor(ctx, tx)
	if errors.Is(err, db.ErrNoRow) {
		return actor, nil
	}
	return actor.Of(vendor.Name), err
}

// record writes an act to the client's trail.
func record(ctx context.Context, tx *db.Tx, actor access.Actor, c Client, action audit.Action, details map[string]string) error {
	return audit.Record(ctx, tx, actor, audit.Event{OrganizationID: c.ID, Action: action, Target: c.target(), Details: details})
}
