package domaintest

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
	"idkit/internal/domain/administration"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
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
	Password = "correct horse battery staple"
	Another  = "seventeen green umbrellas dancing"
	Wrong    = "incorrect horse battery staple"
	brand    = "IDKit"
)

// ring and the costs are those of the whole test program: one hash serves all.
var (
	ring      = sync.OnceValue(func() *secret.Keyring { r, _ := secret.ParseKeyring(secret.NewKey()); return r })
	Passwords = sync.OnceValue(func() *credential.Passwords {
		p, err := credential.NewPasswords(credential.PasswordOptions{Keyring: ring(), Argon2: credential.Argon2{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}})
		if err != nil {
			panic(err)
		}
		return p
	})
	PasswordHash = sync.OnceValue(func() string {
		hash, err := Passwords().Hash(context.Background(), Password)
		if err != nil {
			panic(err)
		}
		return hash
	})
)

// post is a mail server that keeps what it takes.
type Post struct {
	mu      sync.Mutex
	Taken   []mail.Envelope
	Offered mail.Envelope
}

func (p *Post) Server() string                                 { return "smtp.test" }
func (p *Post) Open(context.Context) (mail.Session, error)     { return p, nil }
func (p *Post) Offer(_ context.Context, e mail.Envelope) error { p.Offered = e; return nil }
func (p *Post) Close()                                         {}
func (p *Post) Finish(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Taken = append(p.Taken, p.Offered)
	return nil
}

// Place is an installation with one organization, Northwind, as one of its nodes
// sees it.
type Place struct {
	DB             *db.DB
	SecondFactors  *credential.SecondFactors
	RecoveryCodes  *credential.RecoveryCodes
	Accounts       *account.Service
	Invitations    *invitation.Service
	Profiles       *profile.Service
	Administration *administration.Service
	SignIn         *signin.Service
	Clock          *dbtest.Clock
	Sessions       *session.Sessions
	Post           *Post
	address        string // of the database
	composers      map[mail.Kind]mail.Composer
	Dispatcher     *mail.Dispatcher
	Northwind      string
}

func NewPlace(t testing.TB) *Place {
	t.Helper()
	p := &Place{address: dbtest.URL(t), Clock: dbtest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)), Post: &Post{}}
	p.open(t)
	p.Northwind = p.Organization(t, "Northwind")
	return p
}

// AnotherNode is the same installation, with the database opened once more.
func (p *Place) AnotherNode(t testing.TB) *Place {
	t.Helper()
	other := &Place{address: p.address, Clock: p.Clock, Post: p.Post, Northwind: p.Northwind}
	other.open(t)
	return other
}

// open opens the database and makes the services that share it.
func (p *Place) open(t testing.TB) {
	t.Helper()
	d := dbtest.Open(t, p.address, p.Clock.Now)
	base, err := url.Parse("https://id.example")
	if err != nil {
		t.Fatal(err)
	}
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: base.String(), Deliverer: p.Post})
	p.DB, p.SecondFactors, p.RecoveryCodes = d, credential.NewSecondFactors(ring()), credential.NewRecoveryCodes(ring())
	p.Sessions = session.NewSessions(d)
	knownBrowsers, throttles := session.NewKnownBrowsers(ring(), p.Clock.Now), throttle.New(d)
	notices := notice.New(notice.Options{Outbox: outbox, RecoveryCodes: p.RecoveryCodes, BaseURL: base, Brand: brand})
	p.Accounts = account.New(account.Options{
		DB: d, Passwords: Passwords(), Outbox: outbox, Notices: notices, BaseURL: base, Brand: brand,
	})
	p.Invitations = invitation.New(invitation.Options{
		DB: d, Passwords: Passwords(), KnownBrowsers: knownBrowsers, Outbox: outbox, BaseURL: base, Brand: brand,
	})
	p.Profiles = profile.New(profile.Options{
		DB: d, Passwords: Passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox, Notices: notices,
		Accounts: p.Accounts, Invitations: p.Invitations, BaseURL: base, Brand: brand,
	})
	p.SignIn = signin.New(signin.Options{
		DB: d, Passwords: Passwords(), SecondFactors: p.SecondFactors, RecoveryCodes: p.RecoveryCodes,
		KnownBrowsers: knownBrowsers, Throttle: throttles, Outbox: outbox,
		Accounts: p.Accounts, Invitations: p.Invitations, BaseURL: base, Brand: brand,
	})
	p.Administration = administration.New(administration.Options{
		DB: d, Accounts: p.Accounts, Invitations: p.Invitations, Passwords: Passwords(), SecondFactors: p.SecondFactors,
		RecoveryCodes: p.RecoveryCodes, SpokenCodes: credential.NewSpokenCodes(ring()), Throttle: throttles,
		Outbox: outbox, Notices: notices, BaseURL: base, Brand: brand,
	})
	p.composers = notices.Composers()
	for _, more := range []map[mail.Kind]mail.Composer{
		p.Accounts.Composers(), p.Invitations.Composers(), p.Profiles.Composers(), p.Administration.Composers(), p.SignIn.Composers(),
	} {
		maps.Copy(p.composers, more)
	}
	p.Through(t, p.Post)
}

