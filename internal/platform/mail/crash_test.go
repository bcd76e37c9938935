package mail_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/mail/mailtest"
)

// A node that dies between the server's last word and its own leaves a lease
// behind. Nobody touches the letter while it runs; then it comes again, as the same message.
func TestLeaseOfADeadNodeRunsOut(t *testing.T) {
	url, clock := dbtest.URL(t), newClock()
	server := mailtest.NewServer(t, mailtest.Options{})
	dying := openOffice(t, url, clock, deliverTo(t, server))
	survivor := openOffice(t, url, clock, deliverTo(t, server))
	id := dying.enqueue("priya@northwind.example")[0]

	died := make(chan struct{})
	server.Script(mailtest.AfterLetter, mailtest.Hang) // the answer never comes back to the dying node
	go func() {
		defer close(died)
		_, _ = dying.dispatcher.DispatchDue(context.Background())
	}()
	first := server.Wait(1)[0]
	for _, wait := range []time.Duration{0, mail.HandOverTime, mail.LeaseTime - mail.HandOverTime - time.Second} {
		clock.Advance(wait)
		if n := survivor.dispatch(); n != 0 {
			t.Fatalf("taken over while the lease ran, after %v more", wait)
		}
	}
	clock.Advance(time.Second)
	if n := survivor.dispatch(); n != 1 {
		t.Fatal("not taken over after the lease")
	}
	survivor.expect(id, mail.Sent, 1)
	second := server.Wait(2)[1]
	if second.MessageID() != first.MessageID() {
		t.Errorf("%s became %s", first.MessageID(), second.MessageID())
	}
	server.Down() // the late node finds its lease lost and changes nothing
	<-died
	survivor.expect(id, mail.Sent, 1)
}

func TestManyDispatchersNeverSendTwice(t *testing.T) {
	url := dbtest.URL(t)
	server := mailtest.NewServer(t, mailtest.Options{})
	const nodes, letters = 4, 300
	offices := make([]*office, nodes)
	for i := range offices {
		offices[i] = openOffice(t, url, newClock(), deliverTo(t, server))
	}
	offices[0].enqueue(addresses(letters)...)
	var running sync.WaitGroup
	for _, o := range offices {
		running.Go(func() {
			if _, err := o.dispatcher.DispatchDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	seen := map[string]int{}
	for _, letter := range server.Taken() {
		seen[letter.MessageID()]++
	}
	if len(seen) != letters || len(server.Taken()) != letters {
		t.Errorf("%d letters arrived, %d different ones, want %d", len(server.Taken()), len(seen), letters)
	}
}

// workerVariable makes the test program a node that works until it is killed.
const workerVariable = "MAILTEST_WORKER_DATABASE"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerVariable); url != "" {
		workUntilKilled(url, os.Getenv(workerVariable+"_SERVER"))
	}
	os.Exit(m.Run())
}

func workUntilKilled(url, server string) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: url, Now: time.Now})
	if err != nil {
		panic(err)
	}
	settings, err := mail.ParseSMTP(server)
	if err != nil {
		panic(err)
	}
	o := &office{db: d}
	o.outbox = mail.NewOutbox(mail.OutboxOptions{BaseURL: baseURL, Deliverer: mail.NewSMTP(settings, "id.example")})
	o.dispatcher, err = mail.NewDispatcher(mail.DispatcherOptions{
		DB: d, Outbox: o.outbox, Catalogue: loadCatalogue(),
		Senders: map[mail.Front]mail.Sender{mail.ToClients: {Letterhead: letterhead, Composers: map[mail.Kind]mail.Composer{mail.KindInvite: o.compose}}},
		Log:     slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(os.Stdout, "ready\n")
	o.dispatcher.Run(ctx)
}

// TestKilledWorkersLoseNothing kills real processes in the middle of their
// work (SECURITY.md, P04): every letter arrives, and each kill repeats at most one.
func TestKilledWorkersLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	url := dbtest.URL(t)
	server := mailtest.NewServer(t, mailtest.Options{})
	o := openOffice(t, url, dbtest.NewClock(time.Now()), nil)
	const letters, kills = 1500, 6
	ids := o.enqueue(addresses(letters)...)
	for kill := range kills {
		worker := startWorker(t, url, server.URL())
		server.Wait(letters * kill / (2 * kills))
		time.Sleep(time.Duration(20+17*kill) * time.Millisecond)
		if err := worker.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = worker.Wait()
	}
	survivor := openOffice(t, url, dbtest.NewClock(time.Now()), deliverTo(t, server))
	survivor.dispatch()
	survivor.clock.Advance(mail.LeaseTime + time.Minute)
	survivor.dispatch()
	seen := map[string]int{}
	for _, letter := range server.Taken() {
		seen[letter.MessageID()]++
	}
	for _, id := range ids {
		if seen["<"+id+"@id.example>"] == 0 {
			t.Fatalf("letter %s is lost", id)
		}
		survivor.expect(id, mail.Sent, survivor.delivery(id).Attempts)
	}
	repeated := len(server.Taken()) - len(seen)
	if len(seen) != letters || repeated > kills {
		t.Errorf("%d different letters, %d repeated by %d kills", len(seen), repeated, kills)
	}
	t.Logf("%d letters, %d kills, %d repeated", letters, kills, repeated)
}

func startWorker(t *testing.T, url, server string) *exec.Cmd {
	t.Helper()
	program, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	worker := exec.Command(program)
	worker.Env = append(os.Environ(), workerVariable+"="+url, workerVariable+"_SERVER="+server)
	worker.Stderr = os.Stderr
	output, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatalf("the worker does not start: %v", err)
	}
	return worker
}

func BenchmarkDispatch(b *testing.B) {
	server := mailtest.NewServer(b, mailtest.Options{})
	o := newOffice(b, deliverTo(b, server))
	o.enqueue(addresses(b.N)...)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	b.ResetTimer()
	done := make(chan struct{})
	go func() { o.dispatcher.Run(ctx); close(done) }()
	for len(server.Taken()) < b.N {
		time.Sleep(time.Millisecond)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
	stop()
	<-done
}
