package recovery_test

import (
	"context"
	"testing"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/db"
)

// A restored backup may be older than an objection.
func TestARestoredRecoveryIsOver(t *testing.T) {
	p := newHouse(t)
	r := p.told(t)
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	p.waits(t, 2)
	p.works(t)
	p.Write(t, func(ctx context.Context, tx *db.Tx) error { return recovery.BeginEpoch(ctx, tx) })
	p.waits(t, 2)
	p.is(t, recovery.Void)
	if letters := p.Letters(t, p.member.Email); len(letters) != 4 {
		t.Errorf("%d letters: want the start, two days, and the end", len(letters))
	}
}
