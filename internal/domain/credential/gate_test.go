package credential

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"idkit/internal/platform/fault"
)

// onCores makes a gate as on a machine with that many processors.
func onCores(t testing.TB, cores int, costs Argon2) *gate {
	t.Helper()
	before := runtime.GOMAXPROCS(cores)
	defer runtime.GOMAXPROCS(before)
	return newGate(costs)
}

func TestGateSizes(t *testing.T) {
	for _, c := range []struct {
		cores  int
		costs  Argon2
		places int64
		rests  bool
	}{
		{1, DefaultArgon2, 1, true},
		{2, DefaultArgon2, 1, true},
		{4, DefaultArgon2, 1, false},
		{8, DefaultArgon2, 2, false},
		{128, DefaultArgon2, 11, false}, // floor(512 MiB / 46 MiB)
		{128, Argon2{MemoryKiB: 256 * 1024, Passes: 1, Threads: 1}, 2, false},
		{8, Argon2{MemoryKiB: 64 * 1024, Passes: 3, Threads: 4}, 1, true},
	} {
		g := onCores(t, c.cores, c.costs)
		if g.capacity != c.places*int64(c.costs.MemoryKiB) || (g.rest > 0) != c.rests {
			t.Errorf("%d cores, %+v: %d KiB, rest %.2f", c.cores, c.costs, g.capacity, g.rest)
		}
	}
}

func TestGateAdmitsNoMoreThanItsPlaces(t *testing.T) {
	g := onCores(t, 8, DefaultArgon2)
	var inside, most, admitted atomic.Int64
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			leave, err := g.enter(t.Context(), DefaultArgon2)
			if err != nil {
				t.Error(err)
				return
			}
			now := inside.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			time.Sleep(time.Millisecond)
			inside.Add(-1)
			admitted.Add(1)
			leave()
		})
	}
	group.Wait()
	if most.Load() > 2 || admitted.Load() != 40 {
		t.Errorf("%d at once, %d in all", most.Load(), admitted.Load())
	}
}

func TestGateRefusesAfterASecondAndBeyondItsQueueAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := onCores(t, 4, DefaultArgon2)
		leave, err := g.enter(t.Context(), DefaultArgon2)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var late atomic.Int64
		for range g.queue {
			go func() {
				_, err := g.enter(t.Context(), DefaultArgon2)
				if errors.Is(err, ErrBusy) && time.Since(began) == gateWait {
					late.Add(1)
				}
			}()
		}
		synctest.Wait()
		_, err = g.enter(t.Context(), DefaultArgon2)
		if f, _ := fault.Of(err); f == nil || f.Kind != fault.Unavailable || f.RetryAfter <= 0 || time.Since(began) != 0 {
			t.Errorf("beyond the queue: %v after %v", err, time.Since(began))
		}
		time.Sleep(2 * gateWait)
		if late.Load() != g.queue {
			t.Errorf("%d of %d were refused after %v", late.Load(), g.queue, gateWait)
		}
		leave()
		if _, err := g.enter(t.Context(), DefaultArgon2); err != nil {
			t.Errorf("once the place is free: %v", err)
		}
	})
}

func TestGateLetsAGivenUpRequestGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := onCores(t, 4, DefaultArgon2)
		leave, _ := g.enter(t.Context(), DefaultArgon2)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(gateWait/2, cancel)
		if _, err := g.enter(ctx, DefaultArgon2); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		leave()
		if g.waiting.Load() != 0 {
			t.Error("it is still counted as waiting")
		}
	})
}

func TestGateRestsOnlyWhileOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := onCores(t, 2, DefaultArgon2) // one place, for half of the time
		hashed := func() time.Duration {
			began := time.Now()
			leave, err := g.enter(t.Context(), DefaultArgon2)
			if err != nil {
				t.Error(err)
				return 0
			}
			waited := time.Since(began)
			time.Sleep(60 * time.Millisecond)
			leave()
			return waited
		}
		if hashed(); hashed() != 0 {
			t.Error("one after the other has to wait")
		}
		waits := make(chan time.Duration, 2)
		go func() { waits <- hashed() }()
		synctest.Wait()
		go func() { waits <- hashed() }()
		if first, second := <-waits, <-waits; first != 0 || second != 120*time.Millisecond {
			t.Errorf("waited %v and %v, want 0 and 120ms", first, second)
		}
	})
}

// A stored hash may cost more than ours: it takes more places, or all of them.
func TestCostlierHashesRunAlone(t *testing.T) {
	g := onCores(t, 8, DefaultArgon2)
	leave, err := g.enter(t.Context(), Argon2{MemoryKiB: maxMemoryKiB, Passes: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := g.enter(ctx, DefaultArgon2); err == nil {
		t.Error("another hash runs beside it")
	}
	leave()
}
