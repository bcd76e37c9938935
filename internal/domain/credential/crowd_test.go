package credential_test

import (
	"crypto/sha256"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/secret"
)

// BenchmarkPagesBesideACrowdOfLogIns reports how long small pages take (8
// readers, each asking every 2 ms for 0.1 ms of work; the slowest hundredth,
// counted from when it was due), alone and beside 32 log-ins in flight, how many
// of those get through, and the memory held in the end.
func BenchmarkPagesBesideACrowdOfLogIns(b *testing.B) {
	passwords := newPasswords(b, keyring(b, secret.NewKey()))
	stored := hash(b, passwords, phrase)
	for b.Loop() {
		b.ReportMetric(milliseconds(pages(2*time.Second)), "ms-p99-alone")
		var done, busy atomic.Int64
		stop := make(chan struct{})
		var crowd sync.WaitGroup
		for range 32 {
			crowd.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					_, _, err := passwords.Verify(b.Context(), stored, phrase)
					switch {
					case err == nil:
						done.Add(1)
					case errors.Is(err, credential.ErrBusy):
						busy.Add(1)
					}
				}
			})
		}
		time.Sleep(200 * time.Millisecond)
		done.Store(0)
		b.ReportMetric(milliseconds(pages(5*time.Second)), "ms-p99-beside")
		b.ReportMetric(float64(done.Load())/5, "log-ins/s")
		close(stop)
		crowd.Wait()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.Sys-memory.HeapReleased)/(1<<20), "MiB")
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// pages lets 8 readers ask for small pages and returns the slowest hundredth.
func pages(duration time.Duration) time.Duration {
	const every = 2 * time.Millisecond
	var mu sync.Mutex
	var took []time.Duration
	var readers sync.WaitGroup
	end := time.Now().Add(duration)
	for range 8 {
		readers.Go(func() {
			var own []time.Duration
			for due := time.Now(); due.Before(end); due = due.Add(every) {
				time.Sleep(time.Until(due))
				page := make([]byte, 32<<10)
				for range 5 {
					sum := sha256.Sum256(page)
					copy(page, sum[:])
				}
				own = append(own, time.Since(due))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	readers.Wait()
	slices.Sort(took)
	return took[len(took)*99/100]
}
