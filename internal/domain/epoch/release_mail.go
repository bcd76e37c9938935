package epoch

import (
	"context"
	"errors"
	"strconv"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

const actionMailReleased audit.Action = "installation.mail_released"

// ReleaseMail lets letters leave again that a restore holds, and returns how many
// wait. It is no client's act, but the moment from which a copy of the installation
// writes to people, so the operators can read of it in their own trail. Where
// nothing is held, nothing happens.
func ReleaseMail(ctx context.Context, d *db.DB) (waiting int, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		trails, about, err := trailsOfTheHost(ctx, tx)
		if err != nil {
			return err
		}
		if err := audit.Hold(ctx, tx, trails...); err != nil {
			return err
		}
		since, err := mail.HeldSince(ctx, tx)
		if err != nil {
			return err
		}
		if waiting, err = mail.Release(ctx, tx); err != nil || since.IsZero() {
			return err
		}
		details := map[string]string{"held_since": since.UTC().Format(time.RFC3339), "letters": strconv.Itoa(waiting)}
		for _, trail := range trails {
			if err := audit.Record(ctx, tx, access.Installation(access.Origin{}), audit.Event{
				OrganizationID: trail, Action: actionMailReleased, Target: about, Details: details,
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return waiting, err
}

// trailsOfTheHost are where an act on the whole installation is recorded: its own
// trail, and that of the vendor where there is one.
func trailsOfTheHost(ctx context.Context, tx *db.Tx) (trails []string, about audit.Target, err error) {
	trails = []string{audit.InstallationTrail}
	vendor, err := organization.OfVendor(ctx, tx)
	if errors.Is(err, db.ErrNoRow) {
		return trails, audit.Target{}, nil
	}
	return append(trails, vendor.ID), audit.Target{Kind: "organization", ID: vendor.ID, Name: vendor.Name}, err
}
