package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"idkit/internal/domain/invitation"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Limits of a connection; see SECURITY.md.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 60 * time.Second
	headerLimit   = 16 << 10 // bytes
	drainTimeout  = 30 * time.Second
)

// Run listens, serves and works in the background until the context ends; then
// it lets requests under way finish and returns.
func (a *App) Run(ctx context.Context) error {
	boundMemory()
	open, err := a.listen()
	if err != nil {
		return err
	}
	if err := errors.Join(a.warnOfHeldMail(ctx), a.announce(ctx)); err != nil {
		return errors.Join(err, closeAll(open))
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var background sync.WaitGroup
	failed := make(chan error, len(open))
	for _, l := range open { // before anything else: somebody may be waiting
		background.Go(func() { failed <- l.serve(ctx, a.options.Log) })
	}
	background.Go(debug.FreeOSMemory) // parsing the pages at the start leaves garbage behind
	background.Go(func() { a.dispatcher.Run(ctx) })
	for _, j := range append(a.due(), a.tidying()...) {
		background.Go(func() { j.Run(ctx) })
	}
	for range open { // a front that fails takes the other along: somebody has to look
		err = errors.Join(err, <-failed)
		stop()
	}
	background.Wait()
	return err
}

// announce prints the one-time set-up address of a fresh installation.
func (a *App) announce(ctx context.Context) error {
	address, err := a.portal.invitations.IssueSetupAddress(ctx)
	if errors.Is(err, invitation.ErrSetupClosed) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.options.Announce, "\nSet up %s in your browser: %s\n\n", a.options.Config.Brand, address)
	return err
}

// warnOfHeldMail tells why no letter leaves after a restore.
func (a *App) warnOfHeldMail(ctx context.Context) error {
	return a.db.Read(ctx, func(tx *db.Tx) error {
		since, err := mail.HeldSince(ctx, tx)
		if err == nil && !since.IsZero() {
			a.options.Log.Warn("letters are held since a restore; idkit mail release lets them leave", "since", since)
		}
		return err
	})
}