// through makes the letters leave by that mail server.
func (p *Place) Through(t testing.TB, server mail.Deliverer) {
	t.Helper()
	catalogue, err := language.Load()
	MustNot(t, err)
	p.Dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: p.DB, Outbox: mail.NewOutbox(mail.OutboxOptions{BaseURL: "https://id.example", Deliverer: server}),
		Composers: p.composers, Catalogue: catalogue, Log: slog.New(slog.DiscardHandler),
		Letterhead: mail.Letterhead{Brand: brand, From: "idkit@id.example", BaseURL: "https://id.example"},
	})
	MustNot(t, err)
}

func (p *Place) Write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := p.DB.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (p *Place) Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

func (p *Place) Count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&n) })
	return n
}

func (p *Place) Text(t testing.TB, query string, args ...any) (s string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&s) })
	return s
}

func (p *Place) Events(t testing.TB, action string) int {
	t.Helper()
	return p.Count(t, `SELECT count(*) FROM audit_events WHERE action = $1`, action)
}

func (p *Place) Organization(t testing.TB, name string) (organizationID string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		o, _, err := organization.Create(ctx, tx, name)
		organizationID = o.ID
		return err
	})
	return organizationID
}

// holder is somebody with an account.
type Holder struct {
	Email, Account, user string
	Key                  string // of the authenticator
}

// person makes an active user of Northwind with the password of all tests.
func (p *Place) Person(t testing.TB) *Holder {
	t.Helper()
	who := &Holder{Account: id.New("acc")}
	who.Email = who.Account + "@northwind.example"
	p.Exec(t, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $2, $3, $4, '', 'en', $4)`, who.Account, who.Email, PasswordHash(), p.Clock.Now())
	who.user = p.Join(t, who, p.Northwind)
	return who
}

func (p *Place) Join(t testing.TB, who *Holder, organizationID string) (userID string) {
	t.Helper()
	userID = id.New("usr")
	p.Exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, 'Priya', 'Shah', $4, $4, '', id, 'active', $5 FROM roles WHERE organization_id = $1 AND kind = 'administrator'`,
		organizationID, userID, who.Account, who.Email, p.Clock.Now())
	return userID
}

func (p *Place) SetStatus(t testing.TB, who *Holder, status string) {
	t.Helper()
	p.Exec(t, `UPDATE users SET status = $2 WHERE id = $1`, who.user, status)
}

// browser is a session as one of the person's browsers holds it.
type Browser struct {
	place *Place
	Token string
}

// browser is a browser that holds the token.
func (p *Place) Browser(token string) *Browser { return &Browser{p, token} }

// logIn starts a session, without signin.
func (p *Place) LogIn(t testing.TB, who *Holder) *Browser {
	t.Helper()
	var started session.Started
	p.Write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, session.New{
			OrganizationID: p.Northwind, UserID: who.user, AccountID: who.Account, SecondFactor: who.Key != "", Origin: Origin,
		})
		return err
	})
	return p.Browser(started.Token.Reveal())
}

