package roster_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/roster"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

// node is one process of an installation.
type node struct {
	*roster.Service
	db *db.DB
}

// place is an installation with one organization, Northwind, of two
// Administrators, a Recruiter, who may invite and nothing else, and a Member.
type place struct {
	node
	url       string
	clock     *dbtest.Clock
	northwind string
	roles     map[string]string // by name
	priya     access.Actor
	marco     access.Actor
	recruiter access.Actor
	member    access.Actor
}

var morning = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{url: dbtest.URL(t), clock: dbtest.NewClock(morning)}
	p.node = openNode(t, p.url, p.clock.Now)
	p.northwind, p.roles = p.organization(t, "Northwind")
	p.priya = p.person(t, p.northwind, "Priya", p.roles["Administrator"])
	p.marco = p.person(t, p.northwind, "Marco", p.roles["Administrator"])
	p.recruiter = p.person(t, p.northwind, "Sam", p.roles["Recruiter"])
	p.member = p.person(t, p.northwind, "Wei", p.roles["Member"])
	return p
}

// openNode starts another process on the same database.
func openNode(t testing.TB, address string, now func() time.Time) node {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{URL: address, Now: now})
	domaintest.MustNot(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return newNode(d)
}

func newNode(d *db.DB) node {
	base := &url.URL{Scheme: "https", Host: "id.example"}
	outbox := mail.NewOutbox(mail.OutboxOptions{BaseURL: base.String()})
	throttles := throttle.New(d)
	return node{roster.New(roster.Options{
		DB: d, Throttle: throttles, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Invitations: invitation.New(invitation.Options{Kind: organization.Client, DB: d, Outbox: outbox, BaseURL: base, Brand: "IDKit"}),
	}), d}
}

