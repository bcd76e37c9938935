package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/backup"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail/mailtest"
	"idkit/internal/platform/secret"
)

const smtpPassword = "canary of the mail server 4711"

// canaries are the secrets that were met in clear, by what they are.
type canaries struct {
	p      *portal
	server *mailtest.Server
	found  map[string][]byte
}

func (c *canaries) add(what, text string) {
	c.p.Helper()
	if len(text) < 8 {
		c.p.Fatalf("%s is %q", what, text)
	}
	c.found[what+" "+text] = []byte(text)
}

// token adds a token with the bytes that it stands for.
func (c *canaries) token(what, text string) {
	c.p.Helper()
	c.add(what, text)
	if raw, err := base64.RawURLEncoding.DecodeString(text); err == nil {
		c.found[what+", its bytes, "+text] = raw
	}
}

// met adds everything that a browser was given or typed so far.
func (c *canaries) met(who string, v *visitor) {
	c.p.Helper()
	for _, cookie := range v.set {
		if len(cookie.Value) > 8 && !strings.HasPrefix(cookie.Value, "/") {
			c.token(who+", cookie "+cookie.Name, cookie.Value)
		}
	}
	c.token(who+", a form's token", v.page.formToken())
	if v.key != "" {
		c.add(who+", the authenticator's key", v.key)
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(v.key)
		if err != nil {
			c.p.Fatal(err)
		}
		c.found[who+", the bytes of the authenticator's key "+v.key] = raw
	}
	for _, code := range v.codes {
		c.add(who+", a recovery code", code)
	}
}

// mailed waits for a letter that matches, and returns what the pattern finds in it.
func (c *canaries) mailed(address, pattern string) string {
	c.p.Helper()
	wanted := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		taken := c.server.Taken()
		for i := len(taken) - 1; i >= 0; i-- {
			if found := wanted.FindString(taken[i].Text); found != "" && taken[i].To == address {
				return found
			}
		}
	}
	c.p.Fatalf("no letter to %s has %s", address, pattern)
	return ""
}

// link waits for a mailed link to a path, and adds its token.
func (c *canaries) link(address, path string) string {
	c.p.Helper()
	link := c.p.mailedPath(c.mailed(address, `https://\S+`+regexp.QuoteMeta(path)+`\?token=\S+`))
	c.token("a link to "+path, strings.SplitN(link, "token=", 2)[1])
	return link
}

// spellings are the forms in which a secret might lie about.
func spellings(secret []byte) map[string][]byte {
	text := string(secret)
	bare := strings.NewReplacer("-", "", " ", "").Replace(text)
	spelled := map[string]string{
		"as it is": text, "in capitals": strings.ToUpper(text), "in small letters": strings.ToLower(text), "without dashes": bare,
		"in small letters without dashes": strings.ToLower(bare), "in groups": strings.ReplaceAll(text, "-", " "),
		"in hex": hex.EncodeToString(secret), "in capital hex": strings.ToUpper(hex.EncodeToString(secret)),
		"in base32": strings.TrimRight(base32.StdEncoding.EncodeToString(secret)[:len(secret)*8/5], "="), "as part of an address": url.QueryEscape(text),
	}
	quoted, err := json.Marshal(text)
	if err == nil {
		spelled["in JSON"] = strings.Trim(string(quoted), `"`)
	}
	for before := range 3 { // in base64 it depends on what stands before it
		skip := []int{0, 2, 3}[before]
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 of addresses": base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(append(make([]byte, before), secret...))
			spelled[fmt.Sprint("in ", name, " behind ", before)] = encoded[skip : (before+len(secret))*8/6]
		}
	}
	forms := map[string][]byte{}
	for name, form := range spelled {
		if len(form) >= 8 {
			forms[name] = []byte(form)
		}
	}
	return forms
}

// search tells which canaries lie where.
func (c *canaries) search(places map[string][]byte) (hits []string) {
	for what, secret := range c.found {
		for form, spelled := range spellings(secret) {
			for place, content := range places {
				if bytes.Contains(content, spelled) {
					hits = append(hits, fmt.Sprintf("%s: %s, %s", place, what, form))
				}
			}
		}
	}
	return hits
}

// places is everything that rests somewhere at this moment, or leaves on demand.
func (c *canaries) places(owner *visitor) map[string][]byte {
	c.p.Helper()
	places := map[string][]byte{"the log": []byte(c.p.log.String())}
	if path, lite := strings.CutPrefix(c.p.config.Database, "sqlite:"); lite {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			content, err := os.ReadFile(path + suffix)
			if err != nil {
				c.p.Fatal(err)
			}
			places["the file idkit.db"+suffix] = content
		}
	} else {
		places["the tables"] = c.tables()
	}
	keyring, err := secret.ParseKeyring(c.p.config.SecretKey.Reveal())
	if err != nil {
		c.p.Fatal(err)
	}
	var packed bytes.Buffer
	if _, err := backup.Write(c.p.Context(), c.p.app.DB(), keyring, &packed); err != nil {
		c.p.Fatal(err)
	}
	unpacked, err := gzip.NewReader(&packed)
	if err != nil {
		c.p.Fatal(err)
	}
	if places["a backup"], err = io.ReadAll(unpacked); err != nil {
		c.p.Fatal(err)
	}
	for _, target := range []string{"/audit.jsonl", "/audit.csv", "/users.csv"} {
		a := owner.get(target)
		if a.status != http.StatusOK || len(a.body) < 200 {
			c.p.Fatalf("%s answers %d with %d bytes", target, a.status, len(a.body))
		}
		places[target] = []byte(a.body)
	}
	return places
}

