package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

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
	percent := debug.SetGCPercent(-1) // collecting the garbage of the start would take a fifth of its time; Run gives it back
	a, err := app.New(ctx, app.Options{Config: e.config, Log: e.log(level), Announce: e.stdout})
	debug.SetGCPercent(percent)
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}
