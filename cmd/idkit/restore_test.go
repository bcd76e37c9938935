package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// program is the command as a process of its own, which can be killed.
func program(t *testing.T) func(args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "idkit") // the test program under this name is the command; see TestMain
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) *exec.Cmd { return exec.Command(path, args...) }
}

// killed starts a command and kills it after a while, unless it ends before.
func killed(t *testing.T, command *exec.Cmd, after time.Duration) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	death := time.AfterFunc(after, func() { _ = command.Process.Kill() })
	_ = command.Wait() // killed or not, what it leaves behind is looked at
	death.Stop()
}

const bulk = 20_000 // rows that make a backup last

// filled makes an installation with an organization and many rows.
func filled(t *testing.T, idkit func(...string) *exec.Cmd, url, key string) {
	t.Helper()
	mustRun(t, idkit("org", "create", "--name", "Acme", "--first-name", "Ada", "--email", "ada@example.com", "--print-link", "--database", url, "--secret-key-file", key))
	ctx := t.Context()
	d := dbtest.Open(t, url, time.Now)
	err := d.Write(ctx, func(tx *db.Tx) error {
		for n := range bulk {
			if _, err := tx.Exec(ctx, `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 1, $2, $3)`, fmt.Sprint("key ", n), []byte{}, tx.Now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mustRun(t *testing.T, command *exec.Cmd) time.Duration {
	t.Helper()
	began := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, out)
	}
	return time.Since(began)
}

// TestAKilledBackupLeavesNothingThatLooksWhole kills the process at any moment
// (SECURITY.md, P16): under the name there is a whole backup or none.
func TestAKilledBackupLeavesNothingThatLooksWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Chdir(t.TempDir())
	idkit, url := program(t), dbtest.EmptyURL(t)
	key := keyFile(t)
	filled(t, idkit, url, key)
	lasts := mustRun(t, idkit("backup", "whole", "--database", url, "--secret-key-file", key))
	const kills = 15
	finished := 0
	for n := range kills {
		name := fmt.Sprint("backup", n)
		killed(t, idkit("backup", name, "--database", url, "--secret-key-file", key), time.Duration(rand.Int64N(int64(lasts)*5/4)))
		if _, err := os.Stat(name); err != nil {
			continue
		}
		finished++
		if out, err := idkit("restore", "--verify", name, "--database", url, "--secret-key-file", key).CombinedOutput(); err != nil {
			t.Errorf("%s looks whole: %v\n%s", name, err, out)
		}
	}
	t.Logf("%d of %d ended before they were killed; one lasts %v", finished, kills, lasts)
}

// TestAKilledRestoreOpensNothing kills the process at any moment: what is there
// then is empty, or refused by every command, or whole and in its new epoch.
func TestAKilledRestoreOpensNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Chdir(t.TempDir())
	idkit, source := program(t), dbtest.EmptyURL(t)
	key := keyFile(t)
	filled(t, idkit, source, key)
	mustRun(t, idkit("backup", "whole", "--database", source, "--secret-key-file", key))
	lasts := mustRun(t, idkit("restore", "whole", "--database", dbtest.EmptyURL(t), "--secret-key-file", key))
	const kills = 15
	outcomes := map[string]int{}
	for range kills {
		url := dbtest.EmptyURL(t)
		killed(t, idkit("restore", "whole", "--database", url, "--secret-key-file", key), time.Duration(rand.Int64N(int64(lasts)*5/4)))
		list := idkit("org", "list", "--database", url, "--secret-key-file", key)
		var said, complaint bytes.Buffer
		list.Stdout, list.Stderr = &said, &complaint
		switch err := list.Run(); {
		case err != nil && strings.Contains(complaint.String(), "interrupted"):
			outcomes["refused"]++
		case err != nil:
			t.Errorf("%v\n%s", err, &complaint)
		case said.Len() == 0:
			outcomes["empty"]++
			mustRun(t, idkit("restore", "whole", "--database", url, "--secret-key-file", key))
			wholeIn(t, url)
		default:
			outcomes["whole"]++
			wholeIn(t, url)
		}
	}
	t.Logf("%v; one lasts %v", outcomes, lasts)
}

// wholeIn checks that every row is there and that the epoch has begun.
func wholeIn(t *testing.T, url string) {
	t.Helper()
	var rows, restores, held, live int
	d := dbtest.Open(t, url, time.Now)
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(context.Background(), `SELECT (SELECT count(*) FROM throttles), (SELECT count(*) FROM restores WHERE epoch_began_at IS NOT NULL),
			(SELECT count(*) FROM mail_holds), (SELECT count(*) FROM links WHERE ended_at IS NULL)`).Scan(&rows, &restores, &held, &live)
	})
	if err != nil || rows != bulk || restores != 1 || held != 1 || live != 0 {
		t.Errorf("%d rows, %d epochs, %d holds, %d live links, %v", rows, restores, held, live, err)
	}
}

// keyFile makes the secret key of an installation.
func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret.key")
	if err := os.WriteFile(path, []byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
