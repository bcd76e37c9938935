package signin_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/hotp"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
	"idkit/internal/platform/throttle"
)

const (
	password = "correct horse battery staple"
	wrong    = "incorrect horse battery staple"
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

// place is an installation with one organization, Northwind.
type place struct {
	*signin.Service
	address   string // of the database
	clock     *dbtest.Clock
	sessions  *session.Sessions
	northwind string
}

func newPlace(t testing.TB) *place {
	t.Helper()
	c := dbtest.NewClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	p := &place{address: dbtest.URL(t), clock: c}
	p.open(t)
	p.northwind = p.organization(t, "Northwind")
	return p
}

// open connects to the database, as at the start of the program.
func (p *place) open(t testing.TB) {
	t.Helper()
	d := dbtest.Open(t, p.address, p.clock.Now)
	base, err := url.Parse("https://id.example")
	if err != nil {
		t.Fatal(err)
	}
	p.sessions = session.NewSessions(d)
	p.Service = signin.New(signin.Options{
		DB: d, Passwords: passwords(), SecondFactors: credential.NewSecondFactors(ring()), RecoveryCodes: credential.NewRecoveryCodes(ring()),
		KnownBrowsers: session.NewKnownBrowsers(ring(), p.clock.Now), Throttle: throttle.New(d),
		Outbox: mail.NewOutbox(mail.OutboxOptions{BaseURL: base.String()}), BaseURL: base, Brand: "IDKit",
	})
}

// node is another process on the same database.
func (p *place) node(t testing.TB) *place {
	t.Helper()
	other := *p
	other.open(t)
	return &other
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

func (p *place) events(t testing.TB, action string) int {
	t.Helper()
	return p.count(t, `SELECT count(*) FROM audit_events WHERE action = $1`, action)
}

func (p *place) letters(t testing.TB, kind mail.Kind) int {
	t.Helper()
	return p.count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(kind))
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

// owner is somebody with an account.
type owner struct {
	email, account, user string
	key                  string // of the authenticator
	known                string // the browser's cookie
}

// person makes an active user of Northwind with the password of all tests.
func (p *place) person(t testing.TB) *owner {
	t.Helper()
	who := &owner{account: id.New("acc")}
	who.email = who.account + "@northwind.example"
	p.exec(t, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $2, $3, $4, '', 'en', $4)`, who.account, who.email, passwordHash(), p.clock.Now())
	who.user = p.join(t, who, p.northwind, "active")
	return who
}

func (p *place) join(t testing.TB, who *owner, organizationID, status string) (userID string) {
	t.Helper()
	userID = id.New("usr")
	account := &who.account
	if status == "invited" {
		account = nil
	}
	p.exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, 'Priya', 'Shah', $4, $4, '', id, $5, $6 FROM roles WHERE organization_id = $1 AND kind = 'member'`,
		organizationID, userID, account, who.email, status, p.clock.Now())
	return userID
}

func (p *place) setStatus(t testing.TB, who *owner, status string) {
	t.Helper()
	p.exec(t, `UPDATE users SET status = $2 WHERE id = $1`, who.user, status)
}

// protect gives the person a second factor.
func (p *place) protect(t testing.TB, who *owner) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		enrolment, err := p.SecondFactors.Begin(ctx, tx, who.account, "ses_set_up")
		if err != nil {
			return err
		}
		who.key = enrolment.Key.Reveal()
		return p.SecondFactors.Confirm(ctx, tx, who.account, "ses_set_up", p.code(t, who))
	})
	p.clock.Advance(time.Minute)
}

// code is what the authenticator shows.
func (p *place) code(t testing.TB, who *owner) string {
	t.Helper()
	code, err := hotp.GenerateCode(who.key, uint64(p.clock.Now().Unix()/30))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// wrongCode is none of the codes that pass at the moment.
func (p *place) wrongCode(t testing.TB, who *owner) string {
	t.Helper()
	step := uint64(p.clock.Now().Unix() / 30)
	var near []string
	for _, s := range []uint64{step - 1, step, step + 1} {
		code, err := hotp.GenerateCode(who.key, s)
		if err != nil {
			t.Fatal(err)
		}
		near = append(near, code)
	}
	for guess := range 4 {
		code := fmt.Sprintf("%06d", guess)
		if code != near[0] && code != near[1] && code != near[2] {
			return code
		}
	}
	panic("four codes cannot all be among three")
}

func (p *place) recoveryCodes(t testing.TB, who *owner) []string {
	t.Helper()
	var codes []string
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		sheet, err := p.RecoveryCodes.Issue(ctx, tx, who.account)
		codes = nil
		for _, code := range sheet.Codes {
			codes = append(codes, code.Reveal())
		}
		return err
	})
	return codes
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func browserAt(address, known string) signin.Browser {
	return signin.Browser{Known: known, Origin: access.Origin{Address: address, UserAgent: firefox, RequestID: "r1"}}
}

func (p *place) tryPassword(who *owner, typed, address string) (signin.Outcome, error) {
	return p.LogIn(context.Background(), signin.LogIn{Email: who.email, Password: typed, Browser: browserAt(address, who.known)})
}

// half logs in up to the second step.
func (p *place) half(t testing.TB, who *owner) string {
	t.Helper()
	outcome, err := p.tryPassword(who, password, "192.0.2.1")
	if err != nil || outcome.Half == nil {
		t.Fatalf("the password leads to %+v, %v", outcome, err)
	}
	return outcome.Half.Token.Reveal()
}

func (p *place) tryCode(half, code string) (signin.Outcome, error) {
	return p.Code(context.Background(), step(half, code))
}

func step(half, code string) signin.SecondStep {
	return signin.SecondStep{HalfToken: half, Code: code, Browser: browserAt("192.0.2.1", "")}
}

// in logs in and returns who the session says it is.
func (p *place) in(t testing.TB, outcome signin.Outcome, err error) session.Current {
	t.Helper()
	if err != nil || outcome.Session == nil {
		t.Fatalf("no session but %+v, %v", outcome, err)
	}
	current, err := p.sessions.Authenticate(t.Context(), outcome.Session.Token.Reveal(), access.Origin{Address: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	return current
}

func wants(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// rounds is how often a race is run.
func rounds() int {
	n, err := strconv.Atoi(os.Getenv("IDKIT_RACE_ROUNDS"))
	if err != nil {
		return 5
	}
	return n
}
