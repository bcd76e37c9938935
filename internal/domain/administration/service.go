package administration

import (
	"net/url"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

// Options are what a Service stands on.
type Options struct {
	DB            *db.DB
	Passwords     *credential.Passwords
	SecondFactors *credential.SecondFactors
	RecoveryCodes *credential.RecoveryCodes
	Throttle      *throttle.Throttle
	Outbox        *mail.Outbox
	BaseURL       *url.URL // links are built from it and from nothing else
	Brand         string
}

// Service carries out what administrators do to one user. Each exported method
// with an actor is one complete act: the guard, validation, and one transaction
// with its letter and its audit event.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }
