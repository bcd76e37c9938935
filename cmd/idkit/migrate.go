package main

import (
	"context"
	"fmt"

	"idkit/internal/app"
)

type migrate struct{}

func (migrate) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(*app.App) error { // opening migrates
		_, err := fmt.Fprintln(e.stdout, "The database is up to date.")
		return err
	})
}
