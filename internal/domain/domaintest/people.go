package domaintest

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

const Guest = "li.wen@northwind.example"

// raceRounds is how often a race is run.
func RaceRounds() int {
	if n, err := strconv.Atoi(os.Getenv("IDKIT_RACE_ROUNDS")); err == nil {
		return n
	}
	return 3
}

// administrator returns somebody who may invite.
func (p *Place) Administrator(t testing.TB) access.Actor {
	t.Helper()
	return p.LogIn(t, p.Person(t)).Must(t).Actor
}

// member returns somebody logged in who may do nothing.
func (p *Place) Member(t testing.TB) session.Current {
	t.Helper()
	who := p.Person(t)
	p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, p.Role(t, p.Northwind, access.RoleMember), who.user)
	return p.LogIn(t, who).Must(t)
}

// stranger returns the administrator of another organization.
func (p *Place) Stranger(t testing.TB) access.Actor {
	t.Helper()
	fabrikam := p.Organization(t, "Fabrikam")
	who := p.Person(t)
	u := p.Join(t, who, fabrikam)
	return access.Actor{
		Kind: access.KindUser, OrganizationID: fabrikam, UserID: u, AccountID: who.Account, Name: "Priya Shah",
		Permissions: access.OfRole(access.RoleAdministrator, ""), Origin: Origin,
	}
}

