//go:build browser

package browser

import (
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idkit/internal/app"
	"idkit/internal/app/apptest"
	"idkit/internal/platform/config"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

// portal is a fresh installation in development mode, with a database and a mailbox in a temporary folder.
type portal struct {
	base    string
	console string // address of the operator's console
	setup   string // the one-time address that the start prints
	clock   *apptest.Clock
	app     *app.App
	mailbox *mail.Mailbox
}

// secretKey is that of every portal, so that one hash of a password serves all tests.
var secretKey = secret.NewKey()

// startPortal starts the very program on a port of its own and stops it when the test ends.
func startPortal(t *testing.T, changes ...func(*config.Config)) *portal {
	t.Helper()
	listen := apptest.FreeAddress(t)
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		t.Fatal(err)
	}
	settings := config.Config{
		Listen: listen, BaseURL: "http://localhost:" + port, Database: "sqlite:" + filepath.Join(t.TempDir(), "idkit.db"),
		SecretKey: secret.Redacted(secretKey), MailFrom: "idkit@localhost", Brand: "IDKit", OperatorListen: apptest.FreeAddress(t),
	}
	for _, change := range changes {
		change(&settings)
	}
	p := &portal{base: settings.BaseURL, console: settings.OperatorURL().String(), clock: &apptest.Clock{}}
	if folder := settings.Mailbox(); folder == "" {
		p.mailbox = nil // letters leave through a mail server
	} else if p.mailbox, err = mail.OpenMailbox(folder); err != nil {
		t.Fatal(err)
	}
	p.app, p.setup = apptest.Start(t, settings, p.clock, slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn})))
	p.awaitHealth(t)
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

// testLog shows the program's warnings beside the test that caused them.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}
