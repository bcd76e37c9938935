package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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
	pruneEvery  = time.Hour
)

// Run listens, serves and works in the background until the context ends; then
// it lets requests under way finish and returns.
func (a *App) Run(ctx context.Context) error {
	boundMemory()
	listener, err := net.Listen("tcp", a.options.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", a.options.Config.Listen, err)
	}
	server := &http.Server{
		Handler:           a.portal,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerLimit,
		// The portal answers OPTIONS itself, with the headers of all its answers.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(a.options.Log.Handler(), slog.LevelInfo),
	}
	if err := a.announce(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := a.warnOfHeldMail(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(debug.FreeOSMemory)                   // parsing the pages at the start leaves garbage behind
	background.Go(func() { _ = a.dispatcher.Run(ctx) }) // returns nil when the context ends
	background.Go(func() { a.roster.Run(ctx) })
	background.Go(func() { a.every(ctx, remindEvery, "remind invitees", a.remind) })
	background.Go(func() { a.every(ctx, pruneEvery, "prune", a.prune) })
	background.Go(func() { a.every(ctx, pruneEvery, "tidy imports", a.tidyImports) })
	background.Go(func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		if err := server.Shutdown(drain); err != nil {
			a.options.Log.Error("requests were cut off", "error", err)
		}
	})
	a.options.Log.Info("listening", "address", listener.Addr().String(), "base_url", a.options.Config.BaseURL)
	err = server.Serve(listener)
	stop()
	background.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// CatchUp does once, and to the end, what Run does in the background beside serving: imports go on, invitees are
// reminded, letters leave. It is for a program that moves the clock of the App itself.
func (a *App) CatchUp(ctx context.Context) error {
	_, sent := a.roster.SendDue(ctx)
	reminded := a.remind(ctx)
	_, delivered := a.dispatcher.DispatchDue(ctx)
	return errors.Join(sent, reminded, delivered)
}

// announce prints the one-time set-up address of a fresh installation.
func (a *App) announce(ctx context.Context) error {
	address, err := a.invitations.IssueSetupAddress(ctx)
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
	_, err := a.invitations.Remind(ctx)
	return err
}

func (a *App) tidyImports(ctx context.Context) error {
	_, err := a.roster.Tidy(ctx)
	return err
}

// prune forgets what is long over.
func (a *App) prune(ctx context.Context) error {
	err := a.db.Write(ctx, func(tx *db.Tx) error {
		return errors.Join(session.Prune(ctx, tx), throttle.Prune(ctx, tx), idempotency.Prune(ctx, tx), mail.Prune(ctx, tx))
	})
	return errors.Join(err, mail.PruneEnded(ctx, a.db, invitation.NeedsLetter), credential.PruneLinks(ctx, a.db))
}