func (p *Place) Role(t testing.TB, organizationID string, kind access.RoleKind) string {
	t.Helper()
	return p.Text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = $2`, organizationID, string(kind))
}

// invitation is what an administrator fills in for a new Member.
func (p *Place) Invitation(t testing.TB, actor access.Actor, email string) invitation.Draft {
	t.Helper()
	return invitation.Draft{
		FirstName: "Li", LastName: "Wen", Email: email, Language: "en",
		RoleID: p.Role(t, actor.OrganizationID, access.RoleMember),
	}
}

func (p *Place) Invite(t testing.TB, actor access.Actor, email string) user.User {
	t.Helper()
	u, err := p.Invitations.Invite(t.Context(), actor, p.Invitation(t, actor, email))
	MustNot(t, err)
	return u
}

// invitee returns an invited user and the token of their mailed link.
func (p *Place) Invitee(t testing.TB) (admin access.Actor, u user.User, token string) {
	t.Helper()
	admin = p.Administrator(t)
	u = p.Invite(t, admin, Guest)
	return admin, u, p.MustLink(t, Guest, "join")
}

// joins accepts an invitation and returns the session it starts.
func (p *Place) Joins(t testing.TB, token string) *Browser {
	t.Helper()
	joined, err := p.Invitations.Join(t.Context(), token, Password, Origin)
	MustNot(t, err)
	return p.Browser(joined.Session.Token.Reveal())
}

// newcomer is an invitee who joined: somebody at the first step after their password.
func (p *Place) Newcomer(t testing.TB) *Browser {
	t.Helper()
	_, _, token := p.Invitee(t)
	return p.Joins(t, token)
}

func TokenOf(link invitation.Link) string {
	_, token, _ := strings.Cut(link.URL, "token=")
	return token
}

// shows checks what the page of a link says.
func (p *Place) Shows(t testing.TB, token string, want credential.LinkState) invitation.Opened {
	t.Helper()
	opened, err := p.Invitations.Open(t.Context(), token)
	MustNot(t, err)
	if opened.State != want {
		t.Errorf("the link is %s, want %s", opened.State, want)
	}
	return opened
}

// fieldsOf are the fields that a form got wrong, with their codes.
func FieldsOf(t testing.TB, err error) map[string]string {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid {
		t.Fatalf("no refusal of fields but %v", err)
	}
	codes := map[string]string{}
	for _, field := range f.Fields {
		codes[field.Name] = field.Code
	}
	return codes
}

// schema is every table with its columns, as the migrations make them.
var schema = sync.OnceValue(func() map[string][]string {
	tables := map[string][]string{}
	other := "_postgres.sql" // what the engine of these tests does not run
	if os.Getenv(dbtest.PostgresVariable) != "" {
		other = "_sqlite.sql"
	}
	table := regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	column := regexp.MustCompile(`(?m)^ {4}([a-z_]+) `)
	err := fs.WalkDir(db.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, other) {
			return err
		}
		text, err := fs.ReadFile(db.Migrations(), path)
		for _, t := range table.FindAllStringSubmatch(string(text), -1) {
			for _, c := range column.FindAllStringSubmatch(t[2], -1) {
				tables[t[1]] = append(tables[t[1]], c[1])
			}
		}
		return err
	})
	if err != nil || len(tables) < 18 {
		panic(fmt.Sprint("the migrations cannot be read: ", err, tables))
	}
	return tables
})

// dump is everything that is stored.
func (p *Place) Dump(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	MustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error {
		for _, table := range slices.Sorted(maps.Keys(schema())) {
			columns := schema()[table]
			rows, err := db.Collect(t.Context(), tx, func(row db.Row) (string, error) { return scanAny(row, len(columns)) },
				`SELECT `+strings.Join(columns, ", ")+` FROM `+table+` ORDER BY 1, 2, 3`)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			fmt.Fprintf(&all, "%s\n%s\n", table, strings.Join(rows, "\n"))
		}
		return nil
	}))
	return all.String()
}

func scanAny(row db.Row, columns int) (string, error) {
	values, targets := make([]any, columns), make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	err := row.Scan(targets...)
	for i, v := range values {
		if raw, ok := v.([]byte); ok {
			values[i] = hex.EncodeToString(raw) + " " + string(raw)
		}
	}
	return fmt.Sprint(values...), err
}

// verify checks the trail of Northwind.
func (p *Place) Verify(t testing.TB) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := audit.Verify(ctx, tx, p.Northwind)
		return err
	})
}

// day is used where the hour does not matter.
const Day = 24 * time.Hour

func NewPassword(text string) account.NewPassword {
	return account.NewPassword{Password: text, Repeated: text, Origin: Origin}
}

func (p *Place) RequestReset(t testing.TB, email string) {
	t.Helper()
	if err := p.SignIn.RequestReset(t.Context(), email, Origin); err != nil {
		t.Fatal(err)
	}
}

func (p *Place) Verifies(t testing.TB, who *Holder, text string) bool {
	t.Helper()
	right, _, err := Passwords().Verify(t.Context(), p.Text(t, `SELECT password_hash FROM accounts WHERE id = $1`, who.Account), text)
	MustNot(t, err)
	return right
}

// anInvitation is open for that address.
func (p *Place) AnInvitation(t testing.TB, email string) string {
	t.Helper()
	actor := p.LogIn(t, p.Person(t)).Must(t).Actor
	roles, err := p.Invitations.RolesToGive(t.Context(), actor)
	MustNot(t, err)
	_, err = p.Invitations.Invite(t.Context(), actor, invitation.Draft{FirstName: "Ada", Email: email, RoleID: roles[0].ID})
	MustNot(t, err)
	return email
}

// turnsSecondFactorOn goes through the set-up and returns the key of the app.
func (p *Place) TurnsSecondFactorOn(t testing.TB, b *Browser) (key string) {
	t.Helper()
	enrolment, err := p.Profiles.BeginSecondFactor(t.Context(), b.Must(t))
	MustNot(t, err)
	key = enrolment.Key.Reveal()
	token, err := p.Profiles.ConfirmSecondFactor(t.Context(), b.Must(t), p.Code(t, key))
	b.Keep(t, token, err)
	return key
}

func (p *Place) Step(t testing.TB, b *Browser, want account.SetupStep) {
	t.Helper()
	if got := b.Must(t).SetupStep; got != string(want) {
		t.Errorf("the open step is %q, want %q", got, want)
	}
}

// again is another session of the same account.
func (p *Place) Again(t testing.TB, b *Browser) *Browser {
	t.Helper()
	actor := b.Must(t).Actor
	var started session.Started
	p.Write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, session.New{
			OrganizationID: actor.OrganizationID, UserID: actor.UserID, AccountID: actor.AccountID, Origin: Origin,
		})
		return err
	})
	return p.Browser(started.Token.Reveal())
}

// throttled checks that the refusal says how long to wait.
func Throttled(t testing.TB, err error, wait time.Duration) {
	t.Helper()
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.TooMany || f.RetryAfter != wait || errors.Is(err, throttle.ErrStopped) {
		t.Errorf("answered with %+v, want a wait of %v", err, wait)
	}
}
