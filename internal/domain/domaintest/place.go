package domaintest

import (
	"context"
	"log/slog"
	"maps"
	"net/url"
	"sync"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/address"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/client"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/recovery"
	"idkit/internal/domain/role"
	"idkit/internal/domain/session"
	"idkit/internal/domain/settings"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
	"idkit/internal/platform/throttle"
)

// Passwords that the policy allows: the one of all people, and two others.
const (
	Password = "correct horse battery staple"
	Another  = "seventeen green umbrellas dancing"
	Wrong    = "incorrect horse battery staple"
)

// What the installation is called, and where it is.
const (
	brand          = "IDKit"
	baseURL        = "https://id.example"
	consoleBaseURL = "https://operators.example"
)

// These belong to the whole test program: one hash serves all.
var (
	// Ring is the keyring.
	Ring = sync.OnceValue(func() *secret.Keyring { r, _ := secret.ParseKeyring(secret.NewKey()); return r })
	// Passwords hashes with little work.
	Passwords = sync.OnceValue(func() *credential.Passwords {
		p, err := credential.NewPasswords(credential.PasswordOptions{Keyring: Ring(), Argon2: credential.Argon2{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}})
		if err != nil {
			panic(err)
		}
		return p
	})
	// PasswordHash is the stored form of Password.
	PasswordHash = sync.OnceValue(func() string {
		hash, err := Passwords().Hash(context.Background(), Password)
		if err != nil {
			panic(err)
		}
		return hash
	})
)

// Place is an installation with one organization, Northwind, as one of its nodes
// sees it at one of its fronts: the portal or, after AtConsole, the operator's console.
type Place struct {
	Clock     *dbtest.Clock
	Post      *Post  // takes what the dispatcher hands over
	Northwind string // where people are made and log in; the vendor at the console
	address   string // of the database
	kind      organization.Kind
	console   *Place

	DB             *db.DB
	SecondFactors  *credential.SecondFactors
	RecoveryCodes  *credential.RecoveryCodes
	Sessions       *session.Sessions
	Notices        *notice.Service
	Accounts       *account.Service
	Invitations    *invitation.Service
	Addresses      *address.Service
	Profiles       *profile.Service
	Administration *administration.Service
	Clients        *client.Service // of the portal's people; nil at the console
	Roles          *role.Service
	Recoveries     *recovery.Service
	Settings       *settings.Service
	SignIn         *signin.Service
	Dispatcher     *mail.Dispatcher
	sender         mail.Sender
}

// NewPlace makes an installation on a database of its own.
func NewPlace(t testing.TB) *Place {
	t.Helper()
	p := &Place{
		Clock: dbtest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)), Post: &Post{}, address: dbtest.URL(t),
	}
	p.open(t)
	p.Northwind = p.Organization(t, "Northwind")
	return p
}

// Address is where the database is, for another process.
func (p *Place) Address() string { return p.address }

// AnotherNode is the same installation, with the database opened once more.
func (p *Place) AnotherNode(t testing.TB) *Place {
	t.Helper()
	other := *p
	other.open(t)
	return &other
}

// MovedTo is the same installation on another database.
func (p *Place) MovedTo(t testing.TB, address string) *Place {
	t.Helper()
	other := *p
	other.address = address
	other.open(t)
	return &other
}

// open connects to the database and wires the services, as at the start of the program.
func (p *Place) open(t testing.TB) {
	t.Helper()
	p.DB = dbtest.Open(t, p.address, p.Clock.Now)
	p.SecondFactors, p.RecoveryCodes = credential.NewSecondFactors(Ring()), credential.NewRecoveryCodes(Ring())
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: baseURL, Deliverer: p.Post})
	console := Place{Clock: p.Clock, Post: p.Post, address: p.address, DB: p.DB, SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes}
	if p.console != nil {
		console.Northwind = p.console.Northwind
	}
	console.front(t, organization.Vendor, outbox.To(mail.ToVendor, consoleBaseURL), consoleBaseURL)
	p.console = &console
	p.front(t, organization.Client, outbox, baseURL)
	p.Recoveries = recovery.New(recovery.Options{
		DB: p.DB, Invitations: p.Invitations, Log: slog.New(slog.DiscardHandler),
		Portal:  recovery.Front{Outbox: outbox, BaseURL: parse(t, baseURL), Brand: brand},
		Console: recovery.Front{Outbox: outbox.To(mail.ToVendor, consoleBaseURL), BaseURL: parse(t, consoleBaseURL), Brand: brand},
	})
	maps.Copy(p.sender.Composers, p.Recoveries.Composers())
	maps.Copy(p.console.sender.Composers, p.Recoveries.Composers())
	p.Clients = client.New(client.Options{DB: p.DB, Invitations: p.Invitations, Notices: p.Notices, Outbox: outbox, BaseURL: parse(t, baseURL)})
	maps.Copy(p.sender.Composers, p.Clients.Composers())
	p.Through(t, p.Post)
}