// organization is made with its two built-in roles and a Recruiter.
func (p *place) organization(t testing.TB, name string) (organizationID string, roles map[string]string) {
	t.Helper()
	recruiter := id.New("rol")
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		o, built, err := organization.Create(ctx, tx, organization.Client, name)
		organizationID, roles = o.ID, map[string]string{"Administrator": built.Administrator, "Member": built.Member, "Recruiter": recruiter}
		return err
	})
	p.exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, 'Recruiter', 'recruiter', 'own', 'users.access users.invite', $3)`,
		organizationID, recruiter, morning)
	return organizationID, roles
}

// person is an active user, as who they act.
func (p *place) person(t testing.TB, organizationID, name, roleID string) (actor access.Actor) {
	t.Helper()
	actor = access.Actor{
		Kind: access.KindUser, OrganizationID: organizationID, UserID: id.New("usr"), AccountID: id.New("acc"), Name: name,
		Origin: access.Origin{Address: "198.51.100.7", UserAgent: "a browser", RequestID: "req_" + name},
	}
	email := actor.AccountID + "@northwind.example"
	p.exec(t, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $2, '', $3, '', 'en', $3)`, actor.AccountID, email, morning)
	p.exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		VALUES ($1, $2, $3, $4, '', $5, $5, '', $6, 'active', $7)`, organizationID, actor.UserID, actor.AccountID, name, email, roleID, morning)
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		var kind, permissions string
		err := tx.QueryRow(ctx, `SELECT kind, permissions FROM roles WHERE id = $1`, roleID).Scan(&kind, &permissions)
		actor.Permissions = access.OfRole(access.RoleKind(kind), permissions)
		return err
	})
	return actor
}

func (n node) write(t testing.TB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	domaintest.MustNot(t, n.db.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }))
}

func (n node) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	n.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

func (n node) count(t testing.TB, query string, args ...any) (found int) {
	t.Helper()
	domaintest.MustNot(t, n.db.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), query, args...).Scan(&found) }))
	return found
}

// check checks a file of those lines below the names of the columns.
func (p *place) check(t testing.TB, actor access.Actor, lines ...string) roster.Import {
	t.Helper()
	i, err := p.Check(t.Context(), actor, "people.csv", strings.NewReader(header+strings.Join(lines, "\n")))
	domaintest.MustNot(t, err)
	return i
}

// start checks and starts an import of so many people.
func (p *place) start(t testing.TB, actor access.Actor, n int) roster.Import {
	t.Helper()
	i := p.check(t, actor, people(n))
	domaintest.MustNot(t, p.Start(t.Context(), actor, i.ID))
	return i
}

// finish works until nothing is due.
func (n node) finish(t testing.TB) (rows int) {
	t.Helper()
	rows, err := n.SendDue(t.Context())
	domaintest.MustNot(t, err)
	return rows
}

func (p *place) get(t testing.TB, importID string) roster.Import {
	t.Helper()
	i, err := p.Get(t.Context(), p.priya, importID)
	domaintest.MustNot(t, err)
	return i
}

// rows are all rows of an import in the order of the file.
func (p *place) rows(t testing.TB, importID string) []roster.Row {
	t.Helper()
	return p.rowsFor(t, p.priya, importID)
}

func (p *place) rowsFor(t testing.TB, actor access.Actor, importID string) (rows []roster.Row) {
	t.Helper()
	domaintest.MustNot(t, p.Result(t.Context(), actor, importID, func(r roster.Row) error {
		rows = append(rows, r)
		return nil
	}))
	return rows
}

func (p *place) events(t testing.TB, action string) int {
	t.Helper()
	return p.count(t, `SELECT count(*) FROM audit_events WHERE action = $1`, action)
}

// eachOnce checks that so many rows of the import were invited, each with one
// user, one invitation, one letter and one line of the trail, and nobody else was.
func (p *place) eachOnce(t testing.TB, importID string, want int) {
	t.Helper()
	for what, query := range map[string]string{
		"rows": `SELECT count(*) FROM import_rows r JOIN users u ON u.organization_id = r.organization_id AND u.id = r.user_id
			WHERE r.import_id = $1 AND r.outcome = 'invited' AND r.email = u.email`,
		"different users": `SELECT count(DISTINCT user_id) FROM import_rows WHERE import_id = $1 AND outcome = 'invited'`,
		"invitations":     `SELECT count(*) FROM import_rows r JOIN invitations i ON i.organization_id = r.organization_id AND i.user_id = r.user_id WHERE r.import_id = $1`,
		"letters":         `SELECT count(*) FROM import_rows r JOIN letters l ON l.subject_id = r.user_id AND l.kind = 'invite' WHERE r.import_id = $1`,
		"events": `SELECT count(*) FROM import_rows r JOIN audit_events e ON e.organization_id = r.organization_id AND e.target_id = r.user_id
			WHERE r.import_id = $1 AND e.action = 'user.invited'`,
		"counted": `SELECT invited FROM imports WHERE id = $1`,
	} {
		if n := p.count(t, query, importID); n != want {
			t.Errorf("%d %s, want %d", n, what, want)
		}
	}
	for what, query := range map[string]string{
		"invited users": `SELECT count(*) FROM users WHERE status = 'invited'`,
		"letters":       `SELECT count(*) FROM letters`,
		"events":        `SELECT count(*) FROM audit_events WHERE action = 'user.invited'`,
	} {
		if n := p.count(t, query); n != want {
			t.Errorf("%d %s in all, want %d", n, what, want)
		}
	}
	p.verify(t)
}

// verify checks the chain of the trail.
func (p *place) verify(t testing.TB) {
	t.Helper()
	domaintest.MustNot(t, p.db.Read(t.Context(), func(tx *db.Tx) error {
		_, err := audit.Verify(t.Context(), tx, p.northwind)
		return err
	}))
}

// dump is all that an import could have changed.
func (p *place) dump(t testing.TB) string {
	t.Helper()
	var all bytes.Buffer
	for _, table := range []string{"imports", "import_rows", "users", "invitations", "letters", "audit_events"} {
		fmt.Fprintln(&all, table, p.count(t, `SELECT count(*) FROM `+table))
	}
	return all.String()
}

// codes are the reasons of a row, as field=code.
func codes(r roster.Row) (all []string) {
	for _, f := range r.Faults {
		all = append(all, f.Name+"="+f.Code)
	}
	slices.Sort(all)
	return all
}

// suspend does to somebody what an administrator's act does: it waits for the
// trail and changes the status.
func (p *place) suspend(t testing.TB, who access.Actor) {
	t.Helper()
	p.write(t, func(ctx context.Context, tx *db.Tx) error {
		if err := audit.Hold(ctx, tx, who.OrganizationID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE users SET status = 'suspended' WHERE id = $1`, who.UserID)
		return err
	})
}

// rounds is how often a race is run: an import is hundreds of chances to meet.
func rounds() int { return min(dbtest.RaceRounds(), 20) }

// together runs the acts at the same moment.
func together(acts ...func()) {
	answering := make([]func() error, len(acts))
	for n, act := range acts {
		answering[n] = func() error {
			act()
			return nil
		}
	}
	domaintest.Together(answering...)
}