// tables is every row of a PostgreSQL database, as text.
func (c *canaries) tables() []byte {
	c.p.Helper()
	var all bytes.Buffer
	err := c.p.app.DB().Read(c.p.Context(), func(tx *db.Tx) error {
		tables, err := db.Values[string](c.p.Context(), tx, `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()`)
		for _, table := range tables {
			rows, err := db.Values[string](c.p.Context(), tx, `SELECT t::text FROM `+table+` t`)
			if err != nil {
				return err
			}
			fmt.Fprintf(&all, "%s\n%s\n", table, strings.Join(rows, "\n"))
		}
		return err
	})
	if err != nil {
		c.p.Fatal(err)
	}
	return all.Bytes()
}

// TestNoSecretRests goes through everything that people do, meets each secret in
// clear on the way, and looks for all of them wherever something rests
// (SECURITY.md, P10 and P23).
func TestNoSecretRests(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing at a time: there is no race to look for")
	}
	server := mailtest.NewServer(t, mailtest.Options{Users: map[string]string{"mailer": smtpPassword}})
	p := newPortal(t, production, func(c *config.Config) {
		c.SMTP = secret.Redacted("smtp://mailer:" + url.PathEscape(smtpPassword) + "@" + server.Address())
	})
	c := &canaries{p: p, server: server, found: map[string][]byte{}}
	c.add("the mail server's password", smtpPassword)
	c.add("the secret key", p.config.SecretKey.Reveal())
	key, err := base64.StdEncoding.DecodeString(p.config.SecretKey.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	c.found["the bytes of the secret key"] = key
	c.token("the set-up link", strings.SplitN(p.setup, "token=", 2)[1])

	owner := p.found()
	c.met("the owner", owner)
	sam, samID := c.joins(owner)
	c.logsIn(sam)
	c.forgets(sam)
	c.moves(sam)
	spoken := c.readsOut(owner, samID)
	c.add("a code to read out", spoken)
	queued := c.whileMailIsDown(owner)
	c.met("the owner", owner)
	if len(c.found) < 100 {
		t.Fatalf("only %d secrets were met", len(c.found))
	}
	for place, content := range queued {
		c.nothingIn(place+", with letters in the queue", content)
	}
	rest := c.places(owner)
	for place, content := range rest {
		c.nothingIn(place, content)
	}
	c.opensNothing(rest["a backup"])
	c.canFail(owner)
	t.Logf("%d secrets, each in about %d spellings, in %d places", len(c.found), len(spellings(key)), len(rest)+len(queued))
}

func (c *canaries) nothingIn(place string, content []byte) {
	c.p.Helper()
	for _, hit := range c.search(map[string][]byte{place: content}) {
		c.p.Error(hit)
	}
}

// joins is somebody who follows a mailed invitation, after one that was copied.
func (c *canaries) joins(owner *visitor) (sam *visitor, userID string) {
	userID = owner.invite("sam@example.com", "Member")
	c.link("sam@example.com", "/join")
	copied := owner.link(userID)
	c.token("a copied invitation", strings.SplitN(copied, "token=", 2)[1])
	c.add("a password", password)
	sam = c.p.visitor()
	sam.open(copied)
	c.add("a password that was refused", "canary short")
	sam.post("/join", "password", "canary short")
	sam.leads(sam.post("/join", "password", password), "/protect")
	sam.protect()
	c.met("sam, setting up", sam)
	sam.leads(sam.post("/protect/recovery-codes", "saved", "yes"), "/")
	sam.open("/")
	return sam, userID
}

// logsIn goes all the ways in.
func (c *canaries) logsIn(sam *visitor) {
	sam.post("/logout")
	sam.open("/login")
	c.add("a wrong password", "canary of a wrong password")
	sam.post("/login", "email", "sam@example.com", "password", "canary of a wrong password")
	sam.leads(sam.logIn("sam@example.com"), "/")
	c.met("sam, logged in", sam)
	sam.open("/")
	sam.post("/logout")
	sam.open("/login")
	sam.post("/login", "email", "sam@example.com", "password", password)
	sam.open("/login/recovery")
	sam.leads(sam.post("/login/recovery", "code", sam.codes[3]), "/login/recovered")
	c.met("sam, by a recovery code", sam)
}

