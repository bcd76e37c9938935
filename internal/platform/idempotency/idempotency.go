package idempotency

import (
	"context"
	"errors"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

const (
	// keep is how long an outcome is remembered.
	keep = 24 * time.Hour
	// patience is how long a repeated request waits for the first one, and how
	// long a request that died counts as under way.
	patience = 15 * time.Second
	// glance is the pause between two looks at a request under way.
	glance = 50 * time.Millisecond
)

// ErrUnderWay says that the first request with this key has not ended yet.
var ErrUnderWay = fault.New(fault.Conflict, "idempotency.under_way")

// Store keeps keys and outcomes in the database, so that every node knows them.
type Store struct{ db *db.DB }

// New keeps its records in that database.
func New(d *db.DB) *Store { return &Store{d} }

// Do runs an act once for a key and returns its outcome; a repeated call
// returns the first one's outcome without running the act. An act that fails is
// forgotten, so that it can be tried again; one that succeeded while the disk had
// no room left to remember it has succeeded. Fault: ErrUnderWay.
func (s *Store) Do(ctx context.Context, key []byte, act func() (outcome string, err error)) (string, error) {
	for waited := time.Duration(0); ; waited += glance {
		mine, outcome, err := s.claim(ctx, key)
		switch {
		case err != nil:
			return "", err
		case mine:
			return s.run(ctx, key, act)
		case outcome != "":
			return outcome, nil
		case waited >= patience:
			return "", ErrUnderWay
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(glance):
		}
	}
}

// claim makes the key ours, or returns the outcome that it already has.
func (s *Store) claim(ctx context.Context, key []byte) (mine bool, outcome string, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		rows, err := tx.Exec(ctx, `
			INSERT INTO posted_forms (key, posted_at, location) VALUES ($1, $2, '')
			ON CONFLICT (key) DO UPDATE SET posted_at = excluded.posted_at
			WHERE posted_forms.location = '' AND posted_forms.posted_at < $3`, key, tx.Now, tx.Now.Add(-patience))
		mine = rows == 1
		if err != nil || mine {
			return err
		}
		err = tx.QueryRow(ctx, `SELECT location FROM posted_forms WHERE key = $1`, key).Scan(&outcome)
		if errors.Is(err, db.ErrNoRow) {
			return nil // the first one failed in between: look again
		}
		return err
	})
	return mine, outcome, err
}

func (s *Store) run(ctx context.Context, key []byte, act func() (string, error)) (outcome string, err error) {
	ctx = context.WithoutCancel(ctx)
	defer func() {
		if err != nil || outcome == "" { // also on a panic
			_ = s.forget(ctx, key)
		}
	}()
	if outcome, err = act(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE posted_forms SET location = $2 WHERE key = $1`, key, outcome)
		return err
	})
	if errors.Is(err, db.ErrNotStored) { // the act itself is, and must not be told as one that failed
		return outcome, nil
	}
	return outcome, err
}

func (s *Store) forget(ctx context.Context, key []byte) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM posted_forms WHERE key = $1 AND location = ''`, key)
		return err
	})
}

// Prune forgets outcomes that nobody asks for any more.
func Prune(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM posted_forms WHERE posted_at < $1`, tx.Now.Add(-keep))
	return err
}
