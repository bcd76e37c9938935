package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"idkit/internal/platform/db"
)

type schema struct{}

func (schema) Run(ctx context.Context, e environment) error {
	dir, err := os.MkdirTemp("", "idkit-schema")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d, err := db.Open(ctx, db.Options{URL: "sqlite:" + filepath.Join(dir, "fresh.db"), Now: time.Now})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := db.Migrate(ctx, d); err != nil {
		return err
	}
	text, err := db.Schema(ctx, d)
	if err == nil {
		_, err = fmt.Fprint(e.stdout, text)
	}
	return err
}