// forgets is a reset of the password by a mailed link.
func (c *canaries) forgets(sam *visitor) {
	forgetful := c.p.visitor()
	forgetful.open("/forgot")
	forgetful.post("/forgot", "email", "sam@example.com")
	forgetful.open(c.link("sam@example.com", "/reset"))
	c.add("a new password", newPassword)
	if a := forgetful.post("/reset", "password", newPassword, "confirm", newPassword); a.status != http.StatusSeeOther {
		c.p.Fatalf("the reset answers %d", a.status)
	}
	c.met("sam, forgetful", forgetful)
	c.p.clock.Advance(time.Minute)
	sam.open("/login")
	sam.leads(sam.post("/login", "email", "sam@example.com", "password", newPassword), "/login/code")
	sam.open("/login/code")
	sam.leads(sam.post("/login/code", "code", sam.code()), "/")
	c.met("sam, with a new password", sam)
}

// moves changes the email address.
func (c *canaries) moves(sam *visitor) {
	const next = "sam@new.example"
	sam.open("/profile/email")
	sam.leads(sam.post("/profile/email", "email", next, "password", newPassword), "/profile")
	link := c.link(next, "/email/confirm")
	c.link("sam@example.com", "/email/stop")
	sam.open(link)
	sam.leads(sam.post("/email/confirm"), "/profile")
	c.link("sam@example.com", "/email/undo")
	c.met("sam, moved", sam)
}

// readsOut begins a reset of the second factor.
func (c *canaries) readsOut(owner *visitor, userID string) (code string) {
	window := "/users/" + userID + "/second-factor"
	owner.open(window)
	owner.leads(owner.post(window, "step", "send", "back", "/users"), window)
	return c.mailed("sam@new.example", spokenCode.String())
}

// whileMailIsDown looks at what rests while letters wait, and adds what they carry once they have left.
func (c *canaries) whileMailIsDown(owner *visitor) (places map[string][]byte) {
	c.server.Down()
	owner.invite("kim@example.com", "Member")
	forgetful := c.p.visitor()
	forgetful.open("/forgot")
	forgetful.post("/forgot", "email", admin)
	places = c.places(owner)
	if !bytes.Contains(places["a backup"], []byte(`"queued"`)) {
		c.p.Fatal("no letter waits")
	}
	c.server.Up()
	c.p.clock.Advance(10 * time.Minute)
	c.link("kim@example.com", "/join")
	c.link(admin, "/reset")
	return places
}

var storedBytes = regexp.MustCompile(`"([A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{20,})"`)

// opensNothing tries everything that is stored as a session, a half log-in and
// each kind of link.
func (c *canaries) opensNothing(stored []byte) {
	c.p.Helper()
	tried := 0
	for _, found := range storedBytes.FindAllSubmatch(stored, -1) {
		text := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(string(found[1])), "=")
		thief := c.p.visitor()
		thief.cookies["__Host-idkit_session"], thief.cookies["__Host-idkit_half"] = text, text
		if a := thief.get("/profile"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), "/login") {
			c.p.Errorf("%q opens a session: %d to %q", text, a.status, a.location())
		}
		for _, path := range []string{"/join", "/reset", "/email/confirm", "/email/undo", "/not-me", "/setup"} {
			if a := c.p.visitor().open(path + "?token=" + text); a.status == http.StatusOK {
				c.p.Errorf("%q opens %s", text, path)
			}
		}
		tried++
	}
	if tried < 30 {
		c.p.Errorf("only %d stored values were tried", tried)
	}
}

// canFail plants every spelling of every secret, and two of them in the database, and finds them.
func (c *canaries) canFail(owner *visitor) {
	c.p.Helper()
	var planted bytes.Buffer
	forms := 0
	for _, secret := range c.found {
		for _, spelled := range spellings(secret) {
			planted.WriteString("\x00\xffrow ")
			planted.Write(spelled)
			forms++
		}
	}
	if found := len(c.search(map[string][]byte{"planted": planted.Bytes()})); found != forms {
		c.p.Errorf("%d spellings were planted, %d found", forms, found)
	}
	ctx := context.Background()
	err := c.p.app.DB().Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 0, $2, $3)`, "x"+smtpPassword, []byte("yy"+newPassword), tx.Now)
		return err
	})
	if err != nil {
		c.p.Fatal(err)
	}
	hits := strings.Join(c.search(c.places(owner)), "\n")
	for _, place := range []string{"a backup", map[bool]string{true: "the tables", false: "the file idkit.db"}[strings.HasPrefix(c.p.config.Database, "postgres")]} {
		for _, what := range []string{smtpPassword, newPassword} {
			if !regexp.MustCompile(regexp.QuoteMeta(place) + `.*` + regexp.QuoteMeta(what)).MatchString(hits) {
				c.p.Errorf("%q was planted and not found in %s:\n%s", what, place, hits)
			}
		}
	}
}
