package audit_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

const length = 300

// tamper is what somebody with the database does to a trail; it returns what it
// did, for the failure message.
type tamper func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (did string, err error)

// trail is what is tampered with.
type trail struct {
	id    string
	lines int64
}

func (tr trail) line(r *rand.Rand) int64 { return 1 + r.Int64N(tr.lines) }

func exec(ctx context.Context, tx *db.Tx, did, query string, args ...any) (string, error) {
	rows, err := tx.Exec(ctx, query, args...)
	if err == nil && rows == 0 {
		err = fmt.Errorf("%s changed nothing", did)
	}
	return did, err
}

var texts = []string{
	"action", "actor_kind", "actor_id", "actor_name", "target_kind", "target_id", "target_name", "details", "address", "user_agent", "request_id",
}

var tampers = map[string]tamper{
	"edit a text": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		column, n := texts[r.IntN(len(texts))], tr.line(r)
		edits := []string{column + ` || 'x'`, column + ` || ' '`, `'x' || ` + column, `upper(` + column + `) || 'y'`}
		return exec(ctx, tx, fmt.Sprintf("edit %s of %d", column, n),
			`UPDATE audit_events SET `+column+` = `+edits[r.IntN(len(edits))]+` WHERE organization_id = $1 AND sequence = $2`, tr.id, n)
	},
	"edit the time": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		n := tr.line(r)
		return exec(ctx, tx, fmt.Sprintf("move %d", n), `UPDATE audit_events SET at = $3 WHERE organization_id = $1 AND sequence = $2`,
			tr.id, n, now.AddDate(0, 0, 1+r.IntN(100)))
	},
	"edit a hash": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		column, n := []string{"hash", "previous_hash"}[r.IntN(2)], tr.line(r)
		sum := sha256.Sum256([]byte{byte(n)})
		return exec(ctx, tx, fmt.Sprintf("edit %s of %d", column, n), `UPDATE audit_events SET `+column+` = $3 WHERE organization_id = $1 AND sequence = $2`,
			tr.id, n, sum[:])
	},
	"delete lines": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		n, count := tr.line(r), r.Int64N(5)
		return exec(ctx, tx, fmt.Sprintf("delete %d and %d more", n, count), `DELETE FROM audit_events WHERE organization_id = $1 AND sequence BETWEEN $2 AND $3`,
			tr.id, n, n+count)
	},
	"delete and renumber": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		n := 1 + r.Int64N(tr.lines-1)
		if _, err := exec(ctx, tx, "", `DELETE FROM audit_events WHERE organization_id = $1 AND sequence = $2`, tr.id, n); err != nil {
			return "", err
		}
		if _, err := exec(ctx, tx, "", `UPDATE audit_events SET sequence = -sequence WHERE organization_id = $1 AND sequence > $2`, tr.id, n); err != nil {
			return "", err
		}
		if _, err := exec(ctx, tx, "", `UPDATE audit_events SET sequence = -sequence - 1 WHERE organization_id = $1 AND sequence < 0`, tr.id); err != nil {
			return "", err
		}
		return exec(ctx, tx, fmt.Sprintf("delete %d and renumber", n), `UPDATE audit_heads SET sequence = sequence - 1 WHERE organization_id = $1`, tr.id)
	},
	"swap two lines": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		a := tr.line(r)
		b := 1 + (a+r.Int64N(tr.lines-1))%tr.lines
		for _, step := range [][2]int64{{a, -1}, {b, a}, {-1, b}} {
			if _, err := exec(ctx, tx, "", `UPDATE audit_events SET sequence = $3 WHERE organization_id = $1 AND sequence = $2`, tr.id, step[0], step[1]); err != nil {
				return "", err
			}
		}
		return fmt.Sprintf("swap %d and %d", a, b), nil
	},
	"cut the end off": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		n := tr.line(r)
		return exec(ctx, tx, fmt.Sprintf("delete from %d on", n), `DELETE FROM audit_events WHERE organization_id = $1 AND sequence >= $2`, tr.id, n)
	},
	"wind the head back": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		back := 1 + r.Int64N(tr.lines)
		return exec(ctx, tx, fmt.Sprintf("wind back by %d", back), `UPDATE audit_heads SET sequence = sequence - $2 WHERE organization_id = $1`, tr.id, back)
	},
	"wind the head back with its hash": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		n := 1 + r.Int64N(tr.lines-1)
		return exec(ctx, tx, fmt.Sprintf("wind back to %d", n), `UPDATE audit_heads SET sequence = $2,
			hash = (SELECT hash FROM audit_events WHERE organization_id = $1 AND sequence = $2) WHERE organization_id = $1`, tr.id, n)
	},
	"delete the head": func(ctx context.Context, tx *db.Tx, tr trail, _ *rand.Rand) (string, error) {
		return exec(ctx, tx, "delete the head", `DELETE FROM audit_heads WHERE organization_id = $1`, tr.id)
	},
	"move a line to another trail": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		n := tr.line(r)
		return exec(ctx, tx, fmt.Sprintf("move %d away", n), `UPDATE audit_events SET organization_id = 'org_nobody' WHERE organization_id = $1 AND sequence = $2`, tr.id, n)
	},
	"add a line": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		return exec(ctx, tx, "copy a line behind the end", `INSERT INTO audit_events (organization_id, sequence, at, action, actor_kind, actor_id, actor_name,
				target_kind, target_id, target_name, details, address, user_agent, request_id, previous_hash, hash)
			SELECT organization_id, $3, at, action, actor_kind, actor_id, actor_name,
				target_kind, target_id, target_name, details, address, user_agent, request_id, previous_hash, hash
			FROM audit_events WHERE organization_id = $1 AND sequence = $2`, tr.id, tr.line(r), tr.lines+1+r.Int64N(3))
	},
	"add a line before the first": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		return exec(ctx, tx, "copy a line before the first", `INSERT INTO audit_events (organization_id, sequence, at, action, actor_kind, actor_id, actor_name,
				target_kind, target_id, target_name, details, address, user_agent, request_id, previous_hash, hash)
			SELECT organization_id, $3, at, action, actor_kind, actor_id, actor_name,
				target_kind, target_id, target_name, details, address, user_agent, request_id, previous_hash, hash
			FROM audit_events WHERE organization_id = $1 AND sequence = $2`, tr.id, tr.line(r), -r.Int64N(3))
	},
}

