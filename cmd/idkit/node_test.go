package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/id"
)

// baseURL is what people reach an installation at; where its processes listen is for the system to choose.
const baseURL = "http://localhost"

// patience is how long something that must happen may take on a busy machine.
const patience = time.Minute

// installation is a database that processes of the real program serve.
type installation struct {
	*testing.T
	program  func(...string) *exec.Cmd
	database string
	key      string
	folder   string // where the program runs
}

func newInstallation(t *testing.T) *installation {
	t.Helper()
	return &installation{t, program(t), dbtest.URL(t), keyFile(t), t.TempDir()}
}

// command is the program with the settings of the installation.
func (i *installation) command(args ...string) *exec.Cmd {
	c := i.program(append(args, "--database", i.database, "--secret-key-file", i.key, "--base-url", baseURL)...)
	c.Dir = i.folder
	return c
}

// read looks into the database, and write changes it. They hold nothing open
// afterwards: what a killed process left behind is for the next one to find.
func (i *installation) read(look func(*db.Tx) error) {
	i.Helper()
	i.open(func(d *db.DB) error { return d.Read(i.Context(), look) })
}

func (i *installation) write(change func(*db.Tx) error) {
	i.Helper()
	i.open(func(d *db.DB) error { return d.Write(i.Context(), change) })
}

func (i *installation) open(act func(*db.DB) error) {
	i.Helper()
	d, err := db.Open(i.Context(), db.Options{URL: i.database, Now: time.Now})
	if err != nil {
		i.Fatal(err)
	}
	if err := errors.Join(act(d), d.Close()); err != nil {
		i.Fatal(err)
	}
}

// mailbox is the folder in which the letters arrive.
func (i *installation) mailbox() string {
	if path, ok := strings.CutPrefix(i.database, "sqlite:"); ok {
		return filepath.Join(filepath.Dir(path), "mailbox")
	}
	return filepath.Join(i.folder, "data", "mailbox")
}

// joined is somebody with an account.
type joined struct{ organization, id, account, email string }

// join makes an active user of an organization.
func (i *installation) join(tx *db.Tx, organizationID, roleID, first string) joined {
	i.Helper()
	u := joined{organization: organizationID, id: id.New("usr"), account: id.New("acc")}
	u.email = u.account + "@example.com"
	ctx := i.Context()
	_, err := tx.Exec(ctx, `INSERT INTO accounts (id, kind, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
		VALUES ($1, 'client', $2, $2, '-', $3, '', 'en', $3)`, u.account, u.email, tx.Now)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
			VALUES ($1, $2, $3, $4, 'Shah', $5, $5, '', $6, 'active', $7)`, u.organization, u.id, u.account, first, u.email, roleID, tx.Now)
	}
	if err != nil {
		i.Fatal(err)
	}
	return u
}

// logIn starts a session, as a log-in does at its end.
func (i *installation) logIn(tx *db.Tx, u joined) browser {
	i.Helper()
	started, err := session.Start(i.Context(), tx, session.New{OrganizationID: u.organization, UserID: u.id, AccountID: u.account, Origin: access.Origin{}})
	if err != nil {
		i.Fatal(err)
	}
	return browser(started.Token.Reveal())
}

func (i *installation) newOrganization(tx *db.Tx, name string) (string, organization.Roles) {
	i.Helper()
	o, roles, err := organization.Create(i.Context(), tx, organization.Client, name)
	if err != nil {
		i.Fatal(err)
	}
	return o.ID, roles
}

// node is idkit serve as a process of its own.
type node struct {
	command *exec.Cmd
	address string
	log     *nodeLog
	took    time.Duration // from its start to its first answer
	client  *http.Client
}

// nodeLog keeps what a process logs, and hears in it where the process listens.
type nodeLog struct {
	mu        sync.Mutex
	text      bytes.Buffer
	listening chan string
}

var listeningAt = regexp.MustCompile(`listening.*?(127\.0\.0\.1:\d+)`)

func (l *nodeLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found := listeningAt.FindSubmatch(line); found != nil {
		l.listening <- string(found[1])
	}
	return l.text.Write(line)
}

func (l *nodeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serve starts a process and waits until it answers.
func (i *installation) serve() *node {
	i.Helper()
	n := &node{
		command: i.command("serve", "--listen", "127.0.0.1:0", "--operator-listen", "off"), log: &nodeLog{listening: make(chan string, 1)},
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 100},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Timeout:       patience,
		},
	}
	n.command.Stderr = n.log
	began := time.Now()
	if err := n.command.Start(); err != nil {
		i.Fatal(err)
	}
	i.Cleanup(n.kill)
	select {
	case n.address = <-n.log.listening:
	case <-time.After(patience):
		i.Fatalf("it does not listen\n%s", n.log)
	}
	if status, _, err := browser("").ask(n, http.MethodGet, "/readyz", nil); err != nil || status != http.StatusOK {
		i.Fatalf("it answers %d, %v\n%s", status, err, n.log)
	}
	n.took = time.Since(began)
	return n
}

// kill is kill -9. The process is gone when it returns.
func (n *node) kill() {
	_ = n.command.Process.Kill()
	_ = n.command.Wait()
	n.client.CloseIdleConnections()
}

// browser holds the token of a session, and can ask every node.
type browser string

// ask sends a request and returns the status and the page. An error means that no whole answer came.
func (b browser) ask(n *node, method, path string, form url.Values) (status int, text string, err error) {
	r, err := http.NewRequest(method, "http://"+n.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	r.Host = strings.TrimPrefix(baseURL, "http://")
	r.Header.Set("Cookie", "idkit_session="+string(b))
	if method == http.MethodPost {
		r.Header.Set("Origin", baseURL)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := n.client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

var formToken = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

// form opens the page of a form and returns the token that it carries.
func (b browser) form(n *node, path string) (token string, err error) {
	status, text, err := b.ask(n, http.MethodGet, path, nil)
	if err != nil {
		return "", err
	}
	found := formToken.FindStringSubmatch(text)
	if status != http.StatusOK || found == nil {
		return "", answered{"GET " + path, status, text}
	}
	return found[1], nil
}

// answered is an answer that was not expected.
type answered struct {
	request string
	status  int
	text    string
}

func (a answered) Error() string {
	return fmt.Sprintf("%s is answered %d\n%s", a.request, a.status, a.text)
}
