package main

import (
	"context"
	"errors"
	"log/slog"

	"idkit/internal/app"
)

type serve struct {
	Verbose bool `short:"v" help:"Log every request."`
}

func (s serve) Run(ctx context.Context, e environment) error {
	level := slog.LevelInfo
	if s.Verbose {
		level = slog.LevelDebug
	}
	a, err := app.New(ctx, app.Options{Config: e.config, Log: e.log(level), Announce: e.stdout})
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}