// errUndo rolls a tampering back, so that the next one meets a whole trail.
var errUndo = errors.New("undo")

// TestTamperingShows is the everyday part of the promise that a changed,
// removed, swapped or cut-off line shows: 1,000 random changes on SQLite, 100 on
// PostgreSQL.
func TestTamperingShows(t *testing.T) {
	d := longTrail(t)
	tries := 1000
	if os.Getenv(dbtest.PostgresVariable) != "" {
		tries = 100
	}
	const seed = 20261123
	r := rand.New(rand.NewPCG(seed, seed))
	kinds := slices.Sorted(maps.Keys(tampers))
	for n := range tries {
		kind := kinds[n%len(kinds)]
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			did, err := tampers[kind](t.Context(), tx, trail{northwind, length}, r)
			if err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			var broken audit.Broken
			if end, err := audit.Verify(t.Context(), tx, northwind); !errors.As(err, &broken) {
				t.Errorf("not seen: %s (%s): %d lines, %v", kind, did, end.Sequence, err)
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
	}
	holds(t, d, northwind, length)
}

func longTrail(t testing.TB) *db.DB {
	t.Helper()
	d := newTrail(t)
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		for n := range length {
			if err := audit.Record(ctx, tx, priya, event(n)); err != nil {
				return err
			}
		}
		return nil
	})
	record(t, d, priya, audit.Event{OrganizationID: fabrikam, Action: "user.seen"})
	return d
}

// TestWhatATrailCannotTellAboutItself names the limit: who may write to every
// table can make a shorter trail that is whole in itself. Only a head that was
// kept elsewhere before shows it.
func TestWhatATrailCannotTellAboutItself(t *testing.T) {
	d := longTrail(t)
	sequence, hash := head(t, d)
	for _, cut := range []int64{length - 1, 1, 0} {
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `DELETE FROM audit_events WHERE organization_id = $1 AND sequence > $2`, northwind, cut); err != nil {
				return err
			}
			if cut == 0 {
				_, err := tx.Exec(ctx, `DELETE FROM audit_heads WHERE organization_id = $1`, northwind)
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE audit_heads SET sequence = $2,
				hash = (SELECT hash FROM audit_events WHERE organization_id = $1 AND sequence = $2) WHERE organization_id = $1`, northwind, cut)
			return err
		})
		holds(t, d, northwind, cut) // whole in itself
		if cut > 0 {
			if got, gotHash := head(t, d); got == sequence || string(gotHash) == string(hash) {
				t.Error("the head kept elsewhere does not show the cut")
			}
		}
	}
}

func head(t testing.TB, d *db.DB) (sequence int64, hash []byte) {
	t.Helper()
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT sequence, hash FROM audit_heads WHERE organization_id = $1`, northwind).Scan(&sequence, &hash)
	})
	return sequence, hash
}

