package domaintest

import (
	"context"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

// Origin is where all people sit.
var Origin = access.Origin{Address: "198.51.100.7", UserAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"}

// Host is who acts on the command line.
var Host = access.Installation(access.Origin{})

// Holder is somebody with an account.
type Holder struct {
	Email, Account, User string
	Key                  string // of the authenticator
}

// Person makes an Administrator of Northwind, or at the console an operator, with
// the password of all tests.
func (p *Place) Person(t testing.TB) *Holder {
	t.Helper()
	who := &Holder{Account: id.New("acc")}
	who.Email = who.Account + "@northwind.example"
	p.Exec(t, `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $3, $3, $4, $5, '', 'en', $5)`, who.Account, string(p.kind), who.Email, PasswordHash(), p.Clock.Now())
	who.User = p.Join(t, who, p.Northwind)
	return who
}

// Join makes the person an Administrator of that organization, too.
func (p *Place) Join(t testing.TB, who *Holder, organizationID string) (userID string) {
	t.Helper()
	userID = id.New("usr")
	p.Exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, 'Priya', 'Shah', $4, $4, '', id, 'active', $5 FROM roles WHERE organization_id = $1 AND kind = 'administrator'`,
		organizationID, userID, who.Account, who.Email, p.Clock.Now())
	return userID
}

// SetStatus suspends a user of Northwind, or lets them back in.
func (p *Place) SetStatus(t testing.TB, who *Holder, status string) {
	t.Helper()
	p.Exec(t, `UPDATE users SET status = $2 WHERE id = $1`, who.User, status)
}

// Role returns the id of a built-in role.
func (p *Place) Role(t testing.TB, organizationID string, kind access.RoleKind) string {
	t.Helper()
	return p.Text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = $2`, organizationID, string(kind))
}

// Protect gives the person a second factor and recovery codes.
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

// Code is what an authenticator with that key shows.
func (p *Place) Code(t testing.TB, key string) string {
	t.Helper()
	code, err := totp.GenerateCode(key, p.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Verifies reports whether the text is the password of the account.
func (p *Place) Verifies(t testing.TB, who *Holder, text string) bool {
	t.Helper()
	right, _, err := Passwords().Verify(t.Context(), p.Text(t, `SELECT password_hash FROM accounts WHERE id = $1`, who.Account), text)
	MustNot(t, err)
	return right
}

// Browser is a session as one of the person's browsers holds it.
type Browser struct {
	place *Place
	Token string
}

// Browser is a browser that holds the token.
func (p *Place) Browser(token string) *Browser { return &Browser{p, token} }

// LogIn starts a session at Northwind, without signin.
func (p *Place) LogIn(t testing.TB, who *Holder) *Browser {
	t.Helper()
	return p.start(t, session.New{
		OrganizationID: p.Northwind, UserID: who.User, AccountID: who.Account, SecondFactor: who.Key != "", Origin: Origin,
	})
}

func (p *Place) start(t testing.TB, n session.New) *Browser {
	t.Helper()
	var started session.Started
	p.Write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, n)
		return err
	})
	return p.Browser(started.Token.Reveal())
}

// LogInto starts a session of a user of any organization.
func (p *Place) LogInto(t testing.TB, organizationID, userID string) *Browser {
	t.Helper()
	return p.start(t, session.New{
		OrganizationID: organizationID, UserID: userID, AccountID: p.Text(t, `SELECT account_id FROM users WHERE id = $1`, userID), Origin: Origin,
	})
}

// Again is another session of the same user.
func (p *Place) Again(t testing.TB, b *Browser) *Browser {
	t.Helper()
	return p.again(t, b.Must(t).Actor)
}

func (p *Place) again(t testing.TB, actor access.Actor) *Browser {
	t.Helper()
	return p.start(t, session.New{
		OrganizationID: actor.OrganizationID, UserID: actor.UserID, AccountID: actor.AccountID, Origin: Origin,
	})
}

