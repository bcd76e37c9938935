package main

import (
	"context"
	"fmt"

	"idkit/internal/app"
	"idkit/internal/domain/epoch"
)

type mailRelease struct{}

func (mailRelease) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		waiting, err := epoch.ReleaseMail(ctx, a.DB())
		if err == nil {
			_, err = fmt.Fprintf(e.stdout, "Letters leave again; %d waiting.\n", waiting)
		}
		return err
	})
}
