package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
)

// listening is an address that is listened on, and what answers there.
type listening struct {
	net.Listener
	baseURL string
	handler http.Handler
}

// listen opens the addresses of both fronts and of the metrics, or none.
func (a *App) listen() (open []listening, err error) {
	c := a.options.Config
	type way struct {
		address, baseURL string
		handler          http.Handler
	}
	ways := []way{{c.Listen, c.BaseURL, a.portalHandler}}
	if c.OperatorConsole() {
		ways = append(ways, way{c.OperatorListen, c.OperatorURL().String(), a.consoleHandler})
	}
	if c.MetricsListen != "" {
		ways = append(ways, way{c.MetricsListen, "", a.metricsHandler()})
	}
	for _, w := range ways {
		listener, err := net.Listen("tcp", w.address)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", w.address, err), closeAll(open))
		}
		open = append(open, listening{listener, w.baseURL, w.handler})
	}
	return open, nil
}

func closeAll(open []listening) (err error) {
	for _, l := range open {
		err = errors.Join(err, l.Close())
	}
	return err
}

// serve answers until the context ends, then lets requests under way finish.
func (l listening) serve(ctx context.Context, log *slog.Logger) error {
	server := &http.Server{
		Handler:           l.handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerLimit,
		// The handler answers OPTIONS itself, with the headers of all its answers.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelInfo),
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		if err := server.Shutdown(drain); err != nil {
			log.Error("requests were cut off", "error", err)
		}
	}()
	log.Info("listening", "address", l.Addr().String(), "base_url", l.baseURL)
	err := server.Serve(l.Listener)
	if errors.Is(err, http.ErrServerClosed) {
		<-drained
		return nil
	}
	return err
}
