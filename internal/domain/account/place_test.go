package account_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
	"idkit/internal/platform/throttle"
)

const (
	password = "correct horse battery staple"
	another  = "seventeen green umbrellas dancing"
	wrong    = "incorrect horse battery staple"
	brand    = "IDKit"
)

// ring and the costs are those of the whole test program: one hash serves all.
var (
	ring      = sync.OnceValue(func() *secret.Keyring { r, _ := secret.ParseKeyring(secret.NewKey()); return r })
	passwords = sync.OnceValue(func() *credential.Passwords {
		p, err := credential.NewPasswords(credential.PasswordOptions{Keyring: ring(), Argon2: credential.Argon2{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}})
		if err != nil {
			panic(err)
		}
		return p
	})
	passwordHash = sync.OnceValue(func() string {
		hash, err := passwords().Hash(context.Background(), password)
		if err != nil {
			panic(err)
		}
		return hash
	})
)

// post is a mail server that keeps what it takes.
type post struct {
	mu      sync.Mutex
	taken   []mail.Envelope
	offered mail.Envelope
}

func (p *post) Server() string                                 { return "smtp.test" }
func (p *post) Open(context.Context) (mail.Session, error)     { return p, nil }
func (p *post) Offer(_ context.Context, e mail.Envelope) error { p.offered = e; return nil }
func (p *post) Close()                                         {}
func (p *post) Finish(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, p.offered)
	return nil
}

// place is an installation with one organization, Northwind.
type place struct {
	DB            *db.DB
	SecondFactors *credential.SecondFactors
	RecoveryCodes *credential.RecoveryCodes
	Accounts      *account.Service
	Invitations   *account.InvitationService
	Profiles      *account.ProfileService
	SignIn        *signin.Service
	clock         *dbtest.Clock
	sessions      *session.Sessions
	post          *post
	composers     map[mail.Kind]mail.Composer
	dispatcher    *mail.Dispatcher
	northwind     string
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{clock: dbtest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)), post: &post{}}
	d := dbtest.NewAt(t, p.clock.Now)
	base, err := url.Parse("https://id.example")
	if err != nil {
		t.Fatal(err)
	}
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: base.String(), Deliverer: p.post})
	p.DB, p.SecondFactors, p.RecoveryCodes = d, credential.NewSecondFactors(ring()), credential.NewRecoveryCodes(ring())
	p.sessions = session.NewSessions(d)
	knownBrowsers, throttles := session.NewKnownBrowsers(ring(), p.clock.Now), throttle.New(d)
	notices := notice.New(notice.Options{Outbox: outbox, RecoveryCodes: p.RecoveryCodes, BaseURL: base, Brand: brand})
	p.Accounts = account.New(account.Options{
		DB: d, Passwords: passwords(), Outbox: outbox, Notices: notices, BaseURL: base, Brand: brand,
	})
	p.Invitations = account.NewInvitations(account.InvitationOptions{
		DB: d, Passwords: passwords(), KnownBrowsers: knownBrowsers, Outbox: outbox, BaseURL: base, Brand: brand,
	})
	p.Profiles = account.NewProfiles(account.ProfileOptions{
		DB: d, Passwords: passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Notices: notices,
		Accounts: p.Accounts, Invitations: p.Invitations, BaseURL: base, Brand: brand,
	})
	p.SignIn = signin.New(signin.Options{
		DB: d, Passwords: passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox,
		Accounts: p.Accounts, Invitations: p.Invitations, BaseURL: base, Brand: brand,
	})
	p.composers = notices.Composers()
	for _, more := range []map[mail.Kind]mail.Composer{
		p.Accounts.Composers(), p.Invitations.Composers(), p.Profiles.Composers(), p.SignIn.Composers(),
	} {
		maps.Copy(p.composers, more)
	}
	p.through(t, p.post)
	p.northwind = p.organization(t, "Northwind")
	return p
}

// through makes the letters leave by that mail server.
func (p *place) through(t testing.TB, server mail.Deliverer) {
	t.Helper()
	catalogue, err := language.Load()
	mustNot(t, err)
	p.dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: p.DB, Outbox: mail.NewOutbox(mail.OutboxOptions{BaseURL: "https://id.example", Deliverer: server}),
		Composers: p.composers, Catalogue: catalogue, Log: slog.New(slog.DiscardHandler),
		Letterhead: mail.Letterhead{Brand: brand, From: "idkit@id.example", BaseURL: "https://id.example"},
	})
	mustNot(t, err)
}

func (p *place) write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (p *place) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

func (p *place) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&n) })
	return n
}

func (p *place) text(t testing.TB, query string, args ...any) (s string) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&s) })
	return s
}

func (p *place) events(t testing.TB, action string) int {
	t.Helper()
	return p.count(t, `SELECT count(*) FROM audit_events WHERE action = $1`, action)
}

func (p *place) organization(t testing.TB, name string) (organizationID string) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		o, _, err := organization.Create(ctx, tx, name)
		organizationID = o.ID
		return err
	})
	return organizationID
}

// holder is somebody with an account.
type holder struct {
	email, account, user string
	key                  string // of the authenticator
}

