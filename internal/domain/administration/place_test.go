package administration_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/audit"
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

const password = "correct horse battery staple"

var origin = access.Origin{Address: "198.51.100.7", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"}

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

// raceRounds is how often a race is run.
func raceRounds() int {
	if n, err := strconv.Atoi(os.Getenv("IDKIT_RACE_ROUNDS")); err == nil {
		return n
	}
	return 3
}

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

// node is the program on one machine: all of them share the database.
type node struct {
	*administration.Service
	accounts    *account.Service
	invitations *invitation.Service
	profiles    *profile.Service
	signIn      *signin.Service
	sessions    *session.Sessions
	dispatcher  *mail.Dispatcher
}

// place is an installation with one organization, Northwind, seen from one node.
type place struct {
	*node
	address   string // of the database
	clock     *dbtest.Clock
	post      *post
	northwind string
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{address: dbtest.URL(t), clock: dbtest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)), post: &post{}}
	p.node = p.anotherNode(t)
	p.northwind = p.organization(t, "Northwind")
	return p
}

// anotherNode opens the database once more.
func (p *place) anotherNode(t testing.TB) *node {
	t.Helper()
	d := dbtest.Open(t, p.address, p.clock.Now)
	base, err := url.Parse("https://id.example")
	mustNot(t, err)
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: base.String(), Deliverer: p.post})
	throttles, factors, codes := throttle.New(d), credential.NewSecondFactors(ring()), credential.NewRecoveryCodes(ring())
	browsers := session.NewKnownBrowsers(ring(), p.clock.Now)
	notices := notice.New(notice.Options{Outbox: outbox, RecoveryCodes: codes, BaseURL: base, Brand: "IDKit"})
	n := &node{sessions: session.NewSessions(d)}
	n.accounts = account.New(account.Options{
		DB: d, Passwords: passwords(), Outbox: outbox, Notices: notices, BaseURL: base, Brand: "IDKit",
	})
	n.invitations = invitation.New(invitation.Options{
		DB: d, Passwords: passwords(), KnownBrowsers: browsers, Outbox: outbox, BaseURL: base, Brand: "IDKit",
	})
	n.profiles = profile.New(profile.Options{
		DB: d, Passwords: passwords(), SecondFactors: factors, RecoveryCodes: codes, KnownBrowsers: browsers, Throttle: throttles,
		Outbox: outbox, Notices: notices, Accounts: n.accounts, Invitations: n.invitations, BaseURL: base, Brand: "IDKit",
	})
	n.signIn = signin.New(signin.Options{
		DB: d, Passwords: passwords(), SecondFactors: factors, RecoveryCodes: codes, KnownBrowsers: browsers,
		Throttle: throttles, Outbox: outbox, Accounts: n.accounts, Invitations: n.invitations, BaseURL: base, Brand: "IDKit",
	})
	n.Service = administration.New(administration.Options{
		DB: d, Accounts: n.accounts, Invitations: n.invitations, Passwords: passwords(), SecondFactors: factors, RecoveryCodes: codes,
		SpokenCodes: credential.NewSpokenCodes(ring()), Throttle: throttles, Outbox: outbox, Notices: notices, BaseURL: base, Brand: "IDKit",
	})
	catalogue, err := language.Load()
	mustNot(t, err)
	composers := n.accounts.Composers()
	for _, more := range []map[mail.Kind]mail.Composer{notices.Composers(), n.invitations.Composers(), n.profiles.Composers(), n.signIn.Composers(), n.Composers()} {
		for kind, composer := range more {
			composers[kind] = composer
		}
	}
	n.dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: d, Outbox: outbox, Composers: composers, Catalogue: catalogue, Log: slog.New(slog.DiscardHandler),
		Letterhead: mail.Letterhead{Brand: "IDKit", From: "idkit@id.example", BaseURL: base.String()},
	})
	mustNot(t, err)
	return n
}

func (p *place) write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	mustNot(t, p.DB.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }))
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

func (p *place) organization(t testing.TB, name string) (organizationID string) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		o, _, err := organization.Create(ctx, tx, name)
		organizationID = o.ID
		return err
	})
	return organizationID
}

// holder is somebody with an account, and who they are in an organization.
type holder struct {
	first, email, account, organization, user string
	key                                       string // of the authenticator
}

// person makes an active user of Northwind with the password of all tests.
func (p *place) person(t testing.TB, first string, kind access.RoleKind) *holder {
	t.Helper()
	who := &holder{first: first, account: id.New("acc"), organization: p.northwind}
	who.email = strings.ToLower(first) + "." + who.account + "@northwind.example"
	p.exec(t, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $2, $3, $4, '', 'en', $4)`, who.account, who.email, passwordHash(), p.clock.Now())
	return p.join(t, who, p.northwind, kind)
}

// join makes somebody a user of one more organization, and returns them as they are there.
func (p *place) join(t testing.TB, who *holder, organizationID string, kind access.RoleKind) *holder {
	t.Helper()
	there := *who
	there.organization, there.user = organizationID, id.New("usr")
	p.exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, $4, 'Shah', $5, $5, $5, id, 'active', $6 FROM roles WHERE organization_id = $1 AND kind = $7`,
		organizationID, there.user, who.account, who.first, who.email, p.clock.Now(), string(kind))
	return &there
}

