package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"idkit/internal/domain/epoch"
	"idkit/internal/platform/backup"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

type backUp struct {
	File string `arg:"" help:"File to write; it must not be there yet."`
}

func (b backUp) Run(ctx context.Context, e environment) error {
	if path, lite := strings.CutPrefix(e.config.Database, "sqlite:"); lite { // which opening would make
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	return e.withStore(ctx, func(d *db.DB, keyring *secret.Keyring) error {
		if err := d.Read(ctx, func(tx *db.Tx) error { return epoch.Check(ctx, tx) }); err != nil {
			return err
		}
		saved, err := backup.Save(ctx, d, keyring, b.File)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.stdout, "%s  %s: %d rows of schema %d, as of %s\n", saved.ID, b.File, saved.Total(), saved.Schema, saved.MadeAt.Format(time.RFC3339))
		fmt.Fprintf(e.stdout, "The secret key %s is not in it. Keep the key elsewhere: without it nobody can log in to what is restored.\n", keyring.CurrentKeyID())
		return nil
	})
}

// withStore opens the database as it is and the key that is there: a backup
// changes nothing, and a restore needs the old key and not a new one.
func (e environment) withStore(ctx context.Context, act func(*db.DB, *secret.Keyring) error) error {
	if err := e.config.Validate(); err != nil {
		return err
	}
	keyring, err := e.presentKey()
	if err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Options{URL: e.config.Database, Now: time.Now})
	if err != nil {
		return err
	}
	return errors.Join(act(d, keyring), d.Close())
}

// presentKey reads the secret key and makes none.
func (e environment) presentKey() (*secret.Keyring, error) {
	if path := e.config.KeyFile(); path != "" {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no secret key in %s: put the key of the installation there", path)
		}
	}
	return e.config.Keyring()
}
