package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"idkit/internal/app/apptest"
	"idkit/internal/platform/db"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"idkit": main}) }

// TestScripts runs the program as a person does, one script a subject.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sql":      runSQL,
			"outlined": outlined,
			"noted":    noted,
			"lines":    exportLines,
			"replaced": replaced,
			"cut":      cut,
		},
	})
}

// runSQL changes a database as no command does: sql DATABASE STATEMENT.
func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: "sqlite:" + ts.MkAbs(args[0]), Now: time.Now})
	ts.Check(err)
	err = d.Write(ctx, func(tx *db.Tx) error {
		rows, err := tx.Exec(ctx, args[1])
		if err == nil && rows == 0 {
			err = fmt.Errorf("%s: no row is concerned", args[1])
		}
		return err
	})
	ts.Check(err)
	ts.Check(d.Close())
}

// outlined puts the n-th word of the last command's output into a variable: outlined NAME N.
func outlined(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	if _, err := fmt.Sscan(args[1], &n); err != nil {
		ts.Fatalf("outlined: %v", err)
	}
	fields := strings.Fields(ts.ReadFile("stdout"))
	if n >= len(fields) {
		ts.Fatalf("outlined: only %d words", len(fields))
	}
	ts.Setenv(args[0], fields[n])
}

// TestServeStopsOnASignal starts the server, reads its one line, and ends it
// while a request is under way: that request is answered.
func TestServeStopsOnASignal(t *testing.T) {
	address := apptest.FreeAddress(t)
	lines, stdout := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run([]string{"serve", "--listen", address, "--base-url", "http://" + address, "--operator-listen", "off", "--database", "sqlite:" + filepath.Join(t.TempDir(), "idkit.db")}, stdout, io.Discard)
		_ = stdout.Close()
	}()
	said := bufio.NewScanner(lines)
	for said.Scan() && said.Text() == "" { // an empty line sets it apart
	}
	if want := "Set up IDKit in your browser: http://" + address + "/setup?token="; !strings.HasPrefix(said.Text(), want) {
		t.Fatalf("it says %q, want %q…", said.Text(), want)
	}
	more := make(chan string, 1)
	go func() {
		rest := ""
		for said.Scan() {
			rest += said.Text()
		}
		more <- rest
	}()

	conn := dial(t, address)
	form := "theme=dark&back=/login"
	fmt.Fprintf(conn, "POST /theme HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", address, len(form))
	time.Sleep(100 * time.Millisecond) // until the request is taken up
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if other, err := net.Dial("tcp", address); err != nil {
			break
		} else if _ = other.Close(); time.Now().After(deadline) {
			t.Fatal("it still takes connections")
		}
	}
	_, _ = io.WriteString(conn, form)
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(answer, "HTTP/1.1 303") {
		t.Errorf("the request under way is answered with %q, %v", answer, err)
	}
	_ = conn.Close()
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	if rest := <-more; rest != "" {
		t.Errorf("it also says %q", rest)
	}
}

// dial waits until the server listens.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			return conn
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
