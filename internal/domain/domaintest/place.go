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
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/role"
	"idkit/internal/domain/session"
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
	brand   = "IDKit"
	baseURL = "https://id.example"
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
// sees it.
type Place struct {
	Clock     *dbtest.Clock
	Post      *Post // takes what the dispatcher hands over
	Northwind string
	address   string // of the database

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
	Roles          *role.Service
	SignIn         *signin.Service
	Dispatcher     *mail.Dispatcher
	composers      map[mail.Kind]mail.Composer
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

// AnotherNode is the same installation, with the database opened once more.
func (p *Place) AnotherNode(t testing.TB) *Place {
	t.Helper()
	other := *p
	other.open(t)
	return &other
}

// open connects to the database and wires the services, as at the start of the program.
func (p *Place) open(t testing.TB) {
	t.Helper()
	base, err := url.Parse(baseURL)
	MustNot(t, err)
	d := dbtest.Open(t, p.address, p.Clock.Now)
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: baseURL, Deliverer: p.Post})
	knownBrowsers, throttles := session.NewKnownBrowsers(Ring(), p.Clock.Now), throttle.New(d)
	p.DB, p.SecondFactors, p.RecoveryCodes = d, credential.NewSecondFactors(Ring()), credential.NewRecoveryCodes(Ring())
	p.Sessions = session.NewSessions(d)
	p.Notices = notice.New(notice.Options{Outbox: outbox, RecoveryCodes: p.RecoveryCodes, BaseURL: base, Brand: brand})
	p.Accounts = account.New(account.Options{
		DB: d, Passwords: Passwords(), Outbox: outbox, Notices: p.Notices, BaseURL: base, Brand: brand,
	})
	p.Invitations = invitation.New(invitation.Options{
		DB: d, Passwords: Passwords(), KnownBrowsers: knownBrowsers, Outbox: outbox, BaseURL: base, Brand: brand,
	})
	proofs := proof.New(proof.Options{
		DB: d, Passwords: Passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles,
	})
	p.Addresses = address.New(address.Options{
		DB: d, Outbox: outbox, Notices: p.Notices, Accounts: p.Accounts, Invitations: p.Invitations, Proofs: proofs, BaseURL: base, Brand: brand,
	})
	p.Profiles = profile.New(profile.Options{
		DB: d, Passwords: Passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Notices: p.Notices,
		Accounts: p.Accounts, Proofs: proofs, Brand: brand,
	})
	p.SignIn = signin.New(signin.Options{
		DB: d, Passwords: Passwords(), KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Proofs: proofs,
		Accounts: p.Accounts, Invitations: p.Invitations, BaseURL: base, Brand: brand,
	})
	p.Administration = administration.New(administration.Options{
		DB: d, Modules: access.BuiltIn(), Accounts: p.Accounts, Invitations: p.Invitations, SecondFactors: p.SecondFactors,
		RecoveryCodes: p.RecoveryCodes, SpokenCodes: credential.NewSpokenCodes(Ring()),
		Outbox: outbox, Notices: p.Notices, BaseURL: base, Brand: brand,
	})
	p.Roles = role.New(role.Options{DB: d, Modules: access.BuiltIn()})
	p.composers = p.Notices.Composers()
	for _, more := range []map[mail.Kind]mail.Composer{
		p.Accounts.Composers(), p.Invitations.Composers(), p.Addresses.Composers(), p.Administration.Composers(), p.SignIn.Composers(),
	} {
		maps.Copy(p.composers, more)
	}
	p.Through(t, p.Post)
}

// Through makes the letters leave by that mail server.
func (p *Place) Through(t testing.TB, server mail.Deliverer) {
	t.Helper()
	catalogue, err := language.Load()
	MustNot(t, err)
	p.Dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: p.DB, Outbox: mail.NewOutbox(mail.OutboxOptions{BaseURL: baseURL, Deliverer: server}),
		Composers: p.composers, Catalogue: catalogue, Log: slog.New(slog.DiscardHandler),
		Letterhead: mail.Letterhead{Brand: brand, From: "idkit@id.example", BaseURL: baseURL},
	})
	MustNot(t, err)
}

// Organization makes an organization and returns its id.
func (p *Place) Organization(t testing.TB, name string) (organizationID string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		o, _, err := organization.Create(ctx, tx, organization.Client, name)
		organizationID = o.ID
		return err
	})
	return organizationID
}
