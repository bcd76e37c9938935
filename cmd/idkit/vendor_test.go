package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"idkit/internal/platform/db"
)

// reach is what a command may touch of the clients.
type reach int

const (
	nothing reach = iota // of any client
	whole                // a client as a whole: that it exists, its status, its first Administrator's invitation
	copies               // the database as it is, into a file or out of one
)

// commandReach classifies every command. One that is not here stops the test:
// somebody has to say what it may touch, and how it is tried.
var commandReach = map[string]struct {
	reach reach
	tries []string // its arguments; each is tried with everything that belongs to somebody in the place of {}
}{
	"serve":               {nothing, nil}, // its routes have a test of their own
	"migrate":             {nothing, []string{""}},
	"config":              {nothing, []string{""}},
	"doctor":              {nothing, []string{""}},
	"schema":              {nothing, []string{""}},
	"org create":          {whole, []string{"--name {} --first-name Eve --email eve@vendor.example --print-link", "--name Acme --first-name Eve --email {} --print-link"}},
	"org list":            {whole, []string{""}},
	"org suspend":         {whole, []string{"{}"}},
	"org reactivate":      {whole, []string{"{}"}},
	"org recover":         {whole, []string{"{} --as ada@vendor.example --first-name Eve --email eve@vendor.example --reason lost", "{org} --as {} --first-name Eve --email eve@vendor.example --reason lost", "{org} --as ada@vendor.example --first-name Eve --email {} --reason lost"}},
	"operator invite":     {nothing, []string{"--first-name Eve --email {} --print-link"}},
	"operator list":       {nothing, []string{""}},
	"operator suspend":    {nothing, []string{"{}"}},
	"operator reactivate": {nothing, []string{"{}"}},
	"backup":              {copies, []string{"{file}"}},
	"restore":             {copies, []string{"{file}", "--verify {file}"}},
	"mail release":        {nothing, []string{""}},
	"audit verify":        {nothing, []string{""}},
}

// TestNoCommandReachesAUserOfAClient (P10) tries every command with every name of
// what belongs to a user of a client, and compares everything that lets that user
// in before and after: the account, the password, the factor, the codes, the
// sessions and the links.
func TestNoCommandReachesAUserOfAClient(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing at a time: there is no race to look for")
	}
	for _, command := range commandsOf(t) {
		known, there := commandReach[command]
		if !there {
			t.Errorf("idkit %s is new: say in commandReach what it may touch of a client", command)
			continue
		}
		v := newVendor(t)
		for _, try := range known.tries {
			for _, name := range v.names {
				v.tries(command, known.reach, try, name)
				if !strings.Contains(try, "{}") {
					break
				}
			}
		}
	}
	for command := range commandReach {
		if !slices.Contains(commandsOf(t), command) {
			t.Errorf("there is no idkit %s", command)
		}
	}
}

// commandsOf lists every command, hidden ones too.
func commandsOf(t *testing.T) (all []string) {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Name("idkit"))
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		all = append(all, strings.TrimPrefix(leaf.FullPath(), "idkit "))
	}
	if len(all) < 15 {
		t.Fatalf("only %d commands: %v", len(all), all)
	}
	return all
}

// vendor is an installation with an operator and a living client.
type vendor struct {
	*testing.T
	database, organization, backup string
	names                          []string // of what belongs to the client's Administrator
	secrets                        []string // no command prints them
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	dir := t.TempDir()
	v := &vendor{T: t, database: "sqlite:" + filepath.Join(dir, "idkit.db"), backup: filepath.Join(dir, "backup")}
	v.must("operator", "invite", "--first-name", "Ada", "--email", "ada@vendor.example")
	made := strings.Fields(v.must("org", "create", "--name", "Northwind", "--first-name", "Priya", "--last-name", "Shah", "--email", "priya@northwind.example"))
	v.organization = made[0]
	userID := made[2]
	v.write(
		`INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			SELECT 'acc_operator', 'vendor', email, email_key, 'hash', created_at, '', '', created_at FROM users WHERE email = 'ada@vendor.example'`,
		`DELETE FROM invitations`,
		`UPDATE users SET status = 'active', account_id = 'acc_operator', activated_at = created_at WHERE email = 'ada@vendor.example'`,
		`INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
			SELECT 'acc_canary', email, email_key, 'canary hash', created_at, '', '', created_at FROM users WHERE id = '`+userID+`'`,
		`UPDATE users SET status = 'active', account_id = 'acc_canary', activated_at = created_at WHERE id = '`+userID+`'`,
		`INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at) SELECT id, x'0102', 7, created_at FROM accounts WHERE id = 'acc_canary'`,
		`INSERT INTO recovery_codes (account_id, code_hash, created_at) SELECT id, x'0304', created_at FROM accounts WHERE id = 'acc_canary'`,
		`INSERT INTO half_logins (token_hash, account_id, step, second_factor, tries, created_at, expires_at)
			SELECT x'0506', id, 'code', true, 0, created_at, created_at + 86400000000 FROM accounts WHERE id = 'acc_canary'`,
		`INSERT INTO links (token_hash, purpose, organization_id, subject_id, address, letter_id, created_at, expires_at)
			SELECT x'0708', 'password_reset', '', id, email, 'ltr_canary', created_at, created_at + 86400000000 FROM accounts WHERE id = 'acc_canary'`,
		`INSERT INTO sessions (token_hash, id, organization_id, user_id, account_id, created_at, last_seen_at, expires_at, proven_at, second_factor, address, user_agent)
			SELECT x'090a', 'ses_canary', u.organization_id, u.id, a.id, a.created_at, a.created_at, a.created_at + 86400000000, a.created_at, true, '', ''
			FROM accounts a JOIN users u ON u.account_id = a.id WHERE a.id = 'acc_canary'`,
	)
	v.names = []string{v.organization, userID, "acc_canary", "ses_canary", "ltr_canary", "priya@northwind.example", "PRIYA@Northwind.example", "Northwind"}
	v.secrets = []string{"canary hash", "priya@northwind.example", "Priya", userID, "acc_canary", "ses_canary"}
	return v
}

