package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

const northwind, fabrikam = "org_northwind", "org_fabrikam"

var now = time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC)

var priya = access.Actor{
	Kind: access.KindUser, OrganizationID: northwind, UserID: "usr_priya", Name: "Priya Shah",
	Origin: access.Origin{Address: "192.0.2.1", UserAgent: "Firefox/140.0", RequestID: "r1"},
}

func newTrail(t testing.TB) *db.DB {
	t.Helper()
	return dbtest.NewAt(t, func() time.Time { return now })
}

func event(n int) audit.Event {
	return audit.Event{
		Action: "user.invited", Target: audit.Target{Kind: "user", ID: fmt.Sprintf("usr_%d", n%7), Name: "Li Wen"},
		Details: map[string]string{"email": fmt.Sprintf("p%d@northwind.example", n), "role": "Member"},
	}
}

func write(t testing.TB, d *db.DB, change func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func record(t testing.TB, d *db.DB, actor access.Actor, events ...audit.Event) {
	t.Helper()
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		for _, e := range events {
			if err := audit.Record(ctx, tx, actor, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func verify(t testing.TB, d *db.DB, organizationID string) (lines int64, err error) {
	t.Helper()
	_ = d.Read(t.Context(), func(tx *db.Tx) error {
		var end audit.Head
		end, err = audit.Verify(t.Context(), tx, organizationID)
		lines = end.Sequence
		return nil
	})
	return lines, err
}

// holds checks that a trail is whole and how long it is.
func holds(t testing.TB, d *db.DB, organizationID string, want int64) {
	t.Helper()
	if lines, err := verify(t, d, organizationID); err != nil || lines != want {
		t.Errorf("the trail of %s has %d lines, %v, want %d", organizationID, lines, err, want)
	}
}

func TestEveryActIsALineOfItsOrganizationsTrail(t *testing.T) {
	d := newTrail(t)
	holds(t, d, northwind, 0)
	record(t, d, priya, event(1), event(2))
	record(t, d, access.Visitor(priya.Origin), audit.Event{Action: "login.failed"})
	record(t, d, access.Installation(access.Origin{}), audit.Event{OrganizationID: fabrikam, Action: "organization.founded"})
	record(t, d, priya, audit.Event{OrganizationID: fabrikam, Action: "user.seen"})
	holds(t, d, northwind, 2)
	holds(t, d, fabrikam, 2)
	holds(t, d, audit.InstallationTrail, 1)

	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		trails, err := audit.Trails(ctx, tx)
		if want := []string{"installation", fabrikam, northwind}; err != nil || !slices.Equal(trails, want) {
			t.Errorf("the trails are %v, %v", trails, err)
		}
		lines, err := audit.OfTarget(ctx, tx, northwind, "usr_1", 10)
		if err != nil || len(lines) != 1 {
			t.Fatalf("%+v, %v", lines, err)
		}
		got := lines[0]
		var details map[string]string
		if err := json.Unmarshal([]byte(got.Details), &details); err != nil || details["email"] != "p1@northwind.example" {
			t.Errorf("the details are %q, %v", got.Details, err)
		}
		if got.Sequence != 1 || !got.At.Equal(now) || got.ActorID != priya.UserID || got.ActorName != priya.Name || got.Origin != priya.Origin ||
			got.ActorKind != access.KindUser || got.Action != "user.invited" || got.Target != event(1).Target {
			t.Errorf("the line is %+v", got)
		}
		if others, err := audit.OfTarget(ctx, tx, fabrikam, "usr_1", 10); err != nil || len(others) != 0 {
			t.Errorf("another organization reads %+v, %v", others, err)
		}
		return nil
	})
}

func TestAFailedActLeavesNoLine(t *testing.T) {
	d := newTrail(t)
	record(t, d, priya, event(1))
	failed := errors.New("no")
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if err := audit.Record(t.Context(), tx, priya, event(2)); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	record(t, d, priya, event(3))
	holds(t, d, northwind, 2)
}

func TestTheNewestLinesComeFirst(t *testing.T) {
	d := newTrail(t)
	for n := range 30 {
		record(t, d, priya, event(n))
	}
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		lines, err := audit.OfTarget(ctx, tx, northwind, "usr_0", 3)
		if err != nil || len(lines) != 3 || lines[0].Sequence != 29 || lines[2].Sequence != 15 {
			t.Errorf("%+v, %v", lines, err)
		}
		return nil
	})
}

