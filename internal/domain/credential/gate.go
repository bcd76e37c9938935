package credential

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"idkit/internal/platform/fault"
)

// Bounds of the hash gate.
const (
	gateMemoryKiB   = 512 * 1024
	gateQueueFactor = 4 // waiting requests per hash that the memory would allow
	gateWait        = time.Second
)

// gateCPUShare is the part of the processors that a crowd of log-ins may take.
// With the cost of the memory they touch, everybody else keeps at least 70 % of
// their rate; BenchmarkPagesBesideACrowdOfLogIns measures what else they keep.
const gateCPUShare = 0.25

// ErrBusy says that too many passwords are being checked at the moment.
var ErrBusy = fault.New(fault.Unavailable, "credential.busy").After(gateWait)

// gate bounds what password hashing can cost: memory, processors and patience.
//
// Memory alone would allow eleven hashes of 46 MiB at once, which on two cores
// makes every page wait for all eleven. So the number is also bounded by
// gateCPUShare of the processors, at least one. Where even one is more than the
// share (up to three cores), the place rests after a hash while others wait, so
// that the share holds on average. A log-in that meets no other never rests.
//
// The memory of a finished hash is garbage until it is collected, so the process
// may hold about twice what the places account for.
//
// Requests wait in order of arrival, a second at most, and beyond the queue not
// at all: a steady number get in, and the rest learn at once when to come back.
type gate struct {
	memory   *semaphore.Weighted // in KiB, so that costlier stored hashes count for more
	capacity int64               // KiB
	queue    int64
	waiting  atomic.Int64
	inUse    atomic.Int64 // hashes under way
	refused  atomic.Int64 // since the start
	rest     float64      // times the duration of a hash
}

func newGate(costs Argon2) *gate {
	byMemory := gateMemoryKiB / int64(costs.MemoryKiB)
	share := gateCPUShare * float64(runtime.GOMAXPROCS(0)) / float64(costs.Threads)
	places := min(byMemory, max(1, int64(share)))
	g := &gate{
		capacity: places * int64(costs.MemoryKiB),
		queue:    gateQueueFactor * byMemory,
		rest:     max(0, 1/share-1),
	}
	g.memory = semaphore.NewWeighted(g.capacity)
	return g
}

// enter waits for a place; the caller calls leave when the hash is done. A hash
// that costs more than all places together runs alone; its own cap is half of
// gateMemoryKiB. Fault: ErrBusy.
func (g *gate) enter(ctx context.Context, costs Argon2) (leave func(), err error) {
	weight := min(int64(costs.MemoryKiB), g.capacity)
	if !g.memory.TryAcquire(weight) {
		if err := g.await(ctx, weight); err != nil {
			return nil, err
		}
	}
	g.inUse.Add(1)
	began := time.Now()
	return func() { g.release(weight, time.Since(began)) }, nil
}

func (g *gate) await(ctx context.Context, weight int64) error {
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		g.refused.Add(1)
		return ErrBusy
	}
	patience, cancel := context.WithTimeout(ctx, gateWait)
	defer cancel()
	if g.memory.Acquire(patience, weight) != nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		g.refused.Add(1)
		return ErrBusy
	}
	return nil
}

func (g *gate) release(weight int64, took time.Duration) {
	g.inUse.Add(-1)
	if g.rest == 0 || g.waiting.Load() == 0 {
		g.memory.Release(weight)
		return
	}
	time.AfterFunc(time.Duration(float64(took)*g.rest), func() { g.memory.Release(weight) })
}

// Load is how busy the hashing of passwords is.
type Load struct {
	InUse   int64 // hashes under way
	Waiting int64 // requests that wait for a place
	Refused int64 // requests that were sent away since the start
}

// Load tells how busy hashing is at this moment.
func (p *Passwords) Load() Load {
	return Load{InUse: p.gate.inUse.Load(), Waiting: p.gate.waiting.Load(), Refused: p.gate.refused.Load()}
}