// person makes an active user of Northwind with the password of all tests.
func (p *place) person(t testing.TB) *holder {
	t.Helper()
	who := &holder{account: id.New("acc")}
	who.email = who.account + "@northwind.example"
	p.exec(t, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $2, $3, $4, '', 'en', $4)`, who.account, who.email, passwordHash(), p.clock.Now())
	who.user = p.join(t, who, p.northwind)
	return who
}

func (p *place) join(t testing.TB, who *holder, organizationID string) (userID string) {
	t.Helper()
	userID = id.New("usr")
	p.exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, 'Priya', 'Shah', $4, $4, '', id, 'active', $5 FROM roles WHERE organization_id = $1 AND kind = 'administrator'`,
		organizationID, userID, who.account, who.email, p.clock.Now())
	return userID
}

func (p *place) setStatus(t testing.TB, who *holder, status string) {
	t.Helper()
	p.exec(t, `UPDATE users SET status = $2 WHERE id = $1`, who.user, status)
}

// browser is a session as one of the person's browsers holds it.
type browser struct {
	place *place
	token string
}

// logIn starts a session, without signin.
func (p *place) logIn(t testing.TB, who *holder) *browser {
	t.Helper()
	var started session.Started
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, session.New{
			OrganizationID: p.northwind, UserID: who.user, AccountID: who.account, SecondFactor: who.key != "", Origin: origin,
		})
		return err
	})
	return &browser{p, started.Token.Reveal()}
}

// back is a new session of a user whose last one ran out.
func (p *place) back(t testing.TB, actor access.Actor) access.Actor {
	t.Helper()
	return p.logIn(t, &holder{account: actor.AccountID, user: actor.UserID}).must(t).Actor
}

var origin = access.Origin{Address: "198.51.100.7", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"}

// current is what the next request of the browser finds, or the refusal.
func (b *browser) current(t testing.TB) (session.Current, error) {
	t.Helper()
	return b.place.sessions.Authenticate(t.Context(), b.token, origin)
}

func (b *browser) must(t testing.TB) session.Current {
	t.Helper()
	current, err := b.current(t)
	if err != nil {
		t.Fatalf("the session is refused: %v", err)
	}
	return current
}

func (b *browser) keep(t testing.TB, token secret.Token, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b.token = token.Reveal()
}

func proof(password string) account.Proof { return account.Proof{Password: password} }

// deliver works the outbox off.
func (p *place) deliver(t testing.TB) {
	t.Helper()
	if _, err := p.dispatcher.DispatchDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// letters returns the delivered letters to an address, as readable text.
func (p *place) letters(t testing.TB, address string) (all []string) {
	t.Helper()
	p.deliver(t)
	p.post.mu.Lock()
	defer p.post.mu.Unlock()
	for _, e := range p.post.taken {
		if e.To == address {
			all = append(all, strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(e.Message)))
		}
	}
	return all
}

// link returns the token of the newest link of that path in the mailbox, or "".
func (p *place) link(t testing.TB, address, path string) string {
	t.Helper()
	pattern := regexp.MustCompile(`https://id\.example/` + path + `\?token=([A-Za-z0-9_-]{43})`)
	letters := p.letters(t, address)
	for i := len(letters) - 1; i >= 0; i-- {
		if found := pattern.FindStringSubmatch(letters[i]); found != nil {
			return found[1]
		}
	}
	return ""
}

func (p *place) mustLink(t testing.TB, address, path string) string {
	t.Helper()
	token := p.link(t, address, path)
	if token == "" {
		t.Fatalf("%s got no link to %s", address, path)
	}
	return token
}

// protect gives the person a second factor and recovery codes.
func (p *place) protect(t testing.TB, who *holder) (recovery []string) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		enrolment, err := p.SecondFactors.Begin(ctx, tx, who.account, "ses_set_up")
		if err != nil {
			return err
		}
		who.key = enrolment.Key.Reveal()
		if err := p.SecondFactors.Confirm(ctx, tx, who.account, "ses_set_up", p.code(t, who.key)); err != nil {
			return err
		}
		sheet, err := p.RecoveryCodes.Issue(ctx, tx, who.account)
		if err != nil {
			return err
		}
		for _, code := range sheet.Codes {
			recovery = append(recovery, code.Reveal())
		}
		return p.RecoveryCodes.Confirm(ctx, tx, who.account)
	})
	p.clock.Advance(time.Minute) // the code of the proof is used up
	return recovery
}

func (p *place) code(t testing.TB, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, p.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// refused checks a refusal by its code, or by the code of one of its fields.
func refused(t testing.TB, err error, want *fault.Fault) {
	t.Helper()
	if !refusedAs(err, want) {
		t.Errorf("refused with %v, want %s", err, want.Code)
	}
}

func refusedAs(err error, want *fault.Fault) bool {
	if errors.Is(err, want) {
		return true
	}
	f, _ := fault.Of(err)
	if f == nil {
		return false
	}
	for _, field := range f.Fields {
		if field.Code == want.Code {
			return true
		}
	}
	return false
}

func mustNot(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// together runs the acts at the same moment and returns what they answered.
func together(acts ...func() error) []error {
	answers := make([]error, len(acts))
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i, act := range acts {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			answers[i] = act()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return answers
}

func succeeded(answers []error) (n int) {
	for _, err := range answers {
		if err == nil {
			n++
		}
	}
	return n
}

func describe(answers []error) string { return fmt.Sprint(answers) }
