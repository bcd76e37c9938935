package apptest

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"idkit/internal/app"
	"idkit/internal/platform/config"
)

// patience is how long a start may take on a busy machine.
const patience = time.Minute

// Start runs an App on a fresh database until the test ends, and returns it with
// the one-time set-up address that it announced.
func Start(t testing.TB, c config.Config, clock *Clock, log *slog.Logger) (a *app.App, setup string) {
	t.Helper()
	announced := make(announcement, 1)
	a, err := app.New(t.Context(), app.Options{Config: c, Now: clock.Now, Log: log, Announce: announced, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		_ = a.Close() // some tests close it to see what happens
	})
	select {
	case setup = <-announced:
	case err := <-ended:
		ended <- nil
		t.Fatalf("it ended with %v", err)
	case <-time.After(patience):
		t.Fatal("no set-up address was announced")
	}
	return a, setup
}

// announcement hears the set-up address in what a start prints.
type announcement chan string

var setupAddress = regexp.MustCompile(`https?://\S+/setup\S*`)

func (a announcement) Write(text []byte) (int, error) {
	if address := setupAddress.FindString(string(text)); address != "" {
		a <- strings.TrimSpace(address)
	}
	return len(text), nil
}
