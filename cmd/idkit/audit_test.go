package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/throttle"
)

// noted puts the head of an organization, as the last command printed it, into a variable: noted NAME ORGANIZATION.
func noted(ts *testscript.TestScript, _ bool, args []string) {
	head := regexp.MustCompile(regexp.QuoteMeta(args[1]) + ":[0-9]+:[0-9a-f]+").FindString(ts.ReadFile("stdout"))
	if head == "" {
		ts.Fatalf("noted: no head of %s was printed", args[1])
	}
	ts.Setenv(args[0], head)
}

// exportLines exports an organization's trail as its administrators do: lines ORGANIZATION FILE.
func exportLines(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: "sqlite:" + ts.MkAbs("data/idkit.db"), Now: time.Now})
	ts.Check(err)
	var file bytes.Buffer
	actor := access.Actor{Kind: access.KindUser, OrganizationID: args[0], Permissions: access.OfRole(access.RoleAdministrator, "")}
	ts.Check(audit.New(audit.Options{DB: d, Throttle: throttle.New(d), Recheck: session.Recheck}).Export(ctx, actor, audit.Query{}, "jsonl", func(e audit.Entry) error { return json.NewEncoder(&file).Encode(e) }))
	ts.Check(d.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), file.Bytes(), 0o600))
}

// replaced changes a text in a file: replaced FILE OLD NEW.
func replaced(ts *testscript.TestScript, _ bool, args []string) {
	changed := strings.Replace(ts.ReadFile(args[0]), args[1], args[2], 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(changed), 0o600))
}

// cut keeps the first lines of a file: cut FILE LINES.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	lines := strings.SplitAfter(ts.ReadFile(args[0]), "\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines[:n], "")), 0o600))
}

// TestVerifyTellsABrokenTrailByItsExitCode from one that could not be looked at.
func TestVerifyTellsABrokenTrailByItsExitCode(t *testing.T) {
	e := audit.Entry{OrganizationID: "org_northwind", Sequence: 1, Action: "user.seen"}
	text, err := json.Marshal(e) // with no hash at all
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[int][]string{
		exitBroken:  {"audit", "verify", "--file", file},
		1:           {"audit", "verify", "--file", file + "x"},
		exitMisused: {"audit", "verify", "--file", file, "--head", "org_northwind:1:00"},
	} {
		if got := run(args, io.Discard, io.Discard); got != want {
			t.Errorf("%q ends with %d, want %d", args, got, want)
		}
	}
}
