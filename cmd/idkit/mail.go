package main

import (
	"context"
	"fmt"

	"idkit/internal/app"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

type mailRelease struct{}

func (mailRelease) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		waiting := 0
		err := a.DB().Write(ctx, func(tx *db.Tx) (err error) {
			waiting, err = mail.Release(ctx, tx)
			return err
		})
		if err == nil {
			_, err = fmt.Fprintf(e.stdout, "Letters leave again; %d waiting.\n", waiting)
		}
		return err
	})
}