// tries runs a command with a name in its arguments.
func (v *vendor) tries(command string, may reach, arguments, name string) {
	v.Helper()
	args := append(strings.Fields(command), strings.Fields(strings.NewReplacer("{org}", v.organization, "{file}", v.backup).Replace(arguments))...)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{}", name)
	}
	before := v.keys()
	said, _ := v.run(args...)
	after := v.keys()
	for key, value := range before {
		if command == "org suspend" && value == strings.Replace(after[key], "suspended", "alive", 1) {
			continue // a suspension of all ends sessions, and begins none
		}
		if key == "client" && may == whole {
			continue
		}
		if after[key] != value {
			v.Errorf("idkit %s: %s was %s and is %s", strings.Join(args, " "), key, value, after[key])
		}
	}
	for key := range after {
		if _, there := before[key]; !there {
			v.Errorf("idkit %s made %s", strings.Join(args, " "), key)
		}
	}
	for _, secret := range v.secrets {
		if strings.Contains(said, secret) && !strings.Contains(strings.ToLower(strings.Join(args, " ")), strings.ToLower(secret)) {
			v.Errorf("idkit %s prints %q: %s", strings.Join(args, " "), secret, said)
		}
	}
	v.write(`UPDATE organizations SET status = 'active', suspended_at = NULL, suspended_because = NULL WHERE status <> 'active'`) // for the next command
}

// keys is everything that lets the client's Administrator in, and the client itself.
func (v *vendor) keys() map[string]string {
	v.Helper()
	keys := map[string]string{}
	v.open(func(ctx context.Context, d *db.DB) error {
		return d.Read(ctx, func(tx *db.Tx) error {
			for name, query := range map[string]string{
				"client":   `SELECT name || status FROM organizations WHERE id = '` + v.organization + `'`,
				"account":  `SELECT email || password_hash || setup_step || kind FROM accounts WHERE id = 'acc_canary'`,
				"user":     `SELECT status || role_id || account_id || email FROM users WHERE id = '` + v.names[1] + `'`,
				"factor":   `SELECT hex(secret_sealed) || last_step FROM second_factors`,
				"codes":    `SELECT hex(code_hash) || coalesce(used_at, 'unused') FROM recovery_codes`,
				"half":     `SELECT hex(token_hash) || tries FROM half_logins`,
				"session":  `SELECT hex(token_hash) || coalesce(ended_because, 'alive') || user_id FROM sessions`,
				"link":     `SELECT hex(token_hash) || coalesce(ended_because, 'good') FROM links WHERE subject_id = 'acc_canary'`,
				"invites":  `SELECT count(*) || '' FROM invitations WHERE organization_id = '` + v.organization + `'`,
				"accounts": `SELECT count(*) || '' FROM accounts`,
				"people":   `SELECT count(*) || '' FROM users WHERE organization_id = '` + v.organization + `'`,
			} {
				rows, err := db.Values[string](ctx, tx, query)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				if len(rows) != 1 {
					v.Errorf("%s: %d rows", name, len(rows))
				}
				keys[name] = strings.Join(rows, "\n")
			}
			return nil
		})
	})
	return keys
}

func (v *vendor) write(statements ...string) {
	v.Helper()
	v.open(func(ctx context.Context, d *db.DB) error {
		return d.Write(ctx, func(tx *db.Tx) error {
			for _, s := range statements {
				if _, err := tx.Exec(ctx, s); err != nil {
					return fmt.Errorf("%s: %w", s, err)
				}
			}
			return nil
		})
	})
}

func (v *vendor) open(act func(ctx context.Context, d *db.DB) error) {
	v.Helper()
	d, err := db.Open(v.Context(), db.Options{URL: v.database, Now: time.Now})
	if err != nil {
		v.Fatal(err)
	}
	defer d.Close()
	if err := act(v.Context(), d); err != nil {
		v.Fatal(err)
	}
}

func (v *vendor) run(args ...string) (said string, exit int) {
	var out bytes.Buffer
	exit = run(append([]string{"--database", v.database}, args...), &out, &out)
	return out.String(), exit
}

func (v *vendor) must(args ...string) string {
	v.Helper()
	said, exit := v.run(args...)
	if exit != 0 {
		v.Fatalf("idkit %s: %d, %s", strings.Join(args, " "), exit, said)
	}
	return said
}

// TestTheSearchForReachFindsIt holds the test above to a command that would do
// what none may.
func TestTheSearchForReachFindsIt(t *testing.T) {
	v := newVendor(t)
	before := v.keys()
	v.write(`UPDATE accounts SET password_hash = 'another' WHERE id = 'acc_canary'`, `UPDATE sessions SET ended_at = created_at, ended_because = 'suspended'`,
		`UPDATE second_factors SET last_step = 8`)
	after := v.keys()
	changed := slices.DeleteFunc(slices.Sorted(maps.Keys(before)), func(key string) bool { return before[key] == after[key] })
	if fmt.Sprint(changed) != "[account factor session]" {
		t.Errorf("it sees changes of %v", changed)
	}
}
