package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/address"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/client"
	"idkit/internal/domain/directory"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/recovery"
	"idkit/internal/domain/role"
	"idkit/internal/domain/roster"
	"idkit/internal/domain/session"
	"idkit/internal/domain/settings"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/idempotency"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
	"idkit/internal/transport/web/page"
)

// Options are what one way in stands on.
type Options struct {
	Kind           organization.Kind // whose way in it is
	DB             *db.DB            // for readiness only
	Accounts       *account.Service
	Invitations    *invitation.Service
	Addresses      *address.Service
	Profiles       *profile.Service
	Administration *administration.Service
	Directory      *directory.Directory
	Roster         *roster.Service
	Recoveries     *recovery.Service
	Clients        *client.Service // at the console
	Audit          *audit.Service
	Roles          *role.Service
	Settings       *settings.Service
	Modules        access.Modules
	SignIn         *signin.Service
	Sessions       *session.Sessions
	Outbox         *mail.Outbox
	Mailbox        *mail.Mailbox // nil outside development mode
	Repeats        *idempotency.Store
	Keyring        *secret.Keyring
	Catalogue      *language.Catalogue
	Pages          *page.Renderer
	Log            *slog.Logger
	Traffic        *Traffic // nil counts nothing
	Now            func() time.Time
	BaseURL        *url.URL
	Development    bool           // shows a developer the letters and every page
	Plain          bool           // reached by plain http, on a loopback host
	Proxies        []netip.Prefix // whose X-Forwarded-For is believed
	Brand          string
	SupportURL     string
	MailFrom       string
}

// Front answers every request of one way in for people: the portal, or the
// operator's console.
type Front struct {
	Options
	crossOrigin *http.CrossOriginProtection
	mux         *http.ServeMux
}

// New builds the handler of one front.
func New(o Options) *Front {
	f := &Front{Options: o, crossOrigin: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	for _, r := range f.routes() {
		f.mux.Handle(r.pattern, f.guard(r))
	}
	return f
}

// ServeHTTP passes a request through what holds for all of them: headers,
// limits, the last resort for a panic, then the route's guard.
func (f *Front) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	ctx, cancel := context.WithTimeout(hr.Context(), timeLimit)
	defer cancel()
	hr = hr.WithContext(ctx)
	r := f.newRequest(w, hr)
	defer r.finish()
	defer r.recoverPanic()
	r.setHeaders()
	if err := r.admit(); err != nil {
		r.fail(err)
		return
	}
	_, pattern := f.mux.Handler(hr)
	if pattern == "" {
		r.fail(r.unrouted())
		return
	}
	hr = hr.WithContext(withRequest(hr.Context(), r))
	f.mux.ServeHTTP(r.response, hr) // sets the path values, then calls the guard
}

// unrouted tells a wrong method, with those that the path answers to (RFC 9110,
// 15.5.6), from a path that does not exist: ServeMux's own answers are plain text.
func (r *request) unrouted() error {
	var allowed []string
	if r.front.routed(http.MethodGet, r.URL) {
		allowed = append(allowed, http.MethodGet, http.MethodHead)
	}
	if r.front.routed(http.MethodPost, r.URL) {
		allowed = append(allowed, http.MethodPost)
	}
	if len(allowed) == 0 {
		if err := r.authenticate(); err != nil { // so that the page stands in the portal
			return err
		}
		return errNoPage
	}
	r.response.Header().Set("Allow", strings.Join(allowed, ", "))
	return errMethod
}

// routed reports whether a route answers this method at an address.
func (f *Front) routed(method string, address *url.URL) bool {
	_, pattern := f.mux.Handler(&http.Request{Method: method, URL: address, Host: f.BaseURL.Host})
	return pattern != ""
}
