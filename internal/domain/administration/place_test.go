package administration_test

import (
	"context"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/session"
	"idkit/internal/domain/signin"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
)

// place is an installation with its administrators and their users.
type place struct {
	*domaintest.Place
	*administration.Service
}

func newPlace(t testing.TB) *place {
	t.Helper()
	return at(domaintest.NewPlace(t))
}

func at(p *domaintest.Place) *place { return &place{p, p.Administration} }

// anotherNode opens the database once more.
func (p *place) anotherNode(t testing.TB) *place {
	t.Helper()
	return at(p.AnotherNode(t))
}

// holder is somebody with an account, and who they are in an organization.
type holder struct {
	first, email, account, organization, user string
	key                                       string // of the authenticator
}

// person makes an active user of Northwind with the password of all tests.
func (p *place) person(t testing.TB, first string, kind access.RoleKind) *holder {
	t.Helper()
	who := &holder{first: first, account: id.New("acc"), organization: p.Northwind}
	who.email = strings.ToLower(first) + "." + who.account + "@northwind.example"
	p.Exec(t, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, $2, $2, $3, $4, '', 'en', $4)`, who.account, who.email, domaintest.PasswordHash(), p.Clock.Now())
	return p.join(t, who, p.Northwind, kind)
}

// join makes somebody a user of one more organization, and returns them as they are there.
func (p *place) join(t testing.TB, who *holder, organizationID string, kind access.RoleKind) *holder {
	t.Helper()
	there := *who
	there.organization, there.user = organizationID, id.New("usr")
	p.Exec(t, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
		SELECT $1, $2, $3, $4, 'Shah', $5, $5, $5, id, 'active', $6 FROM roles WHERE organization_id = $1 AND kind = $7`,
		organizationID, there.user, who.account, who.first, who.email, p.Clock.Now(), string(kind))
	return &there
}

// ticked is what a role stores in which these are ticked, with the modules that they belong to.
func ticked(permissions ...access.Permission) string {
	var all []access.Permission
	for _, one := range permissions {
		all = append(all, one.Access(), one)
	}
	return access.Holding(all...).Stored()
}

// complete is somebody who holds everything and has no role: the one way to reach
// the last Administrator, whom no role of an organization's own covers.
func (p *place) complete(t testing.TB) access.Actor {
	t.Helper()
	actor := p.enter(t, p.person(t, "Root", access.RoleMember)).actor(t)
	actor.SessionID, actor.Permissions = "", access.OfRole(access.RoleAdministrator, "")
	return actor
}

// ownRole makes a role of the organization's own and gives it to somebody.
func (p *place) ownRole(t testing.TB, who *holder, permissions ...access.Permission) {
	t.Helper()
	roleID := id.New("rol")
	p.Exec(t, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $2, $2, 'own', $3, $4)`,
		who.organization, roleID, ticked(permissions...), p.Clock.Now())
	p.Exec(t, `UPDATE users SET role_id = $1 WHERE id = $2`, roleID, who.user)
}

// protect gives the person a second factor.
func (p *place) protect(t testing.TB, who *holder) {
	t.Helper()
	same := &domaintest.Holder{Account: who.account}
	p.Protect(t, same)
	who.key = same.Key
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
	p.Write(t, func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, session.New{
			OrganizationID: who.organization, UserID: who.user, AccountID: who.account, SecondFactor: who.key != "", Origin: domaintest.Origin,
		})
		return err
	})
	return &browser{p, started.Token.Reveal()}
}

// current is what the next request of the browser finds, or the refusal.
func (b *browser) current(t testing.TB) (session.Current, error) {
	t.Helper()
	return b.place.Sessions.Authenticate(t.Context(), b.token, domaintest.Origin)
}

// actor is whom the next request of the browser acts as.
func (b *browser) actor(t testing.TB) access.Actor {
	t.Helper()
	current, err := b.current(t)
	domaintest.MustNot(t, err)
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
	return p.SignIn.LogIn(t.Context(), signin.LogIn{Email: who.email, Password: domaintest.Password, Browser: signin.Browser{Origin: domaintest.Origin}})
}

// invite invites somebody as Li Wen, a Member, and returns the user's id.
func (p *place) invite(t testing.TB, actor access.Actor, email string) (userID string) {
	t.Helper()
	return p.Invite(t, actor, email).ID
}

// status is how somebody stands in the database.
func (p *place) status(t testing.TB, who *holder) string {
	t.Helper()
	return p.Text(t, `SELECT status FROM users WHERE id = $1`, who.user)
}

// events are the lines of an organization's trail about that, oldest first.
func (p *place) events(t testing.TB, organizationID string, action audit.Action) (all []audit.Entry) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		entries, err := db.Collect(ctx, tx, func(row db.Row) (e audit.Entry, err error) {
			err = row.Scan(&e.Target.ID, &e.Target.Name, &e.ActorName, &e.Details)
			return e, err
		}, `SELECT target_id, target_name, actor_name, details FROM audit_events WHERE organization_id = $1 AND action = $2 ORDER BY sequence`,
			organizationID, string(action))
		all = entries
		return err
	})
	return all
}

// letters returns the delivered letters to an address, each from its subject on.
func (p *place) letters(t testing.TB, address string) (all []string) {
	t.Helper()
	p.Deliver(t)
	for _, e := range p.Post.To(address) {
		message, err := mail.Parse(e.Message)
		domaintest.MustNot(t, err)
		all = append(all, message.Subject+"\n"+message.Text)
	}
	return all
}

func isCode(err error, code string) bool {
	f, ok := fault.Of(err)
	return ok && f.Code == code
}