// forgeries are what a tamperer does who knows how the chain is made: the trail
// is whole in itself afterwards.
var forgeries = map[string]tamper{
	"write the chain anew": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		from := tr.line(r)
		return fmt.Sprintf("change %d and write all hashes from there on", from), reseal(ctx, tx, tr, from, func(e *audit.Entry) { e.ActorName += "x" })
	},
	"swap two lines and write the chain anew": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		did, err := tampers["swap two lines"](ctx, tx, tr, r)
		if err != nil {
			return "", err
		}
		return did + " and write all hashes", reseal(ctx, tx, tr, 1, nil)
	},
	"cut the end off and wind the head back": func(ctx context.Context, tx *db.Tx, tr trail, r *rand.Rand) (string, error) {
		n := 1 + r.Int64N(tr.lines-1)
		if _, err := exec(ctx, tx, "", `DELETE FROM audit_events WHERE organization_id = $1 AND sequence > $2`, tr.id, n); err != nil {
			return "", err
		}
		return exec(ctx, tx, fmt.Sprintf("cut off behind %d", n), `UPDATE audit_heads SET sequence = $2,
			hash = (SELECT hash FROM audit_events WHERE organization_id = $1 AND sequence = $2) WHERE organization_id = $1`, tr.id, n)
	},
	"delete the trail": func(ctx context.Context, tx *db.Tx, tr trail, _ *rand.Rand) (string, error) {
		if _, err := exec(ctx, tx, "", `DELETE FROM audit_events WHERE organization_id = $1`, tr.id); err != nil {
			return "", err
		}
		return exec(ctx, tx, "delete lines and head", `DELETE FROM audit_heads WHERE organization_id = $1`, tr.id)
	},
}

// reseal writes a trail's hashes anew from a line on, after a change of that line.
func reseal(ctx context.Context, tx *db.Tx, tr trail, from int64, change func(*audit.Entry)) error {
	lines, err := db.Collect(ctx, tx, audit.Scan, `SELECT `+audit.Columns+` FROM audit_events WHERE organization_id = $1 AND sequence >= $2 ORDER BY sequence`, tr.id, from-1)
	if err != nil {
		return err
	}
	var previous []byte
	for i, e := range lines {
		if e.Sequence >= from {
			if change != nil && e.Sequence == from {
				change(&lines[i])
			}
			lines[i].Seal(previous)
			if _, err := tx.Exec(ctx, `UPDATE audit_events SET actor_name = $3, previous_hash = $4, hash = $5 WHERE organization_id = $1 AND sequence = $2`,
				tr.id, e.Sequence, lines[i].ActorName, lines[i].PreviousHash, lines[i].Hash); err != nil {
				return err
			}
		}
		previous = lines[i].Hash
	}
	_, err = exec(ctx, tx, "", `UPDATE audit_heads SET hash = $2 WHERE organization_id = $1`, tr.id, previous)
	return err
}

// TestEveryTamperingShowsAgainstANotedHead is promise P19: random edits,
// deletions, swaps, truncations and forgeries over a table of many trails, each
// held against the head that was noted before. TEST_AUDIT_LINES=100000 makes it
// 1,000 of them over 100,000 lines.
func TestEveryTamperingShowsAgainstANotedHead(t *testing.T) {
	lines, tries := 4000, 100
	if n, err := strconv.Atoi(os.Getenv("TEST_AUDIT_LINES")); err == nil {
		lines, tries = n, 1000
	}
	// A few large organizations and many small ones, each kind with half of the lines.
	lengths := append(slices.Repeat([]int{lines / 20}, 10), slices.Repeat([]int{lines / 400}, 200)...)
	d := newCrowd(t)
	noted := map[string]audit.Head{}
	var each []trail
	for n, length := range lengths {
		tr := trail{fmt.Sprintf("org_%026d", n), int64(length)}
		each, noted[tr.id] = append(each, tr), crowded(t, d, tr.id, length, time.Minute)
	}
	const seed = 20261123
	r := rand.New(rand.NewPCG(seed, seed))
	all := maps.Clone(tampers)
	maps.Copy(all, forgeries)
	kinds := slices.Sorted(maps.Keys(all))
	for n := range tries {
		kind, tr := kinds[n%len(kinds)], each[r.IntN(len(each))]
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			did, err := all[kind](t.Context(), tx, tr, r)
			if err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
			var broken audit.Broken
			if end, err := audit.Verify(t.Context(), tx, tr.id, noted[tr.id]); !errors.As(err, &broken) || broken.OrganizationID != tr.id {
				t.Errorf("not seen: %s (%s): %s, %v", kind, did, end, err)
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
	}
	for _, tr := range each {
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			if end, err := audit.Verify(ctx, tx, tr.id, noted[tr.id]); err != nil || end.String() != noted[tr.id].String() {
				t.Errorf("an honest trail is answered with %s, %v", end, err)
			}
			return nil
		})
	}
}
