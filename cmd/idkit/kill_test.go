package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

const (
	organizations  = 4
	administrators = 4  // of each
	actsPerLife    = 60 // of each of these, a quarter of them invitations
)

// TestNothingAcknowledgedIsLostByAKill (SECURITY.md, P01) kills the program with
// kill -9 while Administrators change people, starts it again, and compares what
// is there with what they were told.
func TestNothingAcknowledgedIsLostByAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	i := newInstallation(t)
	var everybody []*administrator
	i.write(func(tx *db.Tx) error {
		everybody = nil // where it runs again
		for n := range organizations {
			organizationID, roles := i.newOrganization(tx, string(rune('A'+n))+" Limited")
			for range administrators {
				everybody = append(everybody, i.administrator(tx, organizationID, roles))
			}
		}
		return nil
	})
	var total compared
	var slowest time.Duration
	after := map[string]int64{}
	n := i.serve()
	for life := range dbtest.RaceRounds() {
		i.killedAtWork(n, everybody)
		n = i.serve()
		slowest = max(slowest, n.took)
		i.read(func(tx *db.Tx) error {
			for _, a := range everybody {
				c := i.compare(tx, a, after[a.organization])
				total.acknowledged, total.unanswered, total.happened = total.acknowledged+c.acknowledged, total.unanswered+c.unanswered, total.happened+c.happened
			}
			return i.whole(tx, 3*len(everybody), after)
		})
		if t.Failed() {
			t.Fatalf("after %d lives", life+1)
		}
		i.anHourLater()
	}
	n.kill()
	if out, err := i.command("audit", "verify").CombinedOutput(); err != nil || strings.Count(string(out), "intact") != organizations {
		t.Errorf("%v\n%s", err, out)
	}
	i.everyLetterArrives()
	t.Logf("%d acts were acknowledged; of %d without an answer, %d have happened; ready again after at most %v", total.acknowledged, total.unanswered, total.happened, slowest)
}

// killedAtWork kills a process at any moment of the 300 ms after the first acknowledgement.
func (i *installation) killedAtWork(n *node, everybody []*administrator) {
	i.Helper()
	var acknowledged atomic.Int64
	var working sync.WaitGroup
	for _, a := range everybody {
		working.Go(func() {
			if err := a.work(n, actsPerLife, &acknowledged); err != nil {
				i.Error(err)
			}
		})
	}
	for deadline := time.Now().Add(patience); acknowledged.Load() == 0 && !i.Failed(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			i.Error("nothing is acknowledged")
			break
		}
	}
	time.Sleep(rand.N(300 * time.Millisecond))
	n.kill()
	working.Wait()
	i.outlived()
}

// outlived waits until the server of the database has come to the end of what
// the dead process had asked it for. SQLite has died with it.
func (i *installation) outlived() {
	i.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		var atWork int
		i.read(func(tx *db.Tx) error {
			if tx.Engine() == db.SQLite {
				return nil
			}
			return tx.QueryRow(i.Context(), `SELECT count(*) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`).Scan(&atWork)
		})
		if atWork == 0 {
			return
		}
		if time.Since(began) > patience {
			i.Fatalf("%d transactions of a dead process do not end", atWork)
		}
	}
}

// whole checks that no half of an act is left, given how many users were there
// before, and notes how long the trails are.
func (i *installation) whole(tx *db.Tx, users int, after map[string]int64) error {
	i.Helper()
	ctx := i.Context()
	var events, invited, letters, found, invitations int
	err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM audit_events), (SELECT count(*) FROM audit_events WHERE action = 'user.invited'),
		(SELECT count(*) FROM letters), (SELECT count(*) FROM users), (SELECT count(*) FROM invitations)`).Scan(&events, &invited, &letters, &found, &invitations)
	if err != nil {
		return err
	}
	if letters != events || invitations != invited || found != users+invited {
		i.Errorf("%d events, %d of them invitations; but %d letters, %d invitations, %d users", events, invited, letters, invitations, found)
	}
	if tx.Engine() == db.SQLite {
		var verdict string
		if err := tx.QueryRow(ctx, `PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
			i.Errorf("the file: %s, %v", verdict, err)
		}
	}
	heads, err := db.Collect(ctx, tx, func(row db.Row) (e event, err error) {
		err = row.Scan(&e.target, &e.sequence)
		return e, err
	}, `SELECT organization_id, sequence FROM audit_heads`)
	for _, head := range heads {
		after[head.target] = head.sequence
	}
	return err
}

// anHourLater forgets how many invitations were sent.
func (i *installation) anHourLater() {
	i.Helper()
	i.write(func(tx *db.Tx) error {
		_, err := tx.Exec(i.Context(), `DELETE FROM throttles`)
		return err
	})
}

// everyLetterArrives starts the program once more, after the leases of the dead
// ones have run out, and waits until the outbox is empty.
func (i *installation) everyLetterArrives() {
	i.Helper()
	i.write(func(tx *db.Tx) error {
		_, err := tx.Exec(i.Context(), `UPDATE letters SET due_at = $1 WHERE state = 'queued'`, tx.Now)
		return err
	})
	i.serve()
	for last, since := 0, time.Now(); ; time.Sleep(100 * time.Millisecond) {
		var queued, sent int
		i.read(func(tx *db.Tx) error {
			return tx.QueryRow(i.Context(), `SELECT (SELECT count(*) FROM letters WHERE state = 'queued'), (SELECT count(*) FROM letters WHERE state = 'sent')`).Scan(&queued, &sent)
		})
		if queued == 0 {
			files, err := os.ReadDir(i.mailbox())
			if err != nil || len(files) < sent || sent == 0 {
				i.Errorf("%d letters are sent, %d in the mailbox, %v", sent, len(files), err)
			}
			return
		}
		if sent > last {
			last, since = sent, time.Now()
		}
		if time.Since(since) > patience {
			i.Fatalf("%d letters do not leave, %d have", queued, sent)
		}
	}
}
