package main

import (
	"sync"
	"time"
)

// clock is the time of the story. It only goes forward.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// reach goes on to a moment, unless it has passed.
func (c *clock) reach(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}

func (c *clock) pass(d time.Duration) { c.reach(c.now().Add(d)) }