func TestParallelWritersLeaveNoGap(t *testing.T) {
	d := newTrail(t)
	const writers = 32
	ends := make(chan error)
	for range dbtest.RaceRounds() {
		for n := range writers {
			go func() {
				ends <- d.Write(context.Background(), func(tx *db.Tx) error {
					if err := audit.Record(context.Background(), tx, priya, event(n)); err != nil || n%8 != 0 {
						return err
					}
					return errGivenUp // its number must not be missing
				})
			}()
		}
		for range writers {
			if err := <-ends; err != nil && !errors.Is(err, errGivenUp) {
				t.Error(err)
			}
		}
	}
	holds(t, d, northwind, int64(dbtest.RaceRounds()*writers*7/8))
}

var errGivenUp = errors.New("given up")

func TestVerifyingDuringWritesIsQuiet(t *testing.T) {
	d := newTrail(t)
	record(t, d, priya, event(0))
	ended := make(chan error)
	go func() {
		var err error
		for n := 0; n < 200 && err == nil; n++ {
			err = d.Write(context.Background(), func(tx *db.Tx) error { return audit.Record(context.Background(), tx, priya, event(n)) })
		}
		ended <- err
	}()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			holds(t, d, northwind, 201)
			return
		default:
			if _, err := verify(t, d, northwind); err != nil {
				t.Fatalf("an honest trail is called broken: %v", err)
			}
		}
	}
}

// Whatever callers send, a line stays one line, says who really acted, and the
// trail holds.
func TestHostileTextCannotBreakOrForgeALine(t *testing.T) {
	d := newTrail(t)
	hostile := []string{
		"a\x00b", "line\r\n2026-11-23 Priya Shah deleted everybody", "\x1b[2J", "\u202egnp.exe", "csi\u009b2J", "\xff\xfe", `","actor":"root`,
		"'); DELETE FROM audit_events; --", strings.Repeat("x", 1<<20), strings.Repeat("\xff", 1<<20), strings.Repeat("李", 1<<18),
	}
	for _, text := range hostile {
		actor := priya
		actor.Origin.UserAgent = text
		record(t, d, actor, audit.Event{Action: "user.seen", Target: audit.Target{Kind: "user", ID: "usr_1", Name: "Li Wen"}, Details: map[string]string{"email": text, text: "x"}})
	}
	holds(t, d, northwind, int64(len(hostile)))
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		lines, err := audit.OfTarget(ctx, tx, northwind, "usr_1", 100)
		if err != nil || len(lines) != len(hostile) {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		for _, line := range lines {
			var details map[string]string
			if err := json.Unmarshal([]byte(line.Details), &details); err != nil || len(details) != 2 {
				t.Errorf("line %d has the details %.60q: %v", line.Sequence, line.Details, err)
			}
			if line.ActorID != priya.UserID || line.ActorName != priya.Name || len(line.Origin.UserAgent) > 256 || strings.ContainsAny(line.Origin.UserAgent, "\x00\r\n\x1b\u202e\u009b") {
				t.Errorf("line %d says %q from %q", line.Sequence, line.ActorName, line.Origin.UserAgent)
			}
		}
		return nil
	})
}

// Neighbouring columns do not run into each other.
func TestNoTwoDifferentLinesHaveOneHash(t *testing.T) {
	d := newTrail(t)
	record(t, d, priya, audit.Event{Action: "user.seen", Target: audit.Target{Kind: "user", ID: "ab", Name: "c"}})
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE audit_events SET target_id = 'a', target_name = 'bc'`)
		return err
	})
	var broken audit.Broken
	if _, err := verify(t, d, northwind); !errors.As(err, &broken) || broken.Sequence != 1 || broken.OrganizationID != northwind {
		t.Errorf("the shifted letter is answered with %v", err)
	}
}
