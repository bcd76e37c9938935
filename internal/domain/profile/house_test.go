package profile_test

import (
	"testing"

	"idkit/internal/domain/domaintest"
)

// house is a place with what only these tests do there.
type house struct{ *domaintest.Place }

func newHouse(t testing.TB) house {
	t.Helper()
	return house{domaintest.NewPlace(t)}
}
