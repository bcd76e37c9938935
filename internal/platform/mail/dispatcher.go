package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/job"
	"idkit/internal/platform/language"
)

const (
	// lanes is how many letters are on their way to the mail server at once.
	lanes = 4
	// claimSize is how many letters a lane takes at a time.
	claimSize = 20
	// leaseTime is how long a letter belongs to the lane that claimed it. It is
	// renewed right before each hand-over, and longer than handOverTime, so
	// that no other lane can take a letter that is still under way.
	leaseTime = 60 * time.Second
	// handOverTime bounds the hand-over of one letter.
	handOverTime = 30 * time.Second
	// idlePause is how long an idle lane waits before it looks again, for
	// retries that fall due, leases that end, and letters of other processes.
	idlePause = time.Second
	// troublePause is how long a lane waits after the database failed it.
	troublePause = 5 * time.Second
)

// DispatcherOptions are what a dispatcher works with.
type DispatcherOptions struct {
	DB        *db.DB
	Outbox    *Outbox
	Senders   map[Front]Sender
	Catalogue *language.Catalogue
	Log       *slog.Logger
}

// Sender writes the letters of one front.
type Sender struct {
	Letterhead Letterhead
	Composers  map[Kind]Composer
	// BrandOf returns the brand of the organization that a letter is about; nil for none.
	BrandOf func(ctx context.Context, tx *db.Tx, organizationID string) (Brand, error)
}

// Dispatcher works off the outbox. Any number of them, in any number of
// processes, may work on one database.
type Dispatcher struct {
	db        *db.DB
	outbox    *Outbox
	senders   map[Front]Sender
	catalogue *language.Catalogue
	log       *slog.Logger

	// door lets one letter at a time from the last word of its hand-over to the
	// commit of its row, so that a crash repeats one letter at most.
	door chan struct{}
	// claiming keeps the lanes from contending for the same letters.
	claiming sync.Mutex
	// down is whether the mail server was out of reach at the last attempt.
	down atomic.Bool
}

// NewDispatcher checks the letterheads and returns a dispatcher. The composer of
// the test letter is registered by itself.
func NewDispatcher(o DispatcherOptions) (*Dispatcher, error) {
	d := &Dispatcher{
		db: o.DB, outbox: o.Outbox, catalogue: o.Catalogue, senders: map[Front]Sender{}, log: o.Log,
		door: make(chan struct{}, 1),
	}
	for front, s := range o.Senders {
		if err := s.Letterhead.check(); err != nil {
			return nil, err
		}
		composers := map[Kind]Composer{KindTest: composeTest(o.Outbox.Server())}
		for kind, composer := range s.Composers {
			if _, ok := shapes[kind]; !ok {
				return nil, fmt.Errorf("mail: there is no kind %q", kind)
			}
			composers[kind] = composer
		}
		d.senders[front] = Sender{Letterhead: s.Letterhead, Composers: composers, BrandOf: s.BrandOf}
	}
	return d, nil
}

// Run works until the context ends; where mail is not set up there is nothing to
// do. Letters under way are finished first, for handOverTime at most; the others
// are left to whoever runs next.
func (d *Dispatcher) Run(ctx context.Context) {
	if !d.outbox.Ready() {
		return // letters wait
	}
	lane := job.Job{
		Name: "the outbox cannot be worked off", Log: d.log, Pause: idlePause, TroublePause: troublePause, Bell: d.outbox.bell,
		Work: func(ctx context.Context) error {
			_, err := d.DispatchDue(ctx)
			return err
		},
	}
	var running sync.WaitGroup
	for range lanes {
		running.Go(func() { lane.Run(ctx) })
	}
	running.Wait()
}

// DispatchDue works in one lane until no letter is due, and returns how many
// it dealt with. Without a way out it does nothing.
func (d *Dispatcher) DispatchDue(ctx context.Context) (letters int, err error) {
	if !d.outbox.Ready() {
		return 0, nil
	}
	l := &lane{Dispatcher: d}
	defer l.hangUp()
	for ctx.Err() == nil {
		claimed, err := d.claim(ctx)
		if err != nil {
			return letters, err
		}
		if len(claimed) == 0 {
			return letters, nil
		}
		done, err := l.work(ctx, claimed)
		letters += done
		if err != nil {
			return letters, err
		}
	}
	return letters, ctx.Err()
}

// errTaken means that the lease is lost: the letter was withdrawn, or another
// lane has it.
var errTaken = errors.New("mail: the letter is no longer ours")