// AtConsole is the same node as operators see it. The vendor is made the first time.
func (p *Place) AtConsole(t testing.TB) *Place {
	t.Helper()
	if p.console.Northwind == "" {
		p.console.Northwind = p.organization(t, organization.Vendor, brand)
	}
	p.console.Dispatcher = p.Dispatcher
	return p.console
}

// front wires the services for the people of one kind of organization.
func (p *Place) front(t testing.TB, kind organization.Kind, outbox *mail.Outbox, at string) {
	t.Helper()
	p.kind = kind
	base := parse(t, at)
	d, modules := p.DB, access.BuiltIn()
	if kind == organization.Vendor {
		modules = access.OfConsole()
	}
	knownBrowsers, throttles := session.NewKnownBrowsers(Ring(), p.Clock.Now), throttle.New(d)
	p.Sessions = session.NewSessions(d, kind)
	p.Notices = notice.New(notice.Options{Outbox: outbox, RecoveryCodes: p.RecoveryCodes, BaseURL: base})
	p.Accounts = account.New(account.Options{
		Kind: kind, DB: d, Passwords: Passwords(), Outbox: outbox, Notices: p.Notices, BaseURL: base, Brand: brand,
	})
	p.Invitations = invitation.New(invitation.Options{
		Kind: kind, DB: d, Passwords: Passwords(), KnownBrowsers: knownBrowsers, Outbox: outbox, BaseURL: base, Brand: brand,
	})
	proofs := proof.New(proof.Options{
		DB: d, Passwords: Passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles,
	})
	p.Addresses = address.New(address.Options{
		Kind: kind, DB: d, Outbox: outbox, Notices: p.Notices, Accounts: p.Accounts, Invitations: p.Invitations, Proofs: proofs, BaseURL: base,
	})
	p.Profiles = profile.New(profile.Options{
		DB: d, Passwords: Passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Notices: p.Notices,
		Accounts: p.Accounts, Proofs: proofs, Brand: brand,
	})
	p.SignIn = signin.New(signin.Options{
		Kind: kind, DB: d, Passwords: Passwords(), KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Proofs: proofs,
		Accounts: p.Accounts, Invitations: p.Invitations, BaseURL: base,
	})
	p.Administration = administration.New(administration.Options{
		Kind: kind, DB: d, Modules: modules, Accounts: p.Accounts, Invitations: p.Invitations, SecondFactors: p.SecondFactors,
		RecoveryCodes: p.RecoveryCodes, SpokenCodes: credential.NewSpokenCodes(Ring()),
		Outbox: outbox, Notices: p.Notices, BaseURL: base,
	})
	p.Settings = settings.New(settings.Options{DB: d, Outbox: outbox, Notices: p.Notices, BaseURL: base})
	p.Roles = role.New(role.Options{DB: d, Modules: modules})
	p.sender = mail.Sender{
		Letterhead: mail.Letterhead{Brand: brand, From: "idkit@id.example", BaseURL: at}, Composers: p.Notices.Composers(), BrandOf: settings.BrandOf,
	}
	for _, more := range []map[mail.Kind]mail.Composer{
		p.Accounts.Composers(), p.Invitations.Composers(), p.Addresses.Composers(), p.Administration.Composers(), p.SignIn.Composers(), p.Settings.Composers(),
	} {
		maps.Copy(p.sender.Composers, more)
	}
}

func parse(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	MustNot(t, err)
	return u
}

// Through makes the letters leave by that mail server.
func (p *Place) Through(t testing.TB, server mail.Deliverer) {
	t.Helper()
	catalogue, err := language.Load()
	MustNot(t, err)
	p.Dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: p.DB, Outbox: mail.NewOutbox(mail.OutboxOptions{BaseURL: baseURL, Deliverer: server}),
		Catalogue: catalogue, Log: slog.New(slog.DiscardHandler),
		Senders: map[mail.Front]mail.Sender{mail.ToClients: p.sender, mail.ToVendor: p.console.sender},
	})
	MustNot(t, err)
}

// Organization makes a client organization and returns its id.
func (p *Place) Organization(t testing.TB, name string) (organizationID string) {
	t.Helper()
	return p.organization(t, organization.Client, name)
}

func (p *Place) organization(t testing.TB, kind organization.Kind, name string) (organizationID string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		o, _, err := organization.Create(ctx, tx, kind, name)
		organizationID = o.ID
		return err
	})
	return organizationID
}
