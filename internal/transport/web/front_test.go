package web_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"idkit/internal/app"
	"idkit/internal/app/apptest"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

const (
	development = "http://localhost:8080"
	production  = "https://id.example.com"
	password    = "violet harbour seven lanterns"
	patience    = 15 * time.Second
)

// portal is a whole portal with a database of its own, at work in the background.
type portal struct {
	*testing.T
	app     *app.App
	handler http.Handler
	config  config.Config
	clock   *apptest.Clock
	log     *journal
	setup   string // path and query of the one-time set-up address
}

// newPortal starts a portal at that base URL; changes may be nil.
func newPortal(t *testing.T, base string, changes func(*config.Config)) *portal {
	t.Helper()
	t.Chdir(t.TempDir()) // where a portal on PostgreSQL keeps its mailbox
	p := &portal{T: t, clock: &apptest.Clock{}, log: &journal{}}
	p.config = config.Config{
		Listen: "127.0.0.1:0", BaseURL: base, Database: dbtest.URL(t), SecretKey: secret.Redacted(secret.NewKey()),
		MailFrom: "idkit@example.com", Brand: "IDKit",
	}
	if changes != nil {
		changes(&p.config)
	}
	logged := slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p.app, p.setup = apptest.Start(t, p.config, p.clock, logged)
	p.setup = strings.TrimPrefix(p.setup, base)
	p.handler = p.app.Handler()
	return p
}

// journal is everything that was logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// of returns the lines about one request.
func (j *journal) of(requestID string) (lines []string) {
	for line := range strings.Lines(j.String()) {
		if strings.Contains(line, requestID) {
			lines = append(lines, line)
		}
	}
	return lines
}

// letters returns what the development mailbox holds for an address, the newest first.
func (p *portal) letters(address string) (found []mail.StoredLetter) {
	p.Helper()
	box, err := mail.OpenMailbox(p.config.Mailbox())
	if err != nil {
		p.Fatal(err)
	}
	all, err := box.List()
	if err != nil {
		p.Fatal(err)
	}
	for _, letter := range all {
		if letter.To == address {
			found = append(found, letter)
		}
	}
	return found
}

// letter waits for a letter whose text leads to a path, and returns the link.
func (p *portal) letter(address, path string) string {
	p.Helper()
	return p.letterAfter("", address, path)
}

// letterAfter is letter with another link than that.
func (p *portal) letterAfter(last, address, path string) string {
	p.Helper()
	link := regexp.MustCompile(`https?://\S+` + regexp.QuoteMeta(path) + `\?token=\S+`)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, letter := range p.letters(address) {
			if found := link.FindString(letter.Text); found != "" && found != last {
				return found
			}
		}
	}
	p.Fatalf("no letter to %s leads to %s", address, path)
	return ""
}

// mailedPath is the path and query of a mailed link, which must lead to this portal.
func (p *portal) mailedPath(link string) string {
	p.Helper()
	path, ok := strings.CutPrefix(link, p.config.BaseURL)
	if !ok {
		p.Fatalf("the link %s does not lead to %s", link, p.config.BaseURL)
	}
	return path
}

func (p *portal) host() string {
	u, err := url.Parse(p.config.BaseURL)
	if err != nil {
		p.Fatal(err)
	}
	return u.Host
}