// back is a new session of a user whose last one ran out.
func (p *Place) Back(t testing.TB, actor access.Actor) access.Actor {
	t.Helper()
	return p.LogIn(t, &Holder{Account: actor.AccountID, user: actor.UserID}).Must(t).Actor
}

var Origin = access.Origin{Address: "198.51.100.7", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"}

// current is what the next request of the browser finds, or the refusal.
func (b *Browser) Current(t testing.TB) (session.Current, error) {
	t.Helper()
	return b.place.Sessions.Authenticate(t.Context(), b.Token, Origin)
}

func (b *Browser) Must(t testing.TB) session.Current {
	t.Helper()
	current, err := b.Current(t)
	if err != nil {
		t.Fatalf("the session is refused: %v", err)
	}
	return current
}

func (b *Browser) Keep(t testing.TB, token secret.Token, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b.Token = token.Reveal()
}

func Proof(password string) profile.Proof { return profile.Proof{Password: password} }

// deliver works the outbox off.
func (p *Place) Deliver(t testing.TB) {
	t.Helper()
	if _, err := p.Dispatcher.DispatchDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// To returns what was taken for an address, the oldest first.
func (p *Post) To(address string) (all []mail.Envelope) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.Taken {
		if e.To == address {
			all = append(all, e)
		}
	}
	return all
}

// Letters returns the delivered letters to an address, as readable text.
func (p *Place) Letters(t testing.TB, address string) (all []string) {
	t.Helper()
	p.Deliver(t)
	for _, e := range p.Post.To(address) {
		all = append(all, strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(e.Message)))
	}
	return all
}

// link returns the token of the newest link of that path in the mailbox, or "".
func (p *Place) Link(t testing.TB, address, path string) string {
	t.Helper()
	pattern := regexp.MustCompile(`https://id\.example/` + path + `\?token=([A-Za-z0-9_-]{43})`)
	letters := p.Letters(t, address)
	for i := len(letters) - 1; i >= 0; i-- {
		if found := pattern.FindStringSubmatch(letters[i]); found != nil {
			return found[1]
		}
	}
	return ""
}

func (p *Place) MustLink(t testing.TB, address, path string) string {
	t.Helper()
	token := p.Link(t, address, path)
	if token == "" {
		t.Fatalf("%s got no link to %s", address, path)
	}
	return token
}

// protect gives the person a second factor and recovery codes.
func (p *Place) Protect(t testing.TB, who *Holder) (recovery []string) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		enrolment, err := p.SecondFactors.Begin(ctx, tx, who.Account, "ses_set_up")
		if err != nil {
			return err
		}
		who.Key = enrolment.Key.Reveal()
		if err := p.SecondFactors.Confirm(ctx, tx, who.Account, "ses_set_up", p.Code(t, who.Key)); err != nil {
			return err
		}
		sheet, err := p.RecoveryCodes.Issue(ctx, tx, who.Account)
		if err != nil {
			return err
		}
		for _, code := range sheet.Codes {
			recovery = append(recovery, code.Reveal())
		}
		return p.RecoveryCodes.Confirm(ctx, tx, who.Account)
	})
	p.Clock.Advance(time.Minute) // the code of the proof is used up
	return recovery
}

func (p *Place) Code(t testing.TB, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, p.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// refused checks a refusal by its code, or by the code of one of its fields.
func Refused(t testing.TB, err error, want *fault.Fault) {
	t.Helper()
	if !RefusedAs(err, want) {
		t.Errorf("refused with %v, want %s", err, want.Code)
	}
}

func RefusedAs(err error, want *fault.Fault) bool {
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

func MustNot(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// together runs the acts at the same moment and returns what they answered.
func Together(acts ...func() error) []error {
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

func Succeeded(answers []error) (n int) {
	for _, err := range answers {
		if err == nil {
			n++
		}
	}
	return n
}

func Describe(answers []error) string { return fmt.Sprint(answers) }
