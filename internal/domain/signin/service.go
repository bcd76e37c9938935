package signin

import (
	"net/url"

	"idkit/internal/domain/organization"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

// The refusals.
var (
	// ErrIncorrect is the one answer to everything that is wrong before the
	// password is proven.
	ErrIncorrect = fault.New(fault.Unauthenticated, "signin.incorrect")
	// ErrHalfEnded says that the five minutes or the five codes of a half log-in
	// are used up, or that there never was one.
	ErrHalfEnded = session.ErrHalfEnded
	// ErrSuspended and ErrOrganizationSuspended are told only to whom has proven
	// everything. Params: Organization.
	ErrSuspended             = fault.New(fault.Forbidden, "signin.suspended")
	ErrOrganizationSuspended = fault.New(fault.Forbidden, "signin.organization_suspended")
	// ErrNotMember is the answer to an organization that the person is not in.
	ErrNotMember = fault.New(fault.NotFound, "signin.not_member")
	// The last two are about an empty form.
	ErrEmailMissing    = fault.New(fault.Invalid, "signin.email_missing")
	ErrPasswordMissing = fault.New(fault.Invalid, "signin.password_missing")
)

// Options are what a Service stands on.
type Options struct {
	Kind          organization.Kind // whose accounts and links these are
	DB            *db.DB
	Passwords     *credential.Passwords
	KnownBrowsers *session.KnownBrowsers
	Throttle      *throttle.Throttle
	Outbox        *mail.Outbox
	Proofs        *proof.Service
	Accounts      *account.Service
	Invitations   *invitation.Service
	BaseURL       *url.URL // links are built from it and from nothing else
}

// Service logs people in and out. It is safe for concurrent use.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// Browser is what a step knows of the browser it comes from.
type Browser struct {
	Known  string // the known-browser cookie, as it came
	Origin access.Origin
}

// Outcome is what a step led to: a session, or the next step.
type Outcome struct {
	Session      *session.Started
	Half         *session.StartedHalf
	KnownBrowser string // new value of the known-browser cookie, with a session
}
