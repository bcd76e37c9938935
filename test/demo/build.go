package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"idkit/internal/app"
	"idkit/internal/platform/config"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// length is how long the story is.
const length = 44 * days

//go:embed modules.json
var modules []byte

var (
	errNotHere  = errors.New("the demo is for a loopback address only, with the development mailbox")
	errOccupied = errors.New("there is an organization in this database: the demo makes up its own and touches no other")
)

// story is what has come out: whom a visitor can be.
type story struct {
	northwind, fabrikam, vendor *company
}

// build makes up the installation of these settings, up to a moment that is about now.
func build(ctx context.Context, c config.Config, end time.Time) (_ story, err error) {
	if !c.Development() || c.Mailbox() == "" {
		return story{}, errNotHere
	}
	if err := empty(ctx, c); err != nil {
		return story{}, err
	}
	s := &stage{today: end.UTC().Add(-time.Minute).Truncate(time.Second)}
	s.clock = &clock{at: s.today.Add(-length)}
	if s.mailbox, err = mail.OpenMailbox(c.Mailbox()); err != nil {
		return story{}, err
	}
	s.app, err = app.New(ctx, app.Options{Config: c, Now: s.clock.now, Log: slog.New(slog.DiscardHandler), Announce: os.Stderr})
	if err != nil {
		return story{}, err
	}
	s.portal, s.console = &front{s.app.Handler(), c.URL().Host}, &front{s.app.Console(), c.OperatorURL().Host}
	vendor := s.vendor()
	northwind := s.northwind(vendor.chief)
	fabrikam := s.fabrikam(vendor.chief, northwind.people["ingrid"])
	s.tailspin(vendor.chief)
	s.contoso(vendor.chief)
	made := story{northwind, fabrikam, vendor}
	return made, errors.Join(s.play(ctx), s.app.Close())
}

// empty refuses a database in which somebody lives. One without tables is as good as a new one.
func empty(ctx context.Context, c config.Config) error {
	d, err := db.Open(ctx, db.Options{URL: c.Database, Now: time.Now})
	if err != nil {
		return err
	}
	defer d.Close()
	var organizations int
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM organizations`).Scan(&organizations)
	})
	if err == nil && organizations > 0 {
		return errOccupied
	}
	return nil
}

// mark is the file by which the demo knows its own folder.
const mark = "made-by-make-demo"

// anew makes the folder of the demo, and removes what an earlier demo has left there. It refuses any other folder.
func anew(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(folder, mark)); err != nil {
			return fmt.Errorf("%s was not made by the demo: it begins only in a folder of its own", folder)
		}
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, mark), nil, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "modules.json"), modules, 0o600)
}
