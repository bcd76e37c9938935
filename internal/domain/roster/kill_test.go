package roster_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/roster"
	"idkit/internal/platform/db"
)

// workerVariable makes the test program a node that sends until it is killed.
const workerVariable = "ROSTERTEST_WORKER_DATABASE"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerVariable); url != "" {
		workUntilKilled(url, os.Getenv(workerVariable+"_AHEAD"))
	}
	os.Exit(m.Run())
}

// workUntilKilled runs a worker whose clock is so much ahead: the lease of the
// one that was killed before it has run out.
func workUntilKilled(url, ahead string) {
	seconds, err := strconv.Atoi(ahead)
	if err != nil {
		panic(err)
	}
	d, err := db.Open(context.Background(), db.Options{URL: url, Now: func() time.Time { return time.Now().Add(time.Duration(seconds) * time.Second) }})
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(os.Stdout, "ready\n")
	newNode(d).Job().Run(context.Background())
}

// TestKilledWorkersInviteEachRowOnce kills real processes with kill -9 in the
// middle of an import: the next one goes on, and every good row has exactly one
// user, invitation, letter and line of the trail.
func TestKilledWorkersInviteEachRowOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	const kills, rows = 3, killedRows
	p := newPlace(t)
	i := p.check(t, p.priya, people(rows)+"Priya,,priya0@northwind.example,Member", "Wei,,wei@northwind,Member", "Kim,,kim@x.example,Nobody", "Lee,,"+p.member.AccountID+"@northwind.example,Member")
	if i.ToInvite != rows || i.All() != rows+4 {
		t.Fatalf("%+v", i)
	}
	domaintest.MustNot(t, p.Start(t.Context(), p.priya, i.ID))
	lease := int(roster.LeaseTime/time.Second) + 1
	ahead := -int(time.Since(morning).Seconds())
	for kill := range kills {
		worker := startWorker(t, p.url, ahead+kill*lease)
		p.waitFor(t, i.ID, rows*(kill+1)/(kills+2))
		time.Sleep(time.Duration(3+7*kill) * time.Millisecond)
		domaintest.MustNot(t, worker.Process.Kill())
		_ = worker.Wait()
		if got := p.get(t, i.ID); got.State != roster.Sending || got.Invited == rows {
			t.Fatalf("the import was over before kill %d: %+v", kill+1, got)
		}
		p.eachOnce(t, i.ID, p.get(t, i.ID).Invited) // nothing is half done
	}
	last := startWorker(t, p.url, ahead+kills*lease)
	p.waitFor(t, i.ID, rows)
	domaintest.MustNot(t, last.Process.Kill())
	_ = last.Wait()
	if got := p.get(t, i.ID); got.State != roster.Finished || got.Failed != 0 || p.events(t, "import.finished") != 1 {
		t.Errorf("in the end: %+v", got)
	}
	p.eachOnce(t, i.ID, rows)
}

// waitFor waits until so many are invited.
func (p *place) waitFor(t *testing.T, importID string, invited int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); p.get(t, importID).Invited < invited; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no progress: %+v", p.get(t, importID))
		}
	}
}

func startWorker(t *testing.T, url string, ahead int) *exec.Cmd {
	t.Helper()
	program, err := filepath.Abs(os.Args[0])
	domaintest.MustNot(t, err)
	worker := exec.Command(program)
	worker.Env = append(os.Environ(), workerVariable+"="+url, workerVariable+"_AHEAD="+strconv.Itoa(ahead))
	worker.Stderr = os.Stderr
	output, err := worker.StdoutPipe()
	domaintest.MustNot(t, err)
	domaintest.MustNot(t, worker.Start())
	if _, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatalf("the worker does not start: %v", err)
	}
	return worker
}

func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		p := newPlace(b)
		began := time.Now()
		i := p.start(b, p.priya, roster.RowLimit)
		checked := time.Since(began)
		began = time.Now()
		p.finish(b)
		b.ReportMetric(roster.RowLimit/time.Since(began).Seconds(), "invitations/s")
		b.ReportMetric(checked.Seconds(), "s/check")
		if got := p.get(b, i.ID); got.State != roster.Finished {
			b.Fatalf("%+v", got)
		}
	}
}
