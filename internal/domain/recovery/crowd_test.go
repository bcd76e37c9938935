package recovery_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/recovery"
	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/mail"
)

// workerVariable makes the test program a node that works until it is killed.
const workerVariable = "RECOVERYTEST_WORKER_DATABASE"

func TestMain(m *testing.M) {
	if address := os.Getenv(workerVariable); address != "" {
		workUntilKilled(address)
	}
	os.Exit(m.Run())
}

func workUntilKilled(address string) {
	d, err := db.Open(context.Background(), db.Options{URL: address, Now: time.Now})
	if err != nil {
		panic(err)
	}
	base := &url.URL{Scheme: "https", Host: "id.example"}
	front := recovery.Front{Outbox: mail.NewOutbox(mail.OutboxOptions{BaseURL: base.String()}), BaseURL: base, Brand: "IDKit"}
	worker := recovery.New(recovery.Options{
		DB: d, Portal: front, Console: front, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Invitations: invitation.New(invitation.Options{DB: d, Outbox: front.Outbox, BaseURL: base, Brand: "IDKit"}),
	})
	_, _ = io.WriteString(os.Stdout, "ready\n")
	worker.Job().Run(context.Background())
}

// crowd makes so many more users of Northwind.
func (p house) crowd(t testing.TB, users int) {
	t.Helper()
	p.Write(t, func(ctx context.Context, tx *db.Tx) error {
		for range users {
			who := &domaintest.Holder{Account: id.New("acc"), User: id.New("usr")}
			if _, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, password_hash, password_changed_at, setup_step, language, created_at)
				VALUES ($1, $2, $2, '', $3, '', 'en', $3)`, who.Account, who.Account+"@northwind.example", p.Clock.Now()); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO users (organization_id, id, account_id, first_name, last_name, email, email_key, search_text, role_id, status, created_at)
				SELECT $1, $2, $3, 'Wei', '', $4, $4, '', id, 'active', $5 FROM roles WHERE organization_id = $1 AND kind = 'member'`,
				p.Northwind, who.User, who.Account, who.Account+"@northwind.example", p.Clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachOnce checks that each of so many users has one letter of that kind.
func (p house) eachOnce(t testing.TB, kind mail.Kind, users int) {
	t.Helper()
	all := p.Count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(kind))
	addresses := p.Count(t, `SELECT count(DISTINCT address) FROM letters WHERE kind = $1`, string(kind))
	if all != users || addresses != users {
		t.Errorf("%d letters %s to %d addresses, want one to each of %d", all, kind, addresses, users)
	}
}

// Several nodes work at once: each user gets one letter a day, and one person one invitation.
func TestManyNodesWriteAndInviteOnce(t *testing.T) {
	const users = 250
	p := newHouse(t)
	p.crowd(t, users-2)
	nodes := []*domaintest.Place{p.Place, p.AnotherNode(t), p.AnotherNode(t)}
	together := func() {
		var acts []func() error
		for _, n := range nodes {
			for range 2 {
				acts = append(acts, func() error { return n.Recoveries.Work(context.Background()) })
			}
		}
		for _, err := range domaintest.Together(acts...) {
			domaintest.MustNot(t, err)
		}
	}
	r := p.starts(t)
	_, err := p.Recoveries.Approve(t.Context(), p.wei, p.Northwind, r.ID)
	domaintest.MustNot(t, err)
	for days := range 3 {
		together()
		if days == 0 {
			p.eachOnce(t, mail.KindRecoveryStarted, users)
		}
		p.Clock.Advance(time.Minute) // the letters of a round leave a tenth of a second apart
		p.Deliver(t)
		together()
		if n := p.Events(t, "recovery.told"); n != days+1 {
			t.Errorf("%d days have begun, want %d", n, days+1)
		}
		p.Clock.Advance(domaintest.Day)
	}
	if n := p.Count(t, `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindRecoveryWaits)); n != 2*users {
		t.Errorf("%d letters of the days", n)
	}
	together()
	p.is(t, recovery.Invited)
	p.eachOnce(t, mail.KindRecoveryInvited, users)
	p.eachOnce(t, mail.KindInvite, 1)
	p.eachOnce(t, mail.KindOperatorRecoveryInvited, 2)
	p.Verify(t)
}

// TestKilledWorkersWriteToEachUserOnce kills real processes with kill -9 in the
// middle of a round: the next one goes on where they were.
func TestKilledWorkersWriteToEachUserOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	const users, kills = 10_000, 3
	p := newHouse(t)
	p.crowd(t, users-2)
	p.starts(t)
	p.Exec(t, `UPDATE recoveries SET lapses_at = $1`, time.Now().Add(domaintest.Day)) // the workers have the real clock
	queued := func() (n int) {
		domaintest.MustNot(t, p.DB.Read(t.Context(), func(tx *db.Tx) error { // which waits for no writer
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM letters WHERE kind = $1`, string(mail.KindRecoveryStarted)).Scan(&n)
		}))
		return n
	}
	reach := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); queued() < want; time.Sleep(2 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d letters", queued(), want)
			}
		}
	}
	for kill := range kills {
		worker := startWorker(t, p.Address())
		reach(users * (kill + 1) / (kills + 2))
		domaintest.MustNot(t, worker.Process.Kill())
		_ = worker.Wait()
		if n := queued(); n == users {
			t.Fatalf("the round was over before kill %d", kill+1)
		}
	}
	last := startWorker(t, p.Address())
	reach(users)
	domaintest.MustNot(t, last.Process.Kill())
	_ = last.Wait()
	p.eachOnce(t, mail.KindRecoveryStarted, users)
	p.is(t, recovery.Waiting)
}

func startWorker(t *testing.T, address string) *exec.Cmd {
	t.Helper()
	program, err := filepath.Abs(os.Args[0])
	domaintest.MustNot(t, err)
	worker := exec.Command(program)
	worker.Env = append(os.Environ(), workerVariable+"="+address)
	worker.Stderr = os.Stderr
	output, err := worker.StdoutPipe()
	domaintest.MustNot(t, err)
	domaintest.MustNot(t, worker.Start())
	if _, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatalf("the worker does not start: %v", err)
	}
	return worker
}
