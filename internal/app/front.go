package app

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/address"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/client"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/directory"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
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
	"idkit/internal/platform/throttle"
	"idkit/internal/transport/web"
	"idkit/internal/transport/web/page"
)

// ground is what both fronts stand on.
type ground struct {
	db            *db.DB
	keyring       *secret.Keyring
	passwords     *credential.Passwords
	secondFactors *credential.SecondFactors
	recoveryCodes *credential.RecoveryCodes
	knownBrowsers *session.KnownBrowsers
	throttles     *throttle.Throttle
	catalogue     *language.Catalogue
	pages         *page.Renderer
	log           *slog.Logger
	now           func() time.Time
	supportURL    string
	mailFrom      string
}

// front is one way in, the portal or the console: the services that look after
// the people of one kind of organization and of no other, with links that lead
// there.
type front struct {
	kind    organization.Kind
	baseURL *url.URL
	brand   string
	outbox  *mail.Outbox
	modules access.Modules

	notices        *notice.Service
	accounts       *account.Service
	invitations    *invitation.Service
	proofs         *proof.Service
	addresses      *address.Service
	profiles       *profile.Service
	signIn         *signin.Service
	administration *administration.Service
	roster         *roster.Service
	recoveries     *recovery.Service // of both fronts
	settings       *settings.Service
	clients        *client.Service // at the console
}

// build reads from top to bottom: what stands below uses what stands above.
func (f *front) build(g ground) {
	f.notices = notice.New(notice.Options{Outbox: f.outbox, RecoveryCodes: g.recoveryCodes, BaseURL: f.baseURL})
	f.accounts = account.New(account.Options{
		Kind: f.kind, DB: g.db, Passwords: g.passwords, Outbox: f.outbox, Notices: f.notices, BaseURL: f.baseURL, Brand: f.brand,
	})
	f.invitations = invitation.New(invitation.Options{
		Kind: f.kind, DB: g.db, Passwords: g.passwords, KnownBrowsers: g.knownBrowsers, Outbox: f.outbox, BaseURL: f.baseURL, Brand: f.brand,
	})
	f.proofs = proof.New(proof.Options{
		DB: g.db, Passwords: g.passwords, SecondFactors: g.secondFactors, RecoveryCodes: g.recoveryCodes,
		KnownBrowsers: g.knownBrowsers, Throttle: g.throttles,
	})
	f.addresses = address.New(address.Options{
		Kind: f.kind, DB: g.db, Outbox: f.outbox, Notices: f.notices, Accounts: f.accounts, Invitations: f.invitations, Proofs: f.proofs,
		BaseURL: f.baseURL,
	})
	f.profiles = profile.New(profile.Options{
		DB: g.db, Passwords: g.passwords, SecondFactors: g.secondFactors, RecoveryCodes: g.recoveryCodes,
		KnownBrowsers: g.knownBrowsers, Throttle: g.throttles, Outbox: f.outbox, Notices: f.notices,
		Accounts: f.accounts, Proofs: f.proofs, Brand: f.brand,
	})
	f.signIn = signin.New(signin.Options{
		Kind: f.kind, DB: g.db, Passwords: g.passwords, KnownBrowsers: g.knownBrowsers, Throttle: g.throttles, Outbox: f.outbox, Proofs: f.proofs,
		Accounts: f.accounts, Invitations: f.invitations, BaseURL: f.baseURL,
	})
	f.administration = administration.New(administration.Options{
		Kind: f.kind, DB: g.db, Modules: f.modules, Accounts: f.accounts, Invitations: f.invitations,
		SecondFactors: g.secondFactors, RecoveryCodes: g.recoveryCodes, SpokenCodes: credential.NewSpokenCodes(g.keyring),
		Outbox: f.outbox, Notices: f.notices, BaseURL: f.baseURL,
	})
	f.settings = settings.New(settings.Options{DB: g.db, Outbox: f.outbox, Notices: f.notices, BaseURL: f.baseURL})
	f.roster = roster.New(roster.Options{DB: g.db, Invitations: f.invitations, Throttle: g.throttles, Log: g.log})
}

// correspondence is how a service writes to the people of both fronts.
func (f *front) correspondence() recovery.Front {
	return recovery.Front{Outbox: f.outbox, BaseURL: f.baseURL, Brand: f.brand}
}

// composing is a service that writes letters.
type composing interface {
	Composers() map[mail.Kind]mail.Composer
}

// sender writes the letters to the front's people, those of others about them included.
func (f *front) sender(g ground, others ...composing) mail.Sender {
	support := cmp.Or(g.supportURL, f.baseURL.JoinPath("support").String())
	s := mail.Sender{
		Letterhead: mail.Letterhead{Brand: f.brand, From: g.mailFrom, BaseURL: f.baseURL.String(), SupportURL: support},
		Composers:  map[mail.Kind]mail.Composer{}, BrandOf: settings.BrandOf,
	}
	for _, service := range append(others, f.notices, f.accounts, f.invitations, f.addresses, f.signIn, f.administration, f.settings) {
		for kind, composer := range service.Composers() {
			s.Composers[kind] = composer
		}
	}
	return s
}

// reach is where browsers find a front.
type reach struct {
	traffic     *web.Traffic
	development bool // shows a developer the letters and every page
	plain       bool // by plain http, on a loopback host
	mailbox     *mail.Mailbox
	proxies     []netip.Prefix // whose X-Forwarded-For is believed
}

// handler is what answers at the front.
func (f *front) handler(g ground, r reach) http.Handler {
	return web.New(web.Options{
		Kind: f.kind, DB: g.db, Accounts: f.accounts, Invitations: f.invitations, Addresses: f.addresses, Profiles: f.profiles,
		Administration: f.administration, Directory: directory.New(directory.Options{DB: g.db, Throttle: g.throttles, Outbox: f.outbox}),
		Roster: f.roster, Clients: f.clients, Recoveries: f.recoveries, Audit: audit.New(audit.Options{DB: g.db, Throttle: g.throttles, Recheck: session.Recheck}),
		Settings: f.settings, Roles: role.New(role.Options{DB: g.db, Modules: f.modules}), Modules: f.modules,
		SignIn: f.signIn, Sessions: session.NewSessions(g.db, f.kind), Outbox: f.outbox, Mailbox: r.mailbox,
		Repeats: idempotency.New(g.db), Keyring: g.keyring, Catalogue: g.catalogue, Pages: g.pages,
		Log: g.log, Traffic: r.traffic, Now: g.now, BaseURL: f.baseURL, Development: r.development, Plain: r.plain, Proxies: r.proxies,
		Brand: f.brand, SupportURL: g.supportURL, MailFrom: g.mailFrom,
	})
}
