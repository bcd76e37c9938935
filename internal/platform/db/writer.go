package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// batchLimit bounds how many waiting writes share one commit, and with it how
// long the first of them waits for the last.
const batchLimit = 64

var errClosed = errors.New("the database is closed")

// writer owns SQLite's one writing connection. Jobs that wait at the same
// moment run in one transaction, each but the first in its own savepoint, and
// are acknowledged together once the commit is on disk.
type writer struct {
	conn       *sql.Conn
	statements *statements
	jobs       chan *job
	quit       chan struct{}
	done       chan struct{}
	stopOnce   sync.Once
	queued     atomic.Int64 // jobs that nobody has taken up yet
}

type job struct {
	ctx     context.Context
	attempt func(runner) error
	err     error
	panic   any
	done    chan struct{}
}

func (j *job) failed() bool { return j.err != nil || j.panic != nil }

func startWriter(conn *sql.Conn) *writer {
	w := &writer{
		conn:       conn,
		statements: newStatements(conn.PrepareContext),
		jobs:       make(chan *job),
		quit:       make(chan struct{}),
		done:       make(chan struct{}),
	}
	go w.run()
	return w
}

// do hands a job to the writer and waits for its acknowledgement. A job that
// has begun is always waited for: the caller must learn its true outcome.
func (w *writer) do(ctx context.Context, attempt func(runner) error) error {
	j := &job{ctx: ctx, attempt: attempt, done: make(chan struct{})}
	if err := w.enqueue(j); err != nil {
		return err
	}
	<-j.done
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

func (w *writer) enqueue(j *job) error {
	w.queued.Add(1)
	defer w.queued.Add(-1)
	select {
	case w.jobs <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	case <-w.quit:
		return errClosed
	}
}

func (w *writer) stop() {
	w.stopOnce.Do(func() { close(w.quit) })
	<-w.done
}

func (w *writer) run() {
	defer close(w.done)
	defer w.conn.Close()
	for {
		select {
		case j := <-w.jobs:
			w.batch(j)
		case <-w.quit:
			return
		}
	}
}

// batch runs the first job and whatever else waits, then commits once. The
// first needs no savepoint, for which SQLite would copy every page that it
// changes: when it fails, there is nothing else in the transaction.
func (w *writer) batch(first *job) {
	batch := []*job{first}
	defer func() {
		for _, j := range batch {
			close(j.done)
		}
	}()
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		first.err = err
		return
	}
	if w.attempt(first); first.failed() {
		_ = w.exec("ROLLBACK") // fails where SQLite has rolled back by itself, as on a full disk
		return
	}
	var broken error
	for broken == nil && len(batch) < batchLimit {
		next := w.waiting()
		if next == nil {
			break
		}
		batch = append(batch, next)
		broken = w.runInSavepoint(next)
	}
	if broken == nil {
		broken = w.exec("COMMIT")
	}
	if broken == nil {
		return
	}
	// Nothing of the batch is on disk, so nobody may hear that it is.
	_ = w.exec("ROLLBACK") // as above
	for _, j := range batch {
		if !j.failed() {
			j.err = fmt.Errorf("commit: %w", broken)
		}
	}
}

func (w *writer) waiting() *job {
	select {
	case j := <-w.jobs:
		return j
	default:
		return nil
	}
}

// runInSavepoint runs one job; its failure undoes only its own statements. The
// error returned means that the transaction as a whole cannot go on.
func (w *writer) runInSavepoint(j *job) error {
	if err := w.exec("SAVEPOINT job"); err != nil {
		return err
	}
	if w.attempt(j); j.failed() {
		if err := w.exec("ROLLBACK TO job"); err != nil {
			return err
		}
	}
	return w.exec("RELEASE job")
}

// attempt runs one job, unless nobody waits for it any more.
func (w *writer) attempt(j *job) {
	if j.err = j.ctx.Err(); j.err != nil {
		return
	}
	defer func() { j.panic = recover() }()
	j.err = j.attempt(uninterrupted{w.statements})
}

func (w *writer) exec(query string) error {
	_, err := w.statements.ExecContext(context.Background(), query)
	return err
}

// uninterrupted runs statements to their end: SQLite answers an interrupted
// write by rolling back the whole transaction, the other jobs' work included.
type uninterrupted struct{ runner }

func (u uninterrupted) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return u.runner.ExecContext(context.WithoutCancel(ctx), query, args...)
}

func (u uninterrupted) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return u.runner.QueryContext(context.WithoutCancel(ctx), query, args...)
}
