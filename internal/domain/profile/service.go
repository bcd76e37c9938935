package profile

import (
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
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
	KnownBrowsers *session.KnownBrowsers
	Throttle      *throttle.Throttle
	Outbox        *mail.Outbox
	Notices       *notice.Service
	Accounts      *account.Service
	Proofs        *proof.Service
	Brand         string
}

// Service carries out what people do to their own account. Each exported
// method is one complete act: permission, validation, and one transaction with
// its letter and its audit event.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }
