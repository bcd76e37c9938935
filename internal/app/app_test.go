package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/app"
	"idkit/internal/domain/access"
	"idkit/internal/domain/client"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

const patience = time.Minute

// output is what a running App prints or logs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func settings(t *testing.T) config.Config {
	t.Helper()
	t.Chdir(t.TempDir()) // where an App on PostgreSQL keeps its mailbox
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	return config.Config{
		Listen: address, BaseURL: "http://" + address, Database: dbtest.URL(t), SecretKey: secret.Redacted(secret.NewKey()),
		MailFrom: "idkit@example.com", Brand: "IDKit",
	}
}

// running is an App that serves.
type running struct {
	*app.App
	said, log *output
	stop      func()
	ended     chan error
}

func start(t *testing.T, c config.Config) *running {
	t.Helper()
	r := &running{said: &output{}, log: &output{}, ended: make(chan error, 1)}
	var err error
	r.App, err = app.New(t.Context(), app.Options{Config: c, Log: slog.New(slog.NewJSONHandler(r.log, nil)), Announce: r.said})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	t.Cleanup(stop)
	go func() { r.ended <- r.Run(ctx) }()
	eventually(t, "it does not listen", func() bool { return strings.Contains(r.log.String(), "listening") })
	return r
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func TestWrongSettingsAreRefusedBeforeAnythingIsMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, err := app.New(t.Context(), app.Options{Config: config.Config{
		Listen: "x", BaseURL: "http://id.example.com", Database: "sqlite:" + filepath.Join(dir, "idkit.db"), MailFrom: "x", Brand: "IDKit",
	}, Log: slog.New(slog.DiscardHandler), Announce: io.Discard})
	if err == nil || !strings.Contains(err.Error(), "IDKIT_LISTEN") || !strings.Contains(err.Error(), "IDKIT_MAIL_FROM") {
		t.Errorf("it says %v", err)
	}
	if found, _ := filepath.Glob(dir + "*"); len(found) > 0 {
		t.Errorf("made: %v", found)
	}
	_, err = app.New(t.Context(), app.Options{Config: config.Config{
		Listen: "127.0.0.1:0", BaseURL: "http://localhost", Database: "sqlite:" + filepath.Join(dir, "idkit.db"), SecretKey: "short", MailFrom: "a@example.com", Brand: "IDKit",
	}, Log: slog.New(slog.DiscardHandler), Announce: io.Discard})
	if err == nil || strings.Contains(err.Error(), "short") && !strings.Contains(err.Error(), "key") {
		t.Errorf("a wrong key: %v", err)
	}
}

func TestAWrongFileOfModulesStopsTheStart(t *testing.T) {
	for content, says := range map[string]string{
		"": "no such file", `[{"key": "users"}]`: "a module with this key is there already", `[{"key": "a", "title": "A", "description": "D", "icon": "palm"}]`: `"palm" is no icon`,
	} {
		c := settings(t)
		c.ModulesFile = filepath.Join(t.TempDir(), "modules.json")
		if content != "" {
			if err := os.WriteFile(c.ModulesFile, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := app.New(t.Context(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler), Announce: io.Discard})
		if err == nil || !strings.Contains(err.Error(), "IDKIT_MODULES_FILE") || !strings.Contains(err.Error(), says) {
			t.Errorf("it says %v, want something about %q", err, says)
		}
	}
}

func TestTheSetUpAddressIsTheOneLineOfAFreshInstallation(t *testing.T) {
	c := settings(t)
	first := start(t, c)
	address := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(first.said.String()), "Set up IDKit in your browser:"))
	if !strings.HasPrefix(address, c.BaseURL+"/setup?token=") || strings.ContainsAny(address, " \n") {
		t.Fatalf("it says %q", first.said)
	}
	if strings.Contains(first.log.String(), "token=") {
		t.Error("the log keeps the address")
	}
	if _, err := first.Clients().Create(t.Context(), access.Installation(access.Origin{}), client.Draft{Details: client.Details{Name: "Acme"}, FirstName: "Ada", Email: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	first.end(t)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, c)
	if said := second.said.String(); said != "" {
		t.Errorf("an installation with an organization still says %q", said)
	}
	// The old address is worth nothing any more.
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("the old set-up address answers %d", answer.StatusCode)
	}
}

