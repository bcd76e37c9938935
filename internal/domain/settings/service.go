package settings

import (
	"context"
	"net/url"

	"idkit/internal/domain/audit"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Options are what a Service stands on.
type Options struct {
	DB      *db.DB
	Outbox  *mail.Outbox
	Notices *notice.Service
	BaseURL *url.URL // links are built from it and from nothing else
}

// Service looks after the settings of organizations. Each exported method that
// takes no transaction is one complete act or look.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// target is the organization in its own trail.
func target(ctx context.Context, tx *db.Tx, organizationID string) (audit.Target, error) {
	o, err := organization.Get(ctx, tx, organizationID)
	return audit.Target{Kind: "organization", ID: organizationID, Name: o.Name}, err
}

// noteChange keeps what a value was and became, if it is another one.
func noteChange(details map[string]string, what, before, after string) {
	if before != after {
		details[what+"_from"], details[what+"_to"] = before, after
	}
}
