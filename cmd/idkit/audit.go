package main

import (
	"context"
	"errors"
	"fmt"

	"idkit/internal/app"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

type auditVerify struct{}

func (auditVerify) Run(ctx context.Context, e environment) error {
	return e.with(ctx, func(a *app.App) error {
		broken := 0
		err := a.DB().Read(ctx, func(tx *db.Tx) error {
			trails, err := audit.Trails(ctx, tx)
			if err != nil {
				return err
			}
			for _, trail := range trails {
				lines, err := audit.Verify(ctx, tx, trail)
				var verdict audit.Broken
				switch {
				case errors.As(err, &verdict):
					broken++
					fmt.Fprintln(e.stdout, "broken  ", verdict)
				case err != nil:
					return err
				default:
					fmt.Fprintf(e.stdout, "intact   %s, lines 1 to %d\n", trail, lines)
				}
			}
			return nil
		})
		if err == nil && broken > 0 {
			err = fmt.Errorf("%d of the trails do not hold", broken)
		}
		return err
	})
}
