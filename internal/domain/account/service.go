package account

import (
	"net/url"

	"idkit/internal/domain/organization"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Options are what a Service stands on.
type Options struct {
	Kind      organization.Kind // whose accounts and links these are
	DB        *db.DB
	Passwords *credential.Passwords
	Outbox    *mail.Outbox
	Notices   *notice.Service
	BaseURL   *url.URL // links are built from it and from nothing else
	Brand     string
}

// Service carries out what needs no session and is about the log-in itself.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }
