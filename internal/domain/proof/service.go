package proof

import (
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
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
}

// Service looks at what people prove themselves with.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }
