package address

import (
	"net/url"

	"idkit/internal/domain/organization"

	"idkit/internal/domain/account"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/proof"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Options are what a Service stands on.
type Options struct {
	Kind        organization.Kind // whose accounts and links these are
	DB          *db.DB
	Outbox      *mail.Outbox
	Notices     *notice.Service
	Accounts    *account.Service
	Invitations *invitation.Service
	Proofs      *proof.Service
	BaseURL     *url.URL // links are built from it and from nothing else
}

// Service carries out changes of address. Each exported method is one complete
// act: permission, validation, and one transaction with its letter and its audit
// event.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }
