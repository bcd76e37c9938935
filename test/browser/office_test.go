//go:build browser

package browser

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"

	"idkit/internal/domain/access"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	organizations "idkit/internal/domain/organization" // two names of this package are those of packages
	people "idkit/internal/domain/person"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

var here = access.Origin{Address: "127.0.0.1"}

// colleaguePassword is everybody's in an office.
const colleaguePassword = "paper kite over the harbour wall"

// office is a portal whose organization was put there without the pages, with Ada as its Administrator, who is logged in.
type office struct {
	*journey
	organizationID string
	roles          map[access.RoleKind]string // ids, of own roles by their name
	administrator  *colleague                 // Ada
}

// colleague is an active user of the office.
type colleague struct {
	name, email       string
	accountID, userID string
	app               *authenticator // nil without two-factor authentication
}

func newOffice(t *testing.T, way way, changes ...func(*config.Config)) *office {
	t.Helper()
	o := &office{journey: newJourney(t, way, changes...)}
	if !way.noScripts && !way.keyboard {
		o.look = (*person).accessible // once is enough: the pages are the same in each way
	}
	o.write(func(ctx context.Context, tx *db.Tx) error {
		northwind, roles, err := organizations.Create(ctx, tx, organizations.Client, organization)
		o.organizationID = northwind.ID
		o.roles = map[access.RoleKind]string{access.RoleAdministrator: roles.Administrator, access.RoleMember: roles.Member}
		return err
	})
	o.administrator = o.colleague("Ada Okafor", adaEmail, access.RoleAdministrator)
	o.ada = o.at(o.administrator)
	return o
}

func (o *office) write(change func(ctx context.Context, tx *db.Tx) error) {
	o.t.Helper()
	if err := o.portal.app.DB().Write(o.t.Context(), func(tx *db.Tx) error { return change(o.t.Context(), tx) }); err != nil {
		o.t.Fatal(err)
	}
}

// keyring opens what the portal has sealed.
var keyring = sync.OnceValue(func() *secret.Keyring {
	ring, err := secret.ParseKeyring(secretKey)
	if err != nil {
		panic(err)
	}
	return ring
})

var colleagueHash = sync.OnceValues(func() (string, error) {
	passwords, err := credential.NewPasswords(credential.PasswordOptions{Keyring: keyring()})
	if err != nil {
		return "", err
	}
	return passwords.Hash(context.Background(), colleaguePassword)
})

// colleague puts somebody into the office.
func (o *office) colleague(name, email string, role access.RoleKind) *colleague {
	o.t.Helper()
	hash, err := colleagueHash()
	if err != nil {
		o.t.Fatal(err)
	}
	address, err := people.ParseEmail(email)
	if err != nil {
		o.t.Fatal(err)
	}
	c := &colleague{name: name, email: email, accountID: id.New("acc"), userID: id.New("usr")}
	first, last, _ := strings.Cut(name, " ")
	o.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			VALUES ($1, $2, $3, $4, $5, '', 'en', $5)`, c.accountID, address.Address, address.Key, hash, tx.Now)
		if err != nil {
			return err
		}
		return user.Insert(ctx, tx, user.User{
			OrganizationID: o.organizationID, ID: c.userID, AccountID: c.accountID, FirstName: first, LastName: last,
			RoleID: o.roles[role], Status: user.Active,
		}, address)
	})
	return c
}

// protected is a colleague with two-factor authentication.
func (o *office) protected(name, email string, role access.RoleKind) *colleague {
	o.t.Helper()
	c := o.colleague(name, email, role)
	factors, setUp := credential.NewSecondFactors(keyring()), id.New("ses")
	o.write(func(ctx context.Context, tx *db.Tx) error {
		enrolment, err := factors.Begin(ctx, tx, c.accountID, setUp)
		if err != nil {
			return err
		}
		c.app = &authenticator{t: o.t, now: o.portal.clock.Now, secret: enrolment.Key.Reveal()}
		return factors.Confirm(ctx, tx, c.accountID, setUp, c.app.code())
	})
	return c
}

// enter starts a session of the colleague.
func (o *office) enter(c *colleague) secret.Token {
	o.t.Helper()
	var started session.Started
	o.write(func(ctx context.Context, tx *db.Tx) (err error) {
		started, err = session.Start(ctx, tx, session.New{
			OrganizationID: o.organizationID, UserID: c.userID, AccountID: c.accountID, SecondFactor: c.app != nil, Origin: here,
		})
		return err
	})
	return started.Token
}

// at opens a browser in which the colleague is logged in.
func (o *office) at(c *colleague) *person {
	o.t.Helper()
	p := o.newPerson()
	do(p, network.SetCookie, network.SetCookieParams{Name: "idkit_session", Value: o.enter(c).Reveal(), URL: p.base})
	return p
}

// logInAs goes through the log-in, up to what it leads to.
func (o *office) logInAs(p *person, c *colleague, password string) {
	o.t.Helper()
	o.logIn(p, c.email, password)
	if c.app == nil {
		return
	}
	p.on("Enter your code")
	o.portal.clock.Advance(step)
	p.fill("6-digit code", c.app.code())
	p.press("Next")
}

// letters waits until an address has got so many letters with a subject, and returns them, the newest first.
func (o *office) letters(subject, email string, atLeast int) (found []mail.StoredLetter) {
	o.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		all, err := o.portal.mailbox.List()
		if err != nil {
			o.t.Fatal(err)
		}
		found = found[:0]
		for _, letter := range all {
			if letter.To == email && letter.Subject == subject {
				found = append(found, letter)
			}
		}
		if len(found) >= atLeast {
			return found
		}
	}
	o.t.Fatalf("%s got %d letters %s, not %d", email, len(found), quoted(subject), atLeast)
	return nil
}

// selectAnd marks somebody in the list of users and presses a button of its toolbar.
func (o *office) selectAnd(p *person, c *colleague, button string) {
	o.t.Helper()
	p.open("/users")
	p.on("Users")
	p.tick("Select " + c.name)
	p.press(button)
}

// act opens the window of an act from the page of a user.
func (o *office) act(p *person, c *colleague, button string) {
	o.t.Helper()
	p.open("/users/" + c.userID)
	p.on(c.name)
	p.press(button)
}

// posted sends a form by hand: the fields, and the token of the page where the person is.
func (p *person) posted(path string, fields ...string) (status int, words string) {
	p.t.Helper()
	type answer struct {
		Status int
		Words  string
	}
	var values []string
	for i := 0; i < len(fields); i += 2 {
		values = append(values, fmt.Sprintf("[%s, %s]", literal(fields[i]), literal(fields[i+1])))
	}
	got, err := ask[answer](p, fmt.Sprintf(`fetch(%s, { method: "POST", body: new URLSearchParams([
		["form_token", document.querySelector("[name=form_token]").value], %s]) })
		.then(async a => ({ Status: a.status, Words: new DOMParser().parseFromString(await a.text(), "text/html").body.textContent.replace(/\s+/g, " ") }))`,
		literal(path), strings.Join(values, ", ")))
	if err != nil {
		p.t.Fatal(err)
	}
	return got.Status, got.Words
}

// invited is somebody with an open invitation.
func (o *office) invited(name, email string) *colleague {
	o.t.Helper()
	first, last, _ := strings.Cut(name, " ")
	ada, err := session.NewSessions(o.portal.app.DB(), organizations.Client).Authenticate(o.t.Context(), o.enter(o.administrator).Reveal(), here)
	if err != nil {
		o.t.Fatal(err)
	}
	u, err := o.portal.app.Invitations().Invite(o.t.Context(), ada.Actor, invitation.Draft{
		FirstName: first, LastName: last, Email: email, RoleID: o.roles[access.RoleMember], Language: "en",
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return &colleague{name: name, email: email, userID: u.ID}
}

// suspend is what an administrator did to somebody long ago.
func (o *office) suspend(c *colleague) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE users SET status = 'suspended', suspended_at = $2, suspended_by = $3, suspended_reason = '' WHERE id = $1`,
			c.userID, tx.Now.Add(-24*time.Hour), o.administrator.userID)
		return err
	})
}

// auditLines counts the lines of the office's trail about an act on somebody of that name.
func (o *office) auditLines(action, target string) (n int) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM audit_events WHERE organization_id = $1 AND action = $2 AND target_name = $3`,
			o.organizationID, action, target).Scan(&n)
	})
	return n
}

// ownRole makes a role of the office's own, to be given like a built-in one.
func (o *office) ownRole(name string, permissions ...access.Permission) access.RoleKind {
	o.t.Helper()
	var held []string
	for _, p := range permissions {
		held = append(held, string(p.Access()), string(p))
	}
	kind := access.RoleKind(name)
	o.roles[kind] = id.New("rol")
	o.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO roles (organization_id, id, name, name_key, kind, permissions, created_at) VALUES ($1, $2, $3, $3, 'own', $4, $5)`,
			o.organizationID, o.roles[kind], name, strings.Join(held, " "), tx.Now)
		return err
	})
	return kind
}
