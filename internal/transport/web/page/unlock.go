package page

import "time"

// LockOf is what too many wrong tries have locked.
type LockOf string

// The things that lock.
const (
	LockPassword     LockOf = "password"
	LockCode         LockOf = "code"
	LockRecoveryCode LockOf = "recovery_code"
)

// Lock is one locked thing.
type Lock struct {
	Of    LockOf
	Until time.Time // zero: until somebody unlocks it
	After time.Time // when the next try passes once it is unlocked, because of the limits per hour and day; zero: at once
}

// Unlock is posted to /users/{id}/unlock: field back. It has words for BlockYourself, BlockHoldsMore,
// BlockInvited, BlockLimit and BlockNothing.
type Unlock struct {
	Act
	Locks []Lock
}

func (v Unlock) describe() description {
	return description{
		template: "unlock", frame: framePortal, title: "page.unlock.title",
		problems: problems(v.Problem),
	}
}
