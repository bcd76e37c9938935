package job

import (
	"context"
	"log/slog"
	"time"
)

// Job is work that is done over and over.
type Job struct {
	Name  string // what the log says when the work fails
	Log   *slog.Logger
	Pause time.Duration // between two rounds of work
	// TroublePause is the pause after work that failed; Pause where it is zero.
	TroublePause time.Duration
	Bell         Bell // cuts a pause short; nil for work that nobody calls for
	Work         func(context.Context) error
}

// Run works at once and then after each pause, until the context ends. An error
// is logged and keeps nothing from the next round; one that the end of the
// context brought about is not logged.
func (j Job) Run(ctx context.Context) {
	for ctx.Err() == nil {
		pause := j.Pause
		if err := j.Work(ctx); err != nil && ctx.Err() == nil {
			j.Log.Error(j.Name, "error", err)
			if j.TroublePause > 0 {
				pause = j.TroublePause
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-j.Bell:
		}
		timer.Stop()
	}
}

// Bell calls jobs of this process out of their pause.
type Bell chan struct{}

// NewBell makes a bell for a number of jobs that share it: a call that comes
// while a job works is kept for its next pause, one for each of them.
func NewBell(jobs int) Bell { return make(Bell, jobs) }

// Ring calls one job and never waits.
func (b Bell) Ring() {
	select {
	case b <- struct{}{}:
	default: // each job has a call waiting
	}
}
