package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/job"
)

// never is a pause that no test waits for.
const never = time.Hour

func TestABellCutsThePauseShort(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	bell := job.NewBell(1)
	rounds := 0
	job.Job{Pause: never, Bell: bell, Work: func(context.Context) error {
		if rounds++; rounds == 3 {
			stop()
		}
		bell.Ring() // while it works: kept for the pause
		bell.Ring() // the second call says nothing new
		return nil
	}}.Run(ctx)
	if rounds != 3 {
		t.Errorf("worked %d times", rounds)
	}
}

func TestAFailureIsLoggedAndTheWorkGoesOn(t *testing.T) {
	for name, j := range map[string]job.Job{
		"the same pause":         {Pause: time.Nanosecond},
		"a pause of its own":     {Pause: never, TroublePause: time.Nanosecond},
		"rung out of the pauses": {Pause: never, TroublePause: never, Bell: job.NewBell(1)},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			var log bytes.Buffer
			rounds := 0
			j.Name, j.Log = "count sheep", slog.New(slog.NewTextHandler(&log, nil))
			j.Work = func(context.Context) error {
				if rounds++; rounds == 2 {
					stop() // what fails from here on failed because it was told to stop
				}
				j.Bell.Ring()
				return errors.New("a hole in the fence")
			}
			j.Run(ctx)
			if rounds != 2 || strings.Count(log.String(), "count sheep") != 1 || !strings.Contains(log.String(), "a hole in the fence") {
				t.Errorf("worked %d times and logged:\n%s", rounds, &log)
			}
		})
	}
}

func TestNothingIsBegunAfterTheEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	job.Job{Work: func(context.Context) error { t.Error("worked"); return nil }}.Run(ctx)
}
