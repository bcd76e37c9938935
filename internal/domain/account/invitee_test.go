package account_test

import (
	"context"
	"encoding/hex"
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
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/fault"
)

const guest = "li.wen@northwind.example"

// raceRounds is how often a race is run.
func raceRounds() int {
	if n, err := strconv.Atoi(os.Getenv("IDKIT_RACE_ROUNDS")); err == nil {
		return n
	}
	return 3
}

// house is a place where people are invited.
type house struct{ *place }

func newHouse(t testing.TB) house {
	t.Helper()
	return house{newPlace(t)}
}

// administrator returns somebody who may invite.
func (p house) administrator(t testing.TB) access.Actor {
	t.Helper()
	return p.logIn(t, p.person(t)).must(t).Actor
}

// member returns somebody logged in who may do nothing.
func (p house) member(t testing.TB) session.Current {
	t.Helper()
	who := p.person(t)
	p.exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, p.role(t, p.northwind, access.RoleMember), who.user)
	return p.logIn(t, who).must(t)
}

// stranger returns the administrator of another organization.
func (p house) stranger(t testing.TB) access.Actor {
	t.Helper()
	fabrikam := p.organization(t, "Fabrikam")
	who := p.person(t)
	u := p.join(t, who, fabrikam)
	return access.Actor{
		Kind: access.KindUser, OrganizationID: fabrikam, UserID: u, AccountID: who.account, Name: "Priya Shah",
		Permissions: access.OfRole(access.RoleAdministrator, ""), Origin: origin,
	}
}

func (p house) role(t testing.TB, organizationID string, kind access.RoleKind) string {
	t.Helper()
	return p.text(t, `SELECT id FROM roles WHERE organization_id = $1 AND kind = $2`, organizationID, string(kind))
}

// invitation is what an administrator fills in for a new Member.
func (p house) invitation(t testing.TB, actor access.Actor, email string) account.NewInvitation {
	t.Helper()
	return account.NewInvitation{
		FirstName: "Li", LastName: "Wen", Email: email, Language: "en",
		RoleID: p.role(t, actor.OrganizationID, access.RoleMember),
	}
}

func (p house) invite(t testing.TB, actor access.Actor, email string) user.User {
	t.Helper()
	u, err := p.Invitations.Invite(t.Context(), actor, p.invitation(t, actor, email))
	mustNot(t, err)
	return u
}

// invitee returns an invited user and the token of their mailed link.
func (p house) invitee(t testing.TB) (admin access.Actor, u user.User, token string) {
	t.Helper()
	admin = p.administrator(t)
	u = p.invite(t, admin, guest)
	return admin, u, p.mustLink(t, guest, "join")
}

// joins accepts an invitation and returns the session it starts.
func (p house) joins(t testing.TB, token string) *browser {
	t.Helper()
	joined, err := p.Invitations.Join(t.Context(), token, password, origin)
	mustNot(t, err)
	return &browser{p.place, joined.Session.Token.Reveal()}
}

// newcomer is an invitee who joined: somebody at the first step after their password.
func (p house) newcomer(t testing.TB) *browser {
	t.Helper()
	_, _, token := p.invitee(t)
	return p.joins(t, token)
}

func tokenOf(link account.InvitationLink) string {
	_, token, _ := strings.Cut(link.URL, "token=")
	return token
}

// shows checks what the page of a link says.
func (p house) shows(t testing.TB, token string, want credential.LinkState) account.Opened {
	t.Helper()
	opened, err := p.Invitations.OpenInvitation(t.Context(), token)
	mustNot(t, err)
	if opened.State != want {
		t.Errorf("the link is %s, want %s", opened.State, want)
	}
	return opened
}

// fieldsOf are the fields that a form got wrong, with their codes.
func fieldsOf(t testing.TB, err error) map[string]string {
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
func (p house) dump(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	mustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error {
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
func (p house) verify(t testing.TB) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := audit.Verify(ctx, tx, p.northwind)
		return err
	})
}

// day is used where the hour does not matter.
const day = 24 * time.Hour
