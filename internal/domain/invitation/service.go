package invitation

import (
	"net/url"
	"time"

	"idkit/internal/domain/organization"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// reminderLead is how long before the end of an invitation its reminder is sent.
// One that works for less than twice as long has none: it would follow on the
// heels of the invitation.
const reminderLead = 24 * time.Hour

// Options are what a Service stands on.
type Options struct {
	Kind          organization.Kind // whose accounts and links these are
	DB            *db.DB
	Passwords     *credential.Passwords
	KnownBrowsers *session.KnownBrowsers
	Outbox        *mail.Outbox
	BaseURL       *url.URL // links are built from it and from nothing else
	Brand         string
}

// Service carries out what happens between an invitation and its
// acceptance. Each exported method that takes no transaction is one complete
// act: permission, validation, and one transaction with its letter and its audit
// event.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }
