package web_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/domain/operator"
	"idkit/internal/domain/role"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
)

// twice belongs to the actor's organization and to a third one.
const twice = "sam@example.com"

// What a spare role of one's own is called, and holds.
const (
	spareName        = "Spare"
	sparePermissions = "users.access users.view"
)

var revisionOfSpare = role.Role{Name: spareName, Permissions: access.OfRole(access.RoleOwn, sparePermissions)}.Revision()

// atPortal is an Administrator of an organization, whose Member belongs to a third one as well.
func atPortal(t *testing.T) *crawl {
	t.Helper()
	p := newPortal(t, production, nil)
	c := &crawl{portal: p, clients: p, handler: p.handler, actor: p.found()}
	sam, samID := c.actor.joined(twice, "Member")
	c.settle(samID)
	c.spares["import"] = strings.TrimPrefix(c.actor.checked(columns+"Ann,Li,ann@acme.example,Member\n"), "/users/import/")
	c.elsewhere(sam, "Initech", twice)
	c.meet()
	return c
}

// atConsole is an operator, to whom every client is another organization.
func atConsole(t *testing.T) *crawl {
	t.Helper()
	p := newPortal(t, production, withConsole)
	console := p.atConsole()
	_, link, err := p.app.Operators().Invite(t.Context(), operator.NewOperator{FirstName: "Ada", Email: admin, PrintLink: true})
	if err != nil {
		t.Fatal(err)
	}
	c := &crawl{portal: console, clients: p, handler: console.handler, actor: console.joinVendor(console.mailedPath(link.URL))}
	samID := c.actor.invite(twice, "Member")
	console.joinVendor(c.actor.link(samID))
	c.settle(samID)
	c.spares["client"] = c.newClient()
	c.meet()
	return c
}

// joinVendor accepts an invitation of the vendor, with the second factor that all operators need.
func (p *portal) joinVendor(link string) *visitor {
	p.Helper()
	v := p.visitor()
	v.open(link)
	v.leads(v.post("/join", "password", password), "/protect")
	v.protect()
	v.leads(v.post("/protect/recovery-codes", "saved", "yes"), "/")
	return v
}

// settle fills the actor's organization, which has a Member.
func (c *crawl) settle(memberID string) {
	c.Helper()
	own := c.text(`SELECT id FROM organizations`)
	c.actor.open("/users/roles/new")
	c.actor.post("/users/roles/new", "name", spareName, "may.users.access", "yes", "may.users.view", "yes")
	c.spares = map[string]string{
		"user": memberID, "role": c.text(`SELECT id FROM roles WHERE organization_id = $1 AND kind = 'own'`, own),
		"session": c.text(`SELECT id FROM sessions WHERE user_id = $1`, memberID),
	}
	c.head = head{organization: own}
}

// meet fills another organization, and names what is in it. From here on the actor's
// own trail is as the crawl finds it.
func (c *crawl) meet() {
	c.Helper()
	quillon := c.elsewhere(c.clients.visitor(), "Globex", "quillon@globex.example")
	theirs := c.text(`SELECT id FROM organizations WHERE name = 'Globex'`)
	vexworth, member := quillon.joined("vexworth@globex.example", "Member")
	vexworth.open("/")
	invited := quillon.invite("ondine@globex.example", "Member")
	quillon.open("/users/roles/new")
	quillon.post("/users/roles/new", "name", "Vaultkeep", "may.users.access", "yes", "may.users.view", "yes")
	imported := strings.TrimPrefix(quillon.checked(columns+"Odo,Fitch,odo@globex.example,Member\n"), "/users/import/")
	for i := range 30 {
		name := fmt.Sprintf("ondine%02d@globex.example", i)
		c.copyRow("users", invited, map[string]any{"id": id.New("usr"), "email": name, "email_key": name})
	}
	vault := c.text(`SELECT id FROM roles WHERE organization_id = $1 AND kind = 'own'`, theirs)
	one := func(kind, there string) {
		c.things = append(c.things, foreign{kind, there, id.New(there[:3])})
	}
	administrator := c.text(`SELECT user_id FROM sessions WHERE organization_id = $1 AND user_id <> $2`, theirs, member)
	for _, userID := range []string{member, administrator, invited} {
		one("user", userID)
	}
	one("role", vault)
	one("role", c.text(`SELECT id FROM roles WHERE organization_id = $1 AND kind = 'member'`, theirs))
	one("import", imported)
	one("session", c.text(`SELECT id FROM sessions WHERE user_id = $1`, member))
	one("organization", theirs)
	list, nowhere := c.listCursor(lead(quillon.open("/users"), "next"))
	back := "/users?role=%s&at=%s"
	c.things = append(c.things,
		foreign{"list", list, nowhere}, foreign{"log", "n1.1.1", "n1.2.1"},
		foreign{"back", fmt.Sprintf(back, vault, list), fmt.Sprintf(back, c.nowhere(vault), nowhere)},
		foreign{"name", "Vaultkeep", "Waxworker"}, foreign{"email", "vexworth@globex.example", "waxworks@globex.example"},
		foreign{"revision", role.Role{Name: "Vaultkeep", Permissions: access.OfRole(access.RoleOwn, sparePermissions)}.Revision(), strings.Repeat("0", 32)},
	)
	c.theirs = []string{theirs, c.text(`SELECT account_id FROM users WHERE id = $1`, member), c.text(`SELECT account_id FROM users WHERE id = $1`, administrator)}
	c.scan([]any{&c.head.sequence, &c.head.hash}, `SELECT sequence, hash FROM audit_heads WHERE organization_id = $1`, c.head.organization)
}

// nowhere is what has the form of a thing.
func (c *crawl) nowhere(there string) string {
	for _, thing := range c.things {
		if thing.there == there {
			return thing.nowhere
		}
	}
	return ""
}

// elsewhere founds an organization and makes the visitor its Administrator.
func (c *crawl) elsewhere(v *visitor, name, email string) *visitor {
	c.Helper()
	made, err := c.app.Clients().Create(c.Context(), access.Installation(access.Origin{}), client.Draft{Details: client.Details{Name: name}, FirstName: "Quillon", Email: email, PrintLink: true})
	if err != nil {
		c.Fatal(err)
	}
	v.open(c.clients.mailedPath(made.Link.URL))
	if v.cookie("idkit_session") != "" {
		v.leads(v.post("/join"), "/")
		return v
	}
	v.leads(v.post("/join", "password", password), "/protect")
	v.open("/protect")
	v.leads(v.post("/protect/later"), "/")
	return v
}

// listCursor is a place in the list of others, and the same about nobody.
func (c *crawl) listCursor(address string) (there, nowhere string) {
	c.Helper()
	at, err := url.Parse(address)
	if err != nil {
		c.Fatal(err)
	}
	there = at.Query().Get("at")
	plain, err := base64.RawURLEncoding.DecodeString(there)
	if err != nil {
		c.Fatal(err)
	}
	about := regexp.MustCompile(`usr_[0-9a-v]{26}`)
	if !about.Match(plain) {
		c.Fatalf("a place in the list names nobody: %s", plain)
	}
	return there, base64.RawURLEncoding.EncodeToString(about.ReplaceAll(plain, []byte(id.New("usr"))))
}

// own is something of one's own: for a form, which may change it, one of its own.
func (c *crawl) own(kind, method string) string {
	c.Helper()
	spare := c.spares[kind]
	if method != http.MethodPost {
		return spare
	}
	c.made++
	if kind == "client" {
		return c.newClient()
	}
	made := id.New(spare[:3])
	other := map[string]any{"id": made}
	switch kind {
	case "user":
		account := id.New("acc")
		email := made + "@acme.example"
		other["email"], other["email_key"], other["account_id"] = email, email, account
		c.copyRow("accounts", c.text(`SELECT account_id FROM users WHERE id = $1`, spare), map[string]any{"id": account, "email": email, "email_key": email})
	case "role":
		other["name_key"] = made
	case "session":
		other["token_hash"] = []byte(made)
	}
	c.copyRow(kind+"s", spare, other)
	return made
}

// newClient is a client that an operator may act on.
func (c *crawl) newClient() string {
	c.Helper()
	name := fmt.Sprintf("new%06d", c.made)
	made, err := c.app.Clients().Create(c.Context(), access.Installation(access.Origin{}), client.Draft{
		Details: client.Details{Name: name, Country: "AU", Category: "Retail"}, FirstName: "Ann", Email: name + "@acme.example",
	})
	if err != nil {
		c.Fatal(err)
	}
	return made.Client.ID
}

// head is how the trail of the actor's organization stood before the crawl.
type head struct {
	organization string
	sequence     int
	hash         []byte
}

// rewind takes back what a question left that the next one would meet: in the actor's
// trail, the counts of tries, the set-up, the users and roles that it made. Whoever was
// logged out logs in again.
func (c *crawl) rewind(method string) {
	c.Helper()
	left := c.count(`SELECT count(*) FROM audit_heads WHERE organization_id = $1 AND sequence > $2`, c.head.organization, c.head.sequence) +
		c.count(`SELECT count(*) FROM throttles`) + c.count(`SELECT count(*) FROM accounts WHERE email = $1 AND setup_step <> ''`, admin)
	if left > 0 {
		c.write(func(tx *db.Tx) error {
			_, events := tx.Exec(c.Context(), `DELETE FROM audit_events WHERE organization_id = $1 AND sequence > $2`, c.head.organization, c.head.sequence)
			_, head := tx.Exec(c.Context(), `UPDATE audit_heads SET sequence = $2, hash = $3 WHERE organization_id = $1`, c.head.organization, c.head.sequence, c.head.hash)
			_, tries := tx.Exec(c.Context(), `DELETE FROM throttles`)
			_, step := tx.Exec(c.Context(), `UPDATE accounts SET setup_step = '' WHERE email = $1`, admin)
			_, users := tx.Exec(c.Context(), `DELETE FROM users WHERE organization_id = $1 AND email NOT IN ($2, $3)`, c.head.organization, admin, twice)
			_, roles := tx.Exec(c.Context(), `DELETE FROM roles WHERE organization_id = $1 AND kind = 'own' AND id <> $2`, c.head.organization, c.spares["role"])
			return errors.Join(events, head, tries, step, users, roles)
		})
	}
	if method == http.MethodPost && c.actor.clone().get("/profile").status != http.StatusOK && c.actor.key != "" {
		c.actor.leads(c.actor.logIn(admin), "/")
		c.token = ""
	}
}

func (c *crawl) count(query string, args ...any) (n int) {
	c.Helper()
	c.scan([]any{&n}, query, args...)
	return n
}

func (c *crawl) text(query string, args ...any) (text string) {
	c.Helper()
	c.scan([]any{&text}, query, args...)
	return text
}

func (c *crawl) scan(into []any, query string, args ...any) {
	c.Helper()
	if err := c.app.DB().Read(c.Context(), func(tx *db.Tx) error { return tx.QueryRow(c.Context(), query, args...).Scan(into...) }); err != nil {
		c.Fatal(query, err)
	}
}

func (c *crawl) write(change func(tx *db.Tx) error) {
	c.Helper()
	if err := c.app.DB().Write(c.Context(), change); err != nil {
		c.Fatal(err)
	}
}
