package app

import (
	"context"
	"errors"
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

const (
	duePause  = time.Minute
	tidyPause = time.Hour
)

// due are the jobs that look whether the time has come for something, above all
// to write to people.
func (a *App) due() []job.Job {
	return []job.Job{
		a.portal.roster.Job(),
		a.portal.recoveries.Job(),
		a.every(duePause, "remind invitees", a.portal.invitations.Remind),
		a.every(duePause, "remind invited operators", a.console.invitations.Remind),
		a.every(duePause, "tell of a required second factor", a.portal.settings.Tell),
		a.every(duePause, "mail the heads of the trails", a.portal.settings.MailHeads),
		a.every(duePause, "watch trials", a.clients.Watch),
	}
}

// CatchUp does once, and to the end, what Run does in the background beside
// serving: imports go on, people are reminded and told, trials end, letters leave.
// It is for a program that moves the clock of the App itself.
func (a *App) CatchUp(ctx context.Context) (err error) {
	for _, j := range a.due() {
		err = errors.Join(err, j.Work(ctx))
	}
	_, undelivered := a.dispatcher.DispatchDue(ctx)
	return errors.Join(err, undelivered)
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
