package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/idempotency"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

// Limits of a connection; see SECURITY.md.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = 60 * time.Second
	headerLimit   = 16 << 10 // bytes
	drainTimeout  = 30 * time.Second

	remindEvery = time.Minute
	watchEvery  = time.Minute
	pruneEvery  = time.Hour
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
	background.Go(debug.FreeOSMemory)                   // parsing the pages at the start leaves garbage behind
	background.Go(func() { _ = a.dispatcher.Run(ctx) }) // returns nil when the context ends
	background.Go(func() { a.portal.roster.Run(ctx) })
	background.Go(func() { a.portal.recoveries.Run(ctx) })
	background.Go(func() { a.every(ctx, remindEvery, "remind invitees", a.remind) })
	background.Go(func() { a.every(ctx, remindEvery, "tell of a required second factor", a.tell) })
	background.Go(func() { a.every(ctx, remindEvery, "mail the heads of the trails", a.mailHeads) })
	background.Go(func() { a.every(ctx, watchEvery, "watch trials", a.watchTrials) })
	background.Go(func() { a.every(ctx, pruneEvery, "prune", a.prune) })
	background.Go(func() { a.every(ctx, pruneEvery, "tidy imports", a.tidyImports) })
	failed := make(chan error, len(open))
	for _, l := range open {
		background.Go(func() { failed <- l.serve(ctx, a.options.Log) })
	}
	for range open { // a front that fails takes the other along: somebody has to look
		err = errors.Join(err, <-failed)
		stop()
	}
	background.Wait()
	return err
}

// CatchUp does once, and to the end, what Run does in the background beside serving: imports go on, people are
// reminded and told, trials end, letters leave. It is for a program that moves the clock of the App itself.
func (a *App) CatchUp(ctx context.Context) error {
	_, sent := a.portal.roster.SendDue(ctx)
	recovered := a.portal.recoveries.Work(ctx)
	reminded := errors.Join(a.remind(ctx), a.tell(ctx), a.mailHeads(ctx), a.watchTrials(ctx))
	_, delivered := a.dispatcher.DispatchDue(ctx)
	return errors.Join(sent, recovered, reminded, delivered)
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

func (a *App) every(ctx context.Context, pause time.Duration, name string, work func(context.Context) error) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			a.options.Log.Error(name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) remind(ctx context.Context) error {
	_, err := a.portal.invitations.Remind(ctx)
	_, errOfConsole := a.console.invitations.Remind(ctx)
	return errors.Join(err, errOfConsole)
}

func (a *App) tell(ctx context.Context) error {
	_, err := a.portal.settings.Tell(ctx)
	return err
}

func (a *App) mailHeads(ctx context.Context) error {
	_, err := a.portal.settings.MailHeads(ctx)
	return err
}

func (a *App) watchTrials(ctx context.Context) error {
	_, err := a.clients.Watch(ctx)
	return err
}

func (a *App) tidyImports(ctx context.Context) error {
	_, err := a.portal.roster.Tidy(ctx)
	return err
}

// prune forgets what is long over.
func (a *App) prune(ctx context.Context) error {
	err := a.db.Write(ctx, func(tx *db.Tx) error {
		return errors.Join(session.Prune(ctx, tx), throttle.Prune(ctx, tx), idempotency.Prune(ctx, tx), mail.Prune(ctx, tx))
	})
	return errors.Join(err, mail.PruneEnded(ctx, a.db, invitation.NeedsLetter), credential.PruneLinks(ctx, a.db))
}
