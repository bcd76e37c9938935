package recovery_test

import (
	"context"
	"errors"
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

// An objection that the backup holds keeps the next recovery away as before. One
// that came after it may be forgotten, and then nothing but the pause is: the
// recovery is over all the same, and everybody is asked anew about another.
func TestWhatARestoreKnowsOfAnObjection(t *testing.T) {
	for name, c := range map[string]struct {
		objects bool
		want    error
	}{"before the backup": {true, recovery.ErrObjected}, "after the backup": {false, nil}} {
		t.Run(name, func(t *testing.T) {
			p := newHouse(t)
			p.told(t)
			if c.objects {
				domaintest.MustNot(t, p.objects(t, p.member))
			}
			p.Write(t, func(ctx context.Context, tx *db.Tx) error { return recovery.BeginEpoch(ctx, tx) })
			p.works(t)
			if _, err := p.Recoveries.Start(t.Context(), p.ada, p.draft()); !errors.Is(err, c.want) {
				t.Errorf("the next start: %v, want %v", err, c.want)
			}
		})
	}
}
