package profile

import (
	"context"
	"net/url"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
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
	Invitations   *invitation.Service
	BaseURL       *url.URL // links are built from it and from nothing else
	Brand         string
}

// Service carries out what people do to their own account. Each exported
// method is one complete act: permission, validation, and one transaction with
// its letter and its audit event.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// write carries out an act in the session of its owner, which stays open until it
// is done. Faults: those of session.Recheck.
func (s *Service) write(ctx context.Context, current session.Current, act func(tx *db.Tx) error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := account.HoldTrails(ctx, tx, current.Actor.AccountID); err != nil {
			return err
		}
		if _, err := session.Recheck(ctx, tx, current.Actor); err != nil {
			return err
		}
		return act(tx)
	})
}
