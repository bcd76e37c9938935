package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// load is what a number of connections got done.
type load struct {
	latencies []time.Duration
	lasted    time.Duration
	spent     time.Duration // processor time of the program
}

func (l load) rate() float64 { return float64(len(l.latencies)) / l.lasted.Seconds() }

// errEnough ends a connection's part before its time.
var errEnough = errors.New("enough")

// measure lets each connection prepare, then repeat one act until the time is over.
func measure(s *server, connections int, span time.Duration, prepare func(i int) (func() error, error)) (load, error) {
	acts := make([]func() error, connections)
	for i := range acts {
		act, err := prepare(i)
		if err != nil {
			return load{}, err
		}
		acts[i] = act
	}
	before, err := s.spent()
	if err != nil {
		return load{}, err
	}
	var group sync.WaitGroup
	latencies := make([][]time.Duration, connections)
	failures := make([]error, connections)
	began := time.Now()
	for i, act := range acts {
		group.Go(func() {
			for from := time.Now(); from.Sub(began) < span; {
				if failures[i] = act(); failures[i] != nil {
					return
				}
				now := time.Now()
				latencies[i] = append(latencies[i], now.Sub(from))
				from = now
			}
		})
	}
	group.Wait()
	l := load{lasted: time.Since(began), latencies: slices.Concat(latencies...)}
	for _, failure := range failures {
		if failure != nil && failure != errEnough {
			return load{}, failure
		}
	}
	if len(l.latencies) == 0 {
		return load{}, errors.New("nothing got done")
	}
	after, err := s.spent()
	l.spent = after - before
	return l, err
}

// quantile sorts the durations and returns the one at that share.
func quantile(d []time.Duration, share float64) time.Duration {
	slices.Sort(d)
	return d[int(share*float64(len(d)-1))]
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
