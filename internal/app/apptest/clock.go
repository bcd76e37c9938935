package apptest

import (
	"sync"
	"time"
)

// Clock is the real time and what a test adds to it. The zero value is the real time.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

// Now is the time that the App goes by.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Advance puts the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}