func (r *running) end(t *testing.T) {
	t.Helper()
	r.stop()
	select {
	case err := <-r.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}

// TestRequestsUnderWayAreAnswered ends the App while a form is half sent.
func TestRequestsUnderWayAreAnswered(t *testing.T) {
	c := settings(t)
	r := start(t, c)
	body, more := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, c.BaseURL+"/theme", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	answered := make(chan *http.Response, 1)
	go func() {
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Error(err)
		}
		answered <- answer
	}()
	if _, err := io.WriteString(more, "theme=dark&"); err != nil { // taken off the pipe: the request is on its way
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	r.stop()
	eventually(t, "it still takes connections", func() bool {
		conn, err := net.Dial("tcp", c.Listen)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	_, _ = io.WriteString(more, "back=/login")
	_ = more.Close()
	if answer := <-answered; answer == nil || answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/login" {
		t.Errorf("the request under way: %v", answer)
	}
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}

func TestLettersLeaveWhileItRuns(t *testing.T) {
	c := settings(t)
	r := start(t, c)
	if _, err := r.Clients().Create(t.Context(), access.Installation(access.Origin{}), client.Draft{Details: client.Details{Name: "Acme"}, FirstName: "Ada", Email: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	box, err := mail.OpenMailbox(c.Mailbox())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the invitation does not leave", func() bool {
		letters, err := box.List()
		if err != nil || len(letters) != 1 {
			return false
		}
		if support := "Support: " + c.BaseURL + "/support"; letters[0].To != "ada@example.com" || !strings.Contains(letters[0].Text, support) {
			t.Errorf("the letter to %s does not end with %s: %s", letters[0].To, support, letters[0].Text)
		}
		return true
	})
	r.end(t)
}

func TestWhatIsLongOverIsForgotten(t *testing.T) {
	c := settings(t)
	before := start(t, c)
	err := before.DB().Write(t.Context(), func(tx *db.Tx) error {
		for id, age := range map[string]time.Duration{"old": 31, "young": 29} {
			then := tx.Now.Add(-age * 24 * time.Hour)
			_, err := tx.Exec(t.Context(), `INSERT INTO letters (id, organization_id, kind, subject_id, address, language, data, message_id,
					state, attempts, created_at, due_at, give_up_at, lease, reply, ended_at)
				VALUES ($1, '', 'reset', 'acc_1', 'ada@example.com', '', '{}', '', 'sent', 1, $2, $2, $2, '', '', $2)`, id, then)
			if err != nil {
				return err
			}
			_, err = tx.Exec(t.Context(), `INSERT INTO links (token_hash, purpose, organization_id, subject_id, address, letter_id, created_at, expires_at)
				VALUES ($1, 'password_reset', '', 'acc_1', 'ada@example.com', $2, $3, $3)`, []byte(id), id, then)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before.end(t)
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	after := start(t, c)
	eventually(t, "what is old is kept", func() bool {
		var letters, links string
		err := after.DB().Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT (SELECT count(*) || min(id) FROM letters), (SELECT count(*) || min(letter_id) FROM links WHERE subject_id = 'acc_1')`).
				Scan(&letters, &links)
		})
		return err == nil && letters == "1young" && links == "1young"
	})
	after.end(t)
}

func TestATakenAddressIsSaid(t *testing.T) {
	c := settings(t)
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := app.New(t.Context(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler), Announce: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), c.Listen) {
		t.Errorf("it says %v", err)
	}
}

func TestCheckMail(t *testing.T) {
	c := settings(t)
	if server, err := app.CheckMail(t.Context(), c); err != nil || server == "" {
		t.Errorf("the mailbox of development: %q, %v", server, err)
	}
	c.BaseURL = "https://id.example.com"
	if _, err := app.CheckMail(t.Context(), c); err == nil || !strings.Contains(err.Error(), "IDKIT_SMTP") {
		t.Errorf("without a server: %v", err)
	}
	for _, address := range []string{"smtp://user:canary@127.0.0.1:1", "smtps://user:canary@127.0.0.1:1", "http://user:canary@127.0.0.1:1", "smtp://user:canary@"} {
		c.SMTP = secret.Redacted(address)
		if _, err := app.CheckMail(t.Context(), c); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
