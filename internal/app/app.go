package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/address"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/directory"
	"idkit/internal/domain/epoch"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/role"
	"idkit/internal/domain/roster"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/idempotency"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
	"idkit/internal/platform/throttle"
	"idkit/internal/transport/web"
	"idkit/internal/transport/web/page"
)

// Options are what an App is made of.
type Options struct {
	Config   config.Config
	Now      func() time.Time // the clock; nil is the real one
	Log      *slog.Logger
	Announce io.Writer // where the first run prints its set-up address
}

// App is the whole portal, open but not yet serving.
type App struct {
	options     Options
	db          *db.DB
	accounts    *account.Service
	invitations *invitation.Service
	roster      *roster.Service
	dispatcher  *mail.Dispatcher
	portal      http.Handler
}

// memoryLimit is where the garbage collector starts to work harder, in bytes:
// password hashes leave 46 MiB of garbage each.
const memoryLimit = 128 << 20

// New opens the database, brings its schema up to date and wires the parts.
func New(ctx context.Context, o Options) (_ *App, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := o.Config.Validate(); err != nil {
		return nil, err
	}
	database, err := db.Open(ctx, db.Options{URL: o.Config.Database, Now: o.Now})
	if err != nil {
		return nil, err
	}
	a := &App{options: o, db: database}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := db.Migrate(ctx, database); err != nil {
		return nil, fmt.Errorf("migrate the database: %w", err)
	}
	if err := database.Read(ctx, func(tx *db.Tx) error { return epoch.Check(ctx, tx) }); err != nil {
		return nil, err
	}
	keyring, err := o.Config.Keyring()
	if err != nil {
		return nil, err
	}
	if err := a.wire(keyring); err != nil {
		return nil, err
	}
	return a, nil
}

// wire reads from top to bottom: what stands below uses what stands above.
func (a *App) wire(keyring *secret.Keyring) error {
	c := a.options.Config
	catalogue, err := language.Load()
	if err != nil {
		return err
	}
	mailbox, deliverer, err := delivery(c)
	if err != nil {
		return err
	}
	modules, err := modulesOf(c)
	if err != nil {
		return err
	}
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: c.BaseURL, Deliverer: deliverer})
	throttles := throttle.New(a.db)
	passwords, err := credential.NewPasswords(credential.PasswordOptions{Keyring: keyring})
	if err != nil {
		return err
	}
	secondFactors := credential.NewSecondFactors(keyring)
	recoveryCodes := credential.NewRecoveryCodes(keyring)
	sessions := session.NewSessions(a.db)
	knownBrowsers := session.NewKnownBrowsers(keyring, a.options.Now)
	notices := notice.New(notice.Options{Outbox: outbox, RecoveryCodes: recoveryCodes, BaseURL: c.URL(), Brand: c.Brand})
	a.accounts = account.New(account.Options{
		DB: a.db, Passwords: passwords, Outbox: outbox, Notices: notices, BaseURL: c.URL(), Brand: c.Brand,
	})
	a.invitations = invitation.New(invitation.Options{
		DB: a.db, Passwords: passwords, KnownBrowsers: knownBrowsers, Outbox: outbox, BaseURL: c.URL(), Brand: c.Brand,
	})
	proofs := proof.New(proof.Options{
		DB: a.db, Passwords: passwords, SecondFactors: secondFactors, RecoveryCodes: recoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles,
	})
	addresses := address.New(address.Options{
		DB: a.db, Outbox: outbox, Notices: notices, Accounts: a.accounts, Invitations: a.invitations, Proofs: proofs,
		BaseURL: c.URL(), Brand: c.Brand,
	})
	profiles := profile.New(profile.Options{
		DB: a.db, Passwords: passwords, SecondFactors: secondFactors, RecoveryCodes: recoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Notices: notices,
		Accounts: a.accounts, Proofs: proofs, Brand: c.Brand,
	})
	signIn := signin.New(signin.Options{
		DB: a.db, Passwords: passwords, KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Proofs: proofs,
		Accounts: a.accounts, Invitations: a.invitations, BaseURL: c.URL(), Brand: c.Brand,
	})
	administrators := administration.New(administration.Options{
		DB: a.db, Modules: modules, Accounts: a.accounts, Invitations: a.invitations, SecondFactors: secondFactors, RecoveryCodes: recoveryCodes,
		SpokenCodes: credential.NewSpokenCodes(keyring), Outbox: outbox, Notices: notices, BaseURL: c.URL(), Brand: c.Brand,
	})
	a.roster = roster.New(roster.Options{DB: a.db, Invitations: a.invitations, Throttle: throttles, Log: a.options.Log})
	a.dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: a.db, Outbox: outbox, Composers: composers(notices, a.accounts, a.invitations, addresses, signIn, administrators), Catalogue: catalogue, Log: a.options.Log,
		Letterhead: mail.Letterhead{Brand: c.Brand, From: c.MailFrom, BaseURL: c.BaseURL, SupportURL: c.SupportURL},
	})
	if err != nil {
		return err
	}
	pages, err := page.New(page.Options{Catalogue: catalogue, Brand: c.Brand, SupportURL: c.SupportURL})
	if err != nil {
		return err
	}
	a.portal = web.New(web.Options{
		DB: a.db, Accounts: a.accounts, Invitations: a.invitations, Addresses: addresses, Profiles: profiles, Administration: administrators,
		Directory: directory.New(directory.Options{DB: a.db, Throttle: throttles, Outbox: outbox}), Roster: a.roster, Audit: audit.New(audit.Options{DB: a.db, Throttle: throttles}), SignIn: signIn, Sessions: sessions, Outbox: outbox, Mailbox: mailbox,
		Roles: role.New(role.Options{DB: a.db, Modules: modules}), Modules: modules,
		Repeats: idempotency.New(a.db), Keyring: keyring, Catalogue: catalogue, Pages: pages,
		Log: a.options.Log, Now: a.options.Now, BaseURL: c.URL(), Development: c.Development(), Proxies: c.Proxies(),
		Brand: c.Brand, SupportURL: c.SupportURL, MailFrom: c.MailFrom,
	})
	return nil
}