// Back is a user with a new session, whose last one ran out.
func (p *Place) Back(t testing.TB, actor access.Actor) access.Actor {
	t.Helper()
	return p.again(t, actor).Must(t).Actor
}

// Current is what the next request of the browser finds, or the refusal.
func (b *Browser) Current(t testing.TB) (session.Current, error) {
	t.Helper()
	return b.place.Sessions.Authenticate(t.Context(), b.Token, Origin)
}

// Must is Current where the session must live.
func (b *Browser) Must(t testing.TB) session.Current {
	t.Helper()
	current, err := b.Current(t)
	if err != nil {
		t.Fatalf("the session is refused: %v", err)
	}
	return current
}

// Keep takes the new token that an act gave the session.
func (b *Browser) Keep(t testing.TB, token secret.Token, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b.Token = token.Reveal()
}

// Administrator is somebody who may do everything.
func (p *Place) Administrator(t testing.TB) access.Actor {
	t.Helper()
	return p.LogIn(t, p.Person(t)).Must(t).Actor
}

// Operator is somebody at the console, with a second factor: an Administrator
// there, or somebody who holds these permissions alone.
func (p *Place) Operator(t testing.TB, held ...access.Permission) access.Actor {
	t.Helper()
	c := p.AtConsole(t)
	who := c.Person(t)
	c.Protect(t, who)
	p.Exec(t, `UPDATE users SET first_name = 'Ada', last_name = 'Okafor' WHERE id = $1`, who.User)
	if len(held) > 0 {
		role := id.New("rol")
		p.Exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', $3, $4)`,
			c.Northwind, role, access.Holding(held...).Stored(), p.Clock.Now())
		p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, role, who.User)
	}
	return c.start(t, session.New{
		OrganizationID: c.Northwind, UserID: who.User, AccountID: who.Account, SecondFactor: true, Origin: Origin,
	}).Must(t).Actor
}

// Member is somebody logged in who may do nothing.
func (p *Place) Member(t testing.TB) session.Current {
	t.Helper()
	who := p.Person(t)
	p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, p.Role(t, p.Northwind, access.RoleMember), who.User)
	return p.LogIn(t, who).Must(t)
}

// Stranger is the Administrator of another organization, Fabrikam.
func (p *Place) Stranger(t testing.TB) access.Actor {
	t.Helper()
	fabrikam := p.Organization(t, "Fabrikam")
	who := p.Person(t)
	userID := p.Join(t, who, fabrikam)
	return p.start(t, session.New{OrganizationID: fabrikam, UserID: userID, AccountID: who.Account, Origin: Origin}).Must(t).Actor
}

// Proof is the password of somebody logged in, at a browser that is not known.
func Proof(password string) proof.Password { return proof.Password{Typed: password} }

// TurnsSecondFactorOn goes through the set-up and returns the key of the authenticator.
func (p *Place) TurnsSecondFactorOn(t testing.TB, b *Browser) (key string) {
	t.Helper()
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	MustNot(t, err)
	key = enrolment.Key.Reveal()
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, key))
	b.Keep(t, token, err)
	return key
}

// Step checks which step of the set-up is open.
func (p *Place) Step(t testing.TB, b *Browser, want account.SetupStep) {
	t.Helper()
	if got := b.Must(t).SetupStep; got != string(want) {
		t.Errorf("the open step is %q, want %q", got, want)
	}
}

// RequestReset is "Forgot your password?".
func (p *Place) RequestReset(t testing.TB, email string) {
	t.Helper()
	if err := p.SignIn.RequestReset(t.Context(), email, Origin); err != nil {
		t.Fatal(err)
	}
}

// NewPassword is what the page behind a reset link is filled in with.
func NewPassword(text string) account.NewPassword {
	return account.NewPassword{Password: text, Repeated: text, Origin: Origin}
}
