//go:build browser

package browser

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/app"
	"idkit/internal/platform/config"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

// portal is a fresh installation in development mode, with a database and a mailbox in a temporary folder.
type portal struct {
	base    string
	console string // address of the operator's console
	setup   string // the one-time address that the start prints
	clock   *clock
	app     *app.App
	mailbox *mail.Mailbox
}

// secretKey is that of every portal, so that one hash of a password serves all tests.
var secretKey = secret.NewKey()

// clock runs like the real one, from an instant that the test may move forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// startPortal starts the very program on a port of its own and stops it when the test ends.
func startPortal(t *testing.T, changes ...func(*config.Config)) *portal {
	t.Helper()
	listen := freeAddress(t)
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.Fatal(err)
	}
	announced := &announcement{heard: make(chan string, 1)}
	settings := config.Config{
		Listen: listen, BaseURL: "http://localhost:" + port, Database: "sqlite:" + filepath.Join(t.TempDir(), "idkit.db"),
		SecretKey: secret.Redacted(secretKey), MailFrom: "idkit@localhost", Brand: "IDKit", OperatorListen: freeAddress(t),
	}
	for _, change := range changes {
		change(&settings)
	}
	p := &portal{base: settings.BaseURL, console: settings.OperatorURL().String(), clock: &clock{}}
	if folder := settings.Mailbox(); folder == "" {
		p.mailbox = nil // letters leave through a mail server
	} else if p.mailbox, err = mail.OpenMailbox(folder); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	p.app, err = app.New(ctx, app.Options{
		Config:   settings,
		Now:      p.clock.now,
		Log:      slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Announce: announced,
		Unsynced: true,
	})
	if err != nil {
		stop()
		t.Fatalf("make the portal: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.app.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the portal ended: %v", err)
		}
		p.app.Close()
	})
	p.awaitHealth(t)
	select {
	case p.setup = <-announced.heard:
	case <-time.After(patience):
		t.Fatal("the start printed no set-up address")
	}
	return p
}

func (p *portal) awaitHealth(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(p.base + "/healthz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatal("the portal does not answer")
}

// freeAddress finds a port that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// announcement listens to what the start prints until it hears the set-up address.
type announcement struct {
	mu    sync.Mutex
	text  strings.Builder
	heard chan string
}

var setupAddress = regexp.MustCompile(`http://\S+/setup\S*\s`)

func (a *announcement) Write(text []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text.Write(text)
	if address := setupAddress.FindString(a.text.String()); address != "" {
		a.text.Reset()
		a.heard <- strings.TrimSpace(address)
	}
	return len(text), nil
}

// testLog shows the program's warnings beside the test that caused them.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}
