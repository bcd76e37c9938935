package main

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idkit/internal/app"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/mail"
)

// there is the settings of a demo in a temporary folder, on the engine of the tests.
func there(t *testing.T) config.Config {
	t.Helper()
	t.Chdir(t.TempDir()) // on PostgreSQL key and mailbox are kept in data/
	if err := anew("data"); err != nil {
		t.Fatal(err)
	}
	return config.Config{
		Listen: "127.0.0.1:0", OperatorListen: "127.0.0.1:8091", BaseURL: "http://localhost:8090", Database: dbtest.URL(t), MailFrom: "idkit@localhost", Brand: "IDKit",
		ModulesFile: filepath.Join("data", "modules.json"),
	}
}

// visited is the demo as it is served: on the real clock.
func visited(t *testing.T, c config.Config) *stage {
	t.Helper()
	a, err := app.New(t.Context(), app.Options{Config: c, Log: slog.New(slog.DiscardHandler), Announce: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	box, err := mail.OpenMailbox(c.Mailbox())
	if err != nil {
		t.Fatal(err)
	}
	return &stage{
		app: a, portal: &front{a.Handler(), c.URL().Host}, console: &front{a.Console(), c.OperatorURL().Host},
		clock: &clock{at: time.Now()}, mailbox: box,
	}
}

func TestWhatAVisitorFinds(t *testing.T) {
	if testing.Short() {
		t.Skip("one thing at a time: there is no race to look for")
	}
	c := there(t)
	made, err := build(t.Context(), c, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s := visited(t, c)

	t.Run("60 people of three organizations in all states", func(t *testing.T) {
		for query, want := range map[string]int{
			`SELECT count(*) FROM organizations WHERE kind = 'client' AND status = 'active'`: 3,
			`SELECT count(*) FROM organizations WHERE kind = 'vendor'`:                       1,
			`SELECT count(*) FROM recoveries`:                                                1,
			`SELECT count(DISTINCT u.email_key) FROM users u JOIN organizations o ON o.id = u.organization_id WHERE o.kind = 'client' AND o.status = 'active'`: 60,
			`SELECT count(*) FROM users WHERE status = 'suspended'`:      3,
			`SELECT count(*) FROM roles WHERE kind = 'own'`:              6,
			`SELECT count(*) FROM imports WHERE state = 'finished'`:      1,
			`SELECT count(*) FROM imports WHERE state = 'checked'`:       1,
			`SELECT count(*) FROM email_changes WHERE state = 'pending'`: 1,
			`SELECT count(*) FROM letters WHERE state = 'undeliverable'`: 1,
		} {
			if got := s.count(t, query); got != want {
				t.Errorf("%d instead of %d: %s", got, want, query)
			}
		}
		for query, least := range map[string]int{
			`SELECT count(*) FROM users WHERE status = 'invited'`:                      10,
			`SELECT count(*) FROM users WHERE status = 'active' AND second_factor`:     25,
			`SELECT count(*) FROM users WHERE status = 'active' AND NOT second_factor`: 15,
			`SELECT count(*) FROM audit_events`:                                        500,
			`SELECT count(DISTINCT action) FROM audit_events`:                          35,
			`SELECT count(*) FROM letters WHERE state = 'sent'`:                        100,
			`SELECT count(*) FROM sessions WHERE ended_at IS NULL`:                     3,
		} {
			if got := s.count(t, query); got < least {
				t.Errorf("%d, not %d or more: %s", got, least, query)
			}
		}
	})
	t.Run("every guest gets in, with a code where there is one", func(t *testing.T) {
		for _, p := range made.guests() {
			s.clock = &clock{at: time.Now()} // pages take no time now
			if p.browser.front.host == c.OperatorURL().Host {
				p.browser.front = s.console
			} else {
				p.browser.front = s.portal
			}
			guest := s.as(p, elsewhere)
			guest.logIn()
			if home := words(guest.browser.open("/").body); s.err != nil || !strings.Contains(home, p.name()) || !strings.Contains(home, p.home) {
				t.Fatalf("%s: %v %s", p.email, s.err, home)
			}
		}
	})
	t.Run("every trail verifies", func(t *testing.T) {
		err := s.app.DB().Read(t.Context(), func(tx *db.Tx) error {
			all, err := organization.List(t.Context(), tx)
			for _, o := range all {
				if _, broken := audit.Verify(t.Context(), tx, o.ID); broken != nil {
					t.Errorf("%s: %v", o.Name, broken)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("nothing is made up over it", func(t *testing.T) {
		if _, err := build(t.Context(), c, time.Now()); !errors.Is(err, errOccupied) {
			t.Errorf("it says %v", err)
		}
	})
}

func (s *stage) count(t *testing.T, query string) (n int) {
	t.Helper()
	err := s.app.DB().Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), query).Scan(&n) })
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestOnlyItsOwnFolderIsMadeAnew(t *testing.T) {
	theirs := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(theirs, 0o700); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(theirs, "idkit.db")
	if err := os.WriteFile(kept, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), theirs, 8090, strings.NewReader(""), io.Discard); err == nil || !strings.Contains(err.Error(), theirs) {
		t.Errorf("it says %v", err)
	}
	if content, err := os.ReadFile(kept); err != nil || string(content) != "theirs" {
		t.Errorf("what was there is %q, %v", content, err)
	}
	own := filepath.Join(t.TempDir(), "data", "demo")
	for range 2 {
		if err := anew(own); err != nil {
			t.Fatal(err)
		}
		old := filepath.Join(own, "old")
		if _, err := os.Stat(old); err == nil {
			t.Error("what the last demo made is still there")
		}
		if err := os.WriteFile(old, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoInstallationIsTouched(t *testing.T) {
	for name, change := range map[string]func(*config.Config){
		"another host":        func(c *config.Config) { c.BaseURL = "https://id.example.com" },
		"a plain one":         func(c *config.Config) { c.BaseURL = "http://id.example.com" },
		"TLS on this machine": func(c *config.Config) { c.BaseURL = "https://localhost:8090" },
		"a mail server":       func(c *config.Config) { c.SMTP = "smtp://mail.example.com" },
	} {
		c := there(t)
		change(&c)
		if _, err := build(t.Context(), c, time.Now()); !errors.Is(err, errNotHere) {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Setenv("IDKIT_DATABASE", "postgres://db.example.com/idkit")
	own := filepath.Join(t.TempDir(), "demo")
	if err := run(t.Context(), own, 8090, strings.NewReader(""), io.Discard); err == nil || !strings.Contains(err.Error(), "IDKIT_DATABASE") {
		t.Errorf("beside an installation: %v", err)
	}
	if _, err := os.Stat(own); err == nil {
		t.Error("it made a folder")
	}
}
