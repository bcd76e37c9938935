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
	"idkit/internal/platform/job"
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

	duePause  = time.Minute
	tidyPause = time.Hour
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
	background.Go(func() { a.portal.roster.Run(ctx) })
	background.Go(func() { a.portal.recoveries.Run(ctx) })
	for _, j := range append(a.writing(), a.tidying()...) {
		background.Go(func() { j.Run(ctx) })
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
	err := errors.Join(sent, recovered)
	for _, j := range a.writing() {
		err = errors.Join(err, j.Work(ctx))
	}
	_, delivered := a.dispatcher.DispatchDue(ctx)
	return errors.Join(err, delivered)
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

// writing are the jobs that write to people when something has become due.
func (a *App) writing() []job.Job {
	return []job.Job{
		a.every(duePause, "remind invitees", a.portal.invitations.Remind),
		a.every(duePause, "remind invited operators", a.console.invitations.Remind),
		a.every(duePause, "tell of a required second factor", a.portal.settings.Tell),
		a.every(duePause, "mail the heads of the trails", a.portal.settings.MailHeads),
		a.every(duePause, "watch trials", a.clients.Watch),
	}
}

// tidying are the jobs that forget what is over.
func (a *App) tidying() []job.Job {
	return []job.Job{
		{Name: "prune", Log: a.options.Log, Pause: tidyPause, Work: a.prune},
		a.every(tidyPause, "tidy imports", a.portal.roster.Tidy),
	}
}

// every is a job that has no use for the number of what it dealt with.
func (a *App) every(pause time.Duration, name string, work func(context.Context) (int, error)) job.Job {
	return job.Job{Name: name, Log: a.options.Log, Pause: pause, Work: func(ctx context.Context) error {
		_, err := work(ctx)
		return err
	}}
}

// prune forgets what is long over.
func (a *App) prune(ctx context.Context) error {
	err := a.db.Write(ctx, func(tx *db.Tx) error {
		return errors.Join(session.Prune(ctx, tx), throttle.Prune(ctx, tx), idempotency.Prune(ctx, tx), mail.Prune(ctx, tx))
	})
	return errors.Join(err, mail.PruneEnded(ctx, a.db, invitation.NeedsLetter), credential.PruneLinks(ctx, a.db))
}