// modulesOf are the built-in modules and those that the deployment adds by a file.
func modulesOf(c config.Config) (access.Modules, error) {
	if c.ModulesFile == "" {
		return access.BuiltIn(), nil
	}
	content, err := os.ReadFile(c.ModulesFile)
	if err != nil {
		return nil, fmt.Errorf("IDKIT_MODULES_FILE: %w", err)
	}
	modules, err := access.BuiltIn().WithAdded(content, page.ModuleIcons())
	if err != nil {
		return nil, fmt.Errorf("IDKIT_MODULES_FILE: %s: %w", c.ModulesFile, err)
	}
	return modules, nil
}

// delivery chooses the way out for letters: the mail server, on a developer's
// machine without one the mailbox, or none.
func delivery(c config.Config) (*mail.Mailbox, mail.Deliverer, error) {
	if folder := c.Mailbox(); folder != "" {
		mailbox, err := mail.OpenMailbox(folder)
		return mailbox, mailbox, err
	}
	if c.SMTP == "" {
		return nil, nil, nil
	}
	settings, err := mail.ParseSMTP(c.SMTP.Reveal())
	if err != nil {
		return nil, nil, fmt.Errorf("IDKIT_SMTP: %w", err)
	}
	return nil, mail.NewSMTP(settings, c.URL().Hostname()), nil
}

func composers(services ...interface {
	Composers() map[mail.Kind]mail.Composer
},
) map[mail.Kind]mail.Composer {
	all := map[mail.Kind]mail.Composer{}
	for _, s := range services {
		for kind, composer := range s.Composers() {
			all[kind] = composer
		}
	}
	return all
}

// Handler is the portal, for tests and for Run.
func (a *App) Handler() http.Handler { return a.portal }

// Accounts carries out the acts of the command line.
func (a *App) Accounts() *account.Service { return a.accounts }

// Invitations carries out the acts of the command line that invite.
func (a *App) Invitations() *invitation.Service { return a.invitations }

// DB is the open database, for the acts of the command line.
func (a *App) DB() *db.DB { return a.db }

// Close closes the database.
func (a *App) Close() error { return a.db.Close() }

// boundMemory keeps a flood of log-ins from doubling the heap, unless the
// operator has set GOMEMLIMIT.
func boundMemory() {
	if debug.SetMemoryLimit(-1) > memoryLimit {
		debug.SetMemoryLimit(memoryLimit)
	}
}
