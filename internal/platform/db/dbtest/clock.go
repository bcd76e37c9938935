package dbtest

import (
	"sync"
	"time"
)

// Clock is a test's own time. It stands still until it is moved, and is safe
// for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts at the moment.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the time for NewAt and for everything else that asks for one.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the time.
func (c *Clock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}
