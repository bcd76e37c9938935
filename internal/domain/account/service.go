package account

import (
	"net/url"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

// InvitationLifetime is how long an invitation works, from the hand-over of its link.
const InvitationLifetime = 7 * 24 * time.Hour

// reminderLead is how long before the end of an invitation its reminder is sent.
const reminderLead = 24 * time.Hour

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
	BaseURL       *url.URL // links are built from it and from nothing else
	Brand         string
}

// Service carries out what happens to people. Each exported method with a
// context and an actor is one complete act: permission, validation, and one
// transaction with its letter and its audit event.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// link builds the address of a page with a one-time secret.
func (s *Service) link(path, token string) string {
	u := s.BaseURL.JoinPath(path)
	u.RawQuery = url.Values{"token": {token}}.Encode()
	return u.String()
}