// ownRole makes a role of the organization's own and gives it to somebody.
func (p *place) ownRole(t testing.TB, who *holder, permissions ...access.Permission) {
	t.Helper()
	var names []string
	for _, one := range permissions {
		names = append(names, string(one))
	}
	roleID := id.New("rol")
	p.exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', $3, $4)`,
		who.organization, roleID, strings.Join(names, " "), p.clock.Now())
	p.exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, roleID, who.user)
}

// protect gives the person a second factor.
func (p *place) protect(t testing.TB, who *holder) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		enrolment, err := p.SecondFactors.Begin(ctx, tx, who.account, "ses_set_up")
		if err != nil {
			return err
		}
		who.key = enrolment.Key.Reveal()
		return p.SecondFactors.Confirm(ctx, tx, who.account, "ses_set_up", p.code(t, who))
	})
	p.clock.Advance(time.Minute) // the code of the proof is used up
}

func (p *place) code(t testing.TB, who *holder) string {
	t.Helper()
	code, err := totp.GenerateCode(who.key, p.clock.Now())
	mustNot(t, err)
	return code
}

// browser is a session as one of the person's browsers holds it.
type browser struct {
	place *place
	token string
}

// enter starts a session, without a log-in.
func (p *place) enter(t testing.TB, who *holder) *browser {
	t.Helper()
	var started session.Started
	p.write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, session.New{
			OrganizationID: who.organization, UserID: who.user, AccountID: who.account, SecondFactor: who.key != "", Origin: origin,
		})
		return err
	})
	return &browser{p, started.Token.Reveal()}
}

// current is what the next request of the browser finds, or the refusal.
func (b *browser) current(t testing.TB) (session.Current, error) {
	t.Helper()
	return b.place.sessions.Authenticate(t.Context(), b.token, origin)
}

// actor is whom the next request of the browser acts as.
func (b *browser) actor(t testing.TB) access.Actor {
	t.Helper()
	current, err := b.current(t)
	mustNot(t, err)
	return current.Actor
}

// administrator is a new Administrator of Northwind, logged in.
func (p *place) administrator(t testing.TB) access.Actor {
	t.Helper()
	return p.enter(t, p.person(t, "Sam", access.RoleAdministrator)).actor(t)
}

// logIn is the log-in form with the right password.
func (p *place) logIn(t testing.TB, who *holder) (signin.Outcome, error) {
	t.Helper()
	return p.signIn.LogIn(t.Context(), signin.LogIn{Email: who.email, Password: password, Browser: signin.Browser{Origin: origin}})
}

func (p *place) invite(t testing.TB, actor access.Actor, email string) (userID string) {
	t.Helper()
	u, err := p.invitations.Invite(t.Context(), actor, invitation.Draft{
		FirstName: "Li", LastName: "Wen", Email: email, Language: "en",
		RoleID: p.text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = 'member'`, actor.OrganizationID),
	})
	mustNot(t, err)
	return u.ID
}

// status is how somebody stands in the database.
func (p *place) status(t testing.TB, who *holder) string {
	t.Helper()
	return p.text(t, `SELECT status FROM users WHERE id = $1`, who.user)
}

// events are the lines of an organization's trail about that, oldest first.
func (p *place) events(t testing.TB, organizationID string, action audit.Action) (all []audit.Entry) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		entries, err := db.Collect(ctx, tx, func(row db.Row) (e audit.Entry, err error) {
			return e, row.Scan(&e.Target.ID, &e.Target.Name, &e.ActorName, &e.Details)
		}, `SELECT target_id, target_name, actor_name, details FROM audit_events WHERE organization_id = $1 AND action = $2 ORDER BY sequence`,
			organizationID, string(action))
		all = entries
		return err
	})
	return all
}

// verify walks every trail.
func (p *place) verify(t testing.TB) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		trails, err := audit.Trails(ctx, tx)
		for _, trail := range trails {
			if _, broken := audit.Verify(ctx, tx, trail); broken != nil {
				t.Error(broken)
			}
		}
		return err
	})
}

// letters returns the delivered letters to an address, as readable text.
func (p *place) letters(t testing.TB, address string) (all []string) {
	t.Helper()
	_, err := p.dispatcher.DispatchDue(t.Context())
	mustNot(t, err)
	p.post.mu.Lock()
	defer p.post.mu.Unlock()
	for _, e := range p.post.taken {
		if e.To == address {
			message, err := mail.Parse(e.Message)
			mustNot(t, err)
			all = append(all, message.Subject+"\n"+message.Text)
		}
	}
	return all
}

// link returns the token of the newest link of that path in somebody's mailbox, or "".
func (p *place) link(t testing.TB, address, path string) string {
	t.Helper()
	pattern := regexp.MustCompile(`https://id\.example/` + path + `\?token=([A-Za-z0-9_-]{43})`)
	for _, letter := range slices.Backward(p.letters(t, address)) {
		if found := pattern.FindStringSubmatch(letter); found != nil {
			return found[1]
		}
	}
	return ""
}

// refused checks a refusal by its code, or by the code of one of its fields.
func refused(t testing.TB, err error, want *fault.Fault) {
	t.Helper()
	if f, ok := fault.Of(err); ok && !errors.Is(err, want) {
		for _, field := range f.Fields {
			if field.Code == want.Code {
				return
			}
		}
	}
	if !errors.Is(err, want) {
		t.Errorf("answered with %v, want %s", err, want.Code)
	}
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

func isCode(err error, code string) bool {
	f, ok := fault.Of(err)
	return ok && f.Code == code
}
