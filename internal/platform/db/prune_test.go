package db_test

import (
	"fmt"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

func TestPruneForgetsWhatIsOldAndNotNeeded(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	d := dbtest.NewAt(t, func() time.Time { return now })
	const days, each = 40, 60
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for n := range days * each { // of each day as many, two in the same instant
			at := now.Add(-time.Duration(n/each)*24*time.Hour - time.Duration(n/2)*time.Microsecond)
			if _, err := tx.Exec(t.Context(), insertOrganization, fmt.Sprint("org_", n), "Northwind", at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	old := db.Aged{Table: "organizations", Since: "created_at", Needed: "id = 'org_2399' OR id = 'org_2000'"}
	for _, want := range []int{30*each + 2, 30*each + 2} { // a second time there is nothing to do
		if err := d.Prune(t.Context(), old, 30*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d); n != want {
			t.Fatalf("%d rows are left, want %d", n, want)
		}
	}
	old.Needed = ""
	if err := d.Prune(t.Context(), old, 30*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d); n != 30*each {
		t.Errorf("%d rows are left, want %d", n, 30*each)
	}
}
