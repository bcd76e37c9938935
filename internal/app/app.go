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

	"golang.org/x/sync/errgroup"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/client"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/epoch"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/operator"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/recovery"
	"idkit/internal/domain/session"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/metrics"
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
	Unsynced bool      // see db.Options: for an installation that ends with its test
}

// App is the whole installation, open but not yet serving.
type App struct {
	options        Options
	db             *db.DB
	catalogue      *language.Catalogue
	pages          *page.Renderer
	portal         *front
	console        *front
	clients        *client.Service
	dispatcher     *mail.Dispatcher
	portalHandler  http.Handler
	consoleHandler http.Handler
	metrics        *metrics.Registry
}

// memoryLimit is where the garbage collector starts to work harder, in bytes:
// password hashes leave 46 MiB of garbage each.
const memoryLimit = 128 << 20

// garbagePercent is how much garbage may gather, as a share of what is in use: with 5 MiB in use, it costs
// 5 MiB more than Go's own 100, and saves a page a seventh of its processor time.
const garbagePercent = 200

// New opens the database, brings its schema up to date and wires the parts.
func New(ctx context.Context, o Options) (_ *App, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := o.Config.Validate(); err != nil {
		return nil, err
	}
	a := &App{options: o}
	var start errgroup.Group // the pages take a processor for about as long as the database takes another
	start.Go(func() error { return a.open(ctx) })
	start.Go(a.speak)
	defer func() {
		if err != nil && a.db != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := start.Wait(); err != nil {
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

// open makes the database ready.
func (a *App) open(ctx context.Context) (err error) {
	a.db, err = db.Open(ctx, db.Options{URL: a.options.Config.Database, Now: a.options.Now, Unsynced: a.options.Unsynced})
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx, a.db); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return a.db.Read(ctx, func(tx *db.Tx) error { return epoch.Check(ctx, tx) })
}

// speak makes what is said and shown.
func (a *App) speak() (err error) {
	if a.catalogue, err = language.Load(); err != nil {
		return err
	}
	c := a.options.Config
	a.pages, err = page.New(page.Options{Catalogue: a.catalogue, Brand: c.Brand, SupportURL: c.SupportURL})
	return err
}

// wire reads from top to bottom: what stands below uses what stands above.
func (a *App) wire(keyring *secret.Keyring) error {
	c := a.options.Config
	mailbox, deliverer, err := delivery(c)
	if err != nil {
		return err
	}
	modules, err := modulesOf(c)
	if err != nil {
		return err
	}
	passwords, err := credential.NewPasswords(credential.PasswordOptions{Keyring: keyring})
	if err != nil {
		return err
	}
	g := ground{
		db: a.db, keyring: keyring, passwords: passwords, secondFactors: credential.NewSecondFactors(keyring),
		recoveryCodes: credential.NewRecoveryCodes(keyring), knownBrowsers: session.NewKnownBrowsers(keyring, a.options.Now),
		throttles: throttle.New(a.db), catalogue: a.catalogue, pages: a.pages, log: a.options.Log, now: a.options.Now,
		supportURL: c.SupportURL, mailFrom: c.MailFrom,
	}
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: c.BaseURL, Deliverer: deliverer})
	a.portal = &front{kind: organization.Client, brand: c.Brand, baseURL: c.URL(), outbox: outbox, modules: modules}
	a.console = &front{
		kind: organization.Vendor, brand: c.Brand + " Console", baseURL: c.OperatorURL(), outbox: outbox.To(mail.ToVendor, c.OperatorURL().String()), modules: access.OfConsole(),
	}
	a.portal.build(g)
	a.console.build(g)
	a.clients = client.New(client.Options{DB: a.db, Invitations: a.portal.invitations, Notices: a.portal.notices, Outbox: outbox, BaseURL: c.URL()})
	a.console.clients = a.clients
	recoveries := recovery.New(recovery.Options{
		DB: a.db, Invitations: a.portal.invitations, Portal: a.portal.correspondence(), Console: a.console.correspondence(), Log: a.options.Log,
	})
	a.portal.recoveries, a.console.recoveries = recoveries, recoveries
	a.dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: a.db, Outbox: outbox, Catalogue: a.catalogue, Log: a.options.Log,
		Senders: map[mail.Front]mail.Sender{mail.ToClients: a.portal.sender(g, a.clients, recoveries), mail.ToVendor: a.console.sender(g, recoveries)},
	})
	if err != nil {
		return err
	}
	a.metrics = newMetrics(a.db, passwords, a.options.Now)
	traffic := web.NewTraffic(a.metrics, "portal")
	a.portalHandler = a.portal.handler(g, reach{traffic: traffic, development: c.Development(), plain: c.Development(), mailbox: mailbox, proxies: c.Proxies()})
	console := reach{traffic: traffic.Of("console"), plain: c.OperatorURL().Scheme == "http"}
	if !console.plain { // without TLS it is reached on the host, or through a tunnel that ends there: nobody stands between
		console.proxies = c.Proxies()
	}
	a.consoleHandler = a.console.handler(g, console)
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

// Handler is the portal, for tests and for Run.
func (a *App) Handler() http.Handler { return a.portalHandler }

// Console is the operator's console, for tests and for Run.
func (a *App) Console() http.Handler { return a.consoleHandler }

// Accounts carries out the acts of the command line.
func (a *App) Accounts() *account.Service { return a.portal.accounts }

// Invitations carries out the acts of the command line that invite.
func (a *App) Invitations() *invitation.Service { return a.portal.invitations }

// Operators carries out the acts of the command line on operators.
func (a *App) Operators() *operator.Service {
	return operator.New(operator.Options{
		DB: a.db, Invitations: a.console.invitations, Administration: a.console.administration, VendorName: a.options.Config.Brand,
	})
}

// Clients carries out the acts of the command line on client organizations.
func (a *App) Clients() *client.Service { return a.clients }

// Recoveries carries out the acts of the command line that recover a client.
func (a *App) Recoveries() *recovery.Service { return a.portal.recoveries }

// DB is the open database, for the acts of the command line.
func (a *App) DB() *db.DB { return a.db }

// Close closes the database.
func (a *App) Close() error { return a.db.Close() }

// boundMemory keeps a flood of log-ins from doubling the heap, and lets more
// garbage of pages gather than Go does, unless the operator has set GOMEMLIMIT or GOGC.
func boundMemory() {
	if debug.SetMemoryLimit(-1) > memoryLimit {
		debug.SetMemoryLimit(memoryLimit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}
