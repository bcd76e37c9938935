package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"idkit/internal/domain/epoch"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

type restore struct {
	File              string `arg:"" help:"The backup."`
	Verify            bool   `help:"Only check the backup, in a database of its own that is removed afterwards."`
	KeepRecoveryCodes bool   `help:"Let recovery codes go on working. Only right where none was used since the backup."`
}

func (r restore) Run(ctx context.Context, e environment) error {
	if r.Verify {
		return r.verify(ctx, e)
	}
	return e.withStore(ctx, func(d *db.DB, keyring *secret.Keyring) error {
		found, err := epoch.Restore(ctx, d, r.restoration(keyring))
		if errors.Is(err, epoch.ErrUnfinished) || errors.Is(err, epoch.ErrNotExamined) {
			return err
		}
		if err != nil {
			return fmt.Errorf("%w\nNothing was restored", err)
		}
		r.tell(e, found)
		fmt.Fprint(e.stdout, aftermath(found.MadeAt, r.KeepRecoveryCodes))
		return unsound(found)
	})
}

func (r restore) verify(ctx context.Context, e environment) error {
	if err := e.config.Validate(); err != nil {
		return err
	}
	keyring, err := e.presentKey()
	if err != nil {
		return err
	}
	found, err := epoch.Verify(ctx, r.restoration(keyring))
	if err != nil {
		return err
	}
	r.tell(e, found)
	return unsound(found)
}

func (r restore) restoration(keyring *secret.Keyring) epoch.Restoration {
	return epoch.Restoration{Path: r.File, Keyring: keyring, KeepRecoveryCodes: r.KeepRecoveryCodes}
}

// errUnsound ends the command after its report.
var errUnsound = errors.New("the backup is whole, but what it holds is not all sound; see above")

func unsound(found epoch.Findings) error {
	if !found.Sound() {
		return errUnsound
	}
	return nil
}

// tell reports what a backup was found to hold.
func (r restore) tell(e environment, found epoch.Findings) {
	fmt.Fprintf(e.stdout, "whole    %s, as of %s, schema %d, from %s\n", found.ID, found.MadeAt.Format(time.RFC3339), found.Schema, found.Engine)
	fmt.Fprintf(e.stdout, "rows     %d organizations, %d users, %d accounts, %d lines of audit log; %d in all\n",
		found.Rows["organizations"], found.Rows["users"], found.Rows["accounts"], found.Rows["audit_events"], found.Total())
	for _, t := range found.Trails {
		_ = report(e, t.Head, t.Broken) // it has said so
	}
	reportKeys(e, found)
}

func reportKeys(e environment, found epoch.Findings) {
	for _, k := range found.Keys {
		verdict := "opens   "
		if !k.Known {
			verdict = "missing "
		}
		fmt.Fprintf(e.stdout, "%s key %s, for %d passwords, %d second factors, %d recovery codes\n", verdict, k.KeyID, k.Passwords, k.SecondFactors, k.RecoveryCodes)
	}
	if found.Unreadable > 0 {
		fmt.Fprintf(e.stdout, "broken   %d passwords or second factors cannot be read\n", found.Unreadable)
	}
}

// aftermath says what a restore has ended and what it could not.
func aftermath(madeAt time.Time, codesKept bool) string {
	codes := "  All recovery codes are void: a used one must not work again. People make new ones on their profile page."
	if codesKept {
		codes = "  Recovery codes were kept: one that was used since then works once more."
	}
	return `
Restored. Ended with it: all sessions and half log-ins, all links and mailed codes, all letters that waited.
` + codes + `
  Invitations that were open have ended; send them again. Imports under way are paused.

Gone is what happened after ` + madeAt.Format(time.RFC3339) + `: passwords, suspensions, roles and second
factors are as they were then. Suspend again whom you suspended since, and say so to your Administrators.
Heads of audit logs that were noted since then do not hold any more.

No letter leaves yet. Once this is the installation that people use:
  idkit mail release
`
}
