package idempotency_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/idempotency"
)

func TestParallelRequestsWithOneKeyActOnce(t *testing.T) {
	store := idempotency.New(dbtest.New(t))
	var acts atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			outcome, err := store.Do(t.Context(), []byte("key"), func() (string, error) {
				time.Sleep(20 * time.Millisecond)
				return fmt.Sprint("outcome ", acts.Add(1)), nil
			})
			if err != nil || outcome != "outcome 1" {
				t.Errorf("%q, %v", outcome, err)
			}
		})
	}
	group.Wait()
	if n := acts.Load(); n != 1 {
		t.Errorf("acted %d times", n)
	}
}

func TestAFailedActCanBeTriedAgain(t *testing.T) {
	store := idempotency.New(dbtest.New(t))
	wrong := errors.New("wrong")
	if _, err := store.Do(t.Context(), []byte("key"), func() (string, error) { return "", wrong }); !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	outcome, err := store.Do(t.Context(), []byte("key"), func() (string, error) { return "done", nil })
	if err != nil || outcome != "done" {
		t.Errorf("%q, %v", outcome, err)
	}
	outcome, err = store.Do(t.Context(), []byte("other"), func() (string, error) { return "other", nil })
	if err != nil || outcome != "other" {
		t.Errorf("another key: %q, %v", outcome, err)
	}
}
