package main

import (
	"errors"
	"math"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// TestAFullDiskIsNeverAnsweredWithSuccess (SECURITY.md, P18) takes the room to
// write away from a process, at every point of an act, and gives it back. Changes
// are refused meanwhile with the reason, and have not happened; everything can be
// read; then it goes on by itself.
func TestAFullDiskIsNeverAnsweredWithSuccess(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	if os.Getenv(dbtest.PostgresVariable) != "" {
		t.Skip("that disk is not the program's")
	}
	i := newInstallation(t)
	var everybody []*administrator
	var reader browser
	i.write(func(tx *db.Tx) error {
		organizationID, roles := i.newOrganization(tx, "Northwind")
		for range 4 {
			everybody = append(everybody, i.administrator(tx, organizationID, roles))
		}
		somebody := i.join(tx, organizationID, roles.Administrator, "Sofia")
		reader = i.logIn(tx, somebody)
		_, err := tx.Exec(t.Context(), `UPDATE sessions SET last_seen_at = $1 WHERE user_id = $2`, tx.Now.Add(-5*time.Minute), somebody.id) // the next use is worth a note
		return err
	})
	n := i.serve()
	i.acts(n, everybody, 0)

	n.limit(t, i.logged())
	refused := i.acts(n, everybody, http.StatusServiceUnavailable)
	if refused < len(everybody) {
		t.Errorf("only %d of %d acts were refused", refused, len(everybody))
	}
	for _, path := range []string{"/", "/users", "/users/" + everybody[0].renamed.id, "/audit", "/healthz"} {
		if status, text, err := reader.ask(n, http.MethodGet, path, nil); err != nil || status != http.StatusOK {
			t.Errorf("GET %s is answered %d, %v\n%s", path, status, err, text)
		}
	}
	for pages := range int64(32) { // some of an act finds room, and then all of it
		n.limit(t, i.logged()+pages*4096)
		refused += i.acts(n, everybody, http.StatusServiceUnavailable)
	}

	n.limit(t, math.MaxInt64)
	i.acts(n, everybody, 0)
	n.kill()
	i.serve()
	i.read(func(tx *db.Tx) error {
		acknowledged := 0
		for _, a := range everybody {
			acknowledged += i.compare(tx, a, 0).acknowledged
		}
		t.Logf("%d acts were acknowledged, %d refused", acknowledged, refused)
		return i.whole(tx, 3*len(everybody)+1, map[string]int64{})
	})
	if out, err := i.command("audit", "verify").CombinedOutput(); err != nil || !strings.Contains(string(out), "intact") {
		t.Errorf("%v\n%s", err, out)
	}
}

// logged is the length of the write-ahead log, which every change lengthens.
func (i *installation) logged() int64 {
	i.Helper()
	wal, err := os.Stat(strings.TrimPrefix(i.database, "sqlite:") + "-wal")
	if err != nil {
		i.Fatal(err)
	}
	return wal.Size()
}

// acts lets everybody act at once, and counts who is refused, with that status and for the disk's sake; 0 allows no refusal.
func (i *installation) acts(n *node, everybody []*administrator, status int) (refused int) {
	i.Helper()
	results := make([]error, len(everybody))
	var acting sync.WaitGroup
	for k, a := range everybody {
		acting.Go(func() { results[k] = a.act(n) })
	}
	acting.Wait()
	for _, err := range results {
		var said answered
		switch {
		case err == nil:
		case errors.As(err, &said) && said.status == status && strings.Contains(said.text, "full or broken"):
			refused++
		default:
			i.Errorf("%v\n%s", err, n.log)
		}
	}
	return refused
}

// limit bounds the size in bytes of the files that a running process writes, as
// a full disk does. The signal that comes with it means nothing to Go.
func (n *node) limit(t *testing.T, most int64) {
	t.Helper()
	var bound syscall.Rlimit // the process has inherited ours
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &bound); err != nil {
		t.Fatal(err)
	}
	bound.Cur = min(uint64(most), bound.Max)
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(n.command.Process.Pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&bound)), 0, 0, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
}
