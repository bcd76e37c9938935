package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"idkit/internal/platform/backup"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
	"idkit/internal/platform/secret"
)

func keyring(t testing.TB) *secret.Keyring {
	t.Helper()
	ring, err := secret.ParseKeyring(secret.NewKey())
	mustNot(t, err)
	return ring
}

func mustNot(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, d *db.DB, key string) {
	t.Helper()
	mustNot(t, d.Write(t.Context(), func(tx *db.Tx) error { return both(t.Context(), tx, key) }))
}

// both writes to two tables that a backup reads at different moments.
func both(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 1, $2, $3)`, key, []byte{0, 255}, tx.Now)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO posted_forms (key, posted_at, location) VALUES ($1, $2, $3)`, []byte(key), tx.Now, key)
	}
	return err
}

// neither takes out what both wrote.
func neither(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM throttles WHERE key = $1`, key)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM posted_forms WHERE key = $1`, []byte(key))
	}
	return err
}

func save(t testing.TB, d *db.DB, ring *secret.Keyring) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "idkit.backup")
	_, err := backup.Save(t.Context(), d, ring, path)
	mustNot(t, err)
	return path
}

// TestABackupIsOneMomentWhileOthersWrite has writers who put a pair of rows into
// two tables and take it out again: a backup holds both of a pair or neither, and
// all that was acknowledged before it began.
func TestABackupIsOneMomentWhileOthersWrite(t *testing.T) {
	d, ring := dbtest.New(t), keyring(t)
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	defer writers.Wait()
	defer stop()
	var written atomic.Int64
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				key, change := fmt.Sprintf("%d-%d", w, n/2), both
				if n%2 == 1 {
					change = neither
				}
				if d.Write(ctx, func(tx *db.Tx) error { return change(ctx, tx, key) }) == nil {
					written.Add(1)
				}
			}
		})
	}
	for round := range int64(10) {
		mustNot(t, d.Write(ctx, func(tx *db.Tx) error { return both(ctx, tx, fmt.Sprint("before ", round)) }))
		for before := written.Load(); written.Load() == before; {
			runtime.Gosched() // until the others are at work
		}
		path := filepath.Join(t.TempDir(), "idkit.backup")
		c, err := backup.Save(t.Context(), d, ring, path)
		mustNot(t, err)
		if c.Rows["throttles"] != c.Rows["posted_forms"] {
			t.Fatalf("one transaction was cut in two: %d and %d rows", c.Rows["throttles"], c.Rows["posted_forms"])
		}
		if c.Rows["throttles"] <= round {
			t.Fatalf("%d rows after %d were acknowledged for good", c.Rows["throttles"], round+1)
		}
		if again, err := backup.Check(path, ring); err != nil || again.Total() != c.Total() {
			t.Fatalf("it reads back as %d rows, %v", again.Total(), err)
		}
	}
}

func TestTheFileIsItsOwnersAndNeverReplacesAnother(t *testing.T) {
	d, ring := dbtest.New(t), keyring(t)
	path := save(t, d, ring)
	info, err := os.Stat(path)
	mustNot(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	before, err := os.ReadFile(path)
	mustNot(t, err)
	if _, err := backup.Save(t.Context(), d, ring, path); err == nil {
		t.Error("it replaces a file that is there")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("the file that was there has changed")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backup.Save(gone, d, ring, path+"2"); err == nil {
		t.Error("a backup that was given up succeeds")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(hidden) != 0 {
		t.Errorf("left behind: %v", hidden)
	}
}

// TestWhatIsNotAWholeBackupIsRefused cuts a backup off at every place, and
// changes random bytes of it.
func TestWhatIsNotAWholeBackupIsRefused(t *testing.T) {
	d, ring := dbtest.New(t), keyring(t)
	for n := range 20 {
		count(t, d, fmt.Sprint("key ", n))
	}
	path := save(t, d, ring)
	whole, err := os.ReadFile(path)
	mustNot(t, err)
	original := unpacked(t, whole)
	try := func(content []byte) error {
		mustNot(t, os.WriteFile(path, content, 0o600))
		_, err := backup.Check(path, ring)
		return err
	}
	for length := range whole {
		if try(whole[:length]) == nil {
			t.Fatalf("cut off at %d of %d bytes it is accepted", length, len(whole))
		}
	}
	for range 500 {
		changed := bytes.Clone(whole)
		at := rand.IntN(len(changed))
		changed[at] ^= byte(1 << rand.IntN(8))
		if try(changed) == nil && !bytes.Equal(unpacked(t, changed), original) { // gzip's header has room for nothing
			t.Fatalf("with byte %d changed it is accepted", at)
		}
	}
	for what, content := range map[string][]byte{
		"something behind it": append(bytes.Clone(whole), "x"...), "another file behind it": append(bytes.Clone(whole), whole...),
		"nothing": nil, "text": []byte("idkit backup 1"), "an empty stream": packed(t, nil),
		"only a header": packed(t, bytes.SplitAfter(original, []byte("\n"))[0]),
		"another form":  packed(t, bytes.Replace(original, []byte("idkit backup 1"), []byte("idkit backup 2"), 1)),
		"an empty line": packed(t, bytes.Replace(original, []byte("\n"), []byte("\n\n"), 1)),
	} {
		if try(content) == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}

// TestOnlyWhoeverHoldsTheKeyCanMakeABackup changes a row and mends the digest.
func TestOnlyWhoeverHoldsTheKeyCanMakeABackup(t *testing.T) {
	d, ring := dbtest.New(t), keyring(t)
	count(t, d, "mallory")
	forger, path := keyring(t), filepath.Join(t.TempDir(), "forged")
	_, err := backup.Save(t.Context(), d, forger, path)
	mustNot(t, err)
	if _, err := backup.Check(path, ring); !errors.Is(err, backup.ErrOtherKey) {
		t.Errorf("a backup made with another key: %v", err)
	}
	content, err := os.ReadFile(path)
	mustNot(t, err)
	claimed := bytes.Replace(unpacked(t, content), []byte(`"key":"`+forger.CurrentKeyID()), []byte(`"key":"`+ring.CurrentKeyID()), 1)
	mustNot(t, os.WriteFile(path, packed(t, claimed), 0o600))
	if _, err := backup.Check(path, ring); !errors.Is(err, backup.ErrDamaged) || !strings.Contains(err.Error(), "key") {
		t.Errorf("a backup that only claims the key: %v", err)
	}
}

// TestALoadOfADamagedBackupLeavesNothing changes what the rows say.
func TestALoadOfADamagedBackupLeavesNothing(t *testing.T) {
	d, ring := dbtest.New(t), keyring(t)
	count(t, d, "somebody")
	path := save(t, d, ring)
	content, err := os.ReadFile(path)
	mustNot(t, err)
	mustNot(t, os.WriteFile(path, packed(t, bytes.Replace(unpacked(t, content), []byte("somebody"), []byte("some0ody"), 1)), 0o600))
	other := dbtest.New(t)
	count(t, other, "was here")
	err = other.Load(t.Context(), func(tx *db.Tx) error {
		_, err := backup.Load(t.Context(), tx, ring, path)
		return err
	})
	if !errors.Is(err, backup.ErrDamaged) {
		t.Errorf("it says %v", err)
	}
	var key string
	mustNot(t, other.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), `SELECT key FROM throttles`).Scan(&key) }))
	if key != "was here" {
		t.Errorf("there is %q now", key)
	}
}

func TestTextThatIsNotUnicodeIsCarried(t *testing.T) {
	if os.Getenv(dbtest.PostgresVariable) != "" {
		t.Skip("PostgreSQL stores none")
	}
	d, ring := dbtest.New(t), keyring(t)
	const odd = "k\xff\xfe{"
	mustNot(t, d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO throttles (key, failures, recent, touched_at) VALUES ($1, 1, $2, $3)`, odd, []byte{}, tx.Now)
		return err
	}))
	other := dbtest.New(t)
	mustNot(t, other.Load(t.Context(), func(tx *db.Tx) error {
		_, err := backup.Load(t.Context(), tx, ring, save(t, d, ring))
		return err
	}))
	var key string
	mustNot(t, other.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), `SELECT key FROM throttles`).Scan(&key) }))
	if key != odd {
		t.Errorf("%q came back as %q", odd, key)
	}
}

func FuzzCheck(f *testing.F) {
	ring, err := secret.ParseKeyring("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"format":"idkit backup 1"}` + "\n" + `{"table":"a","columns":[]}` + "\n[1]\n" + `{"rows":1,"sha256":"00"}` + "\n"))
	f.Add([]byte("[\n"))
	path := filepath.Join(f.TempDir(), "fuzzed")
	f.Fuzz(func(t *testing.T, text []byte) {
		mustNot(t, os.WriteFile(path, packed(t, text), 0o600))
		if _, err := backup.Check(path, ring); err == nil {
			t.Error("what nobody sealed is accepted")
		}
	})
}

func unpacked(t testing.TB, content []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(content))
	mustNot(t, err)
	text, err := io.ReadAll(z)
	mustNot(t, err)
	return text
}

func packed(t testing.TB, text []byte) []byte {
	t.Helper()
	var content bytes.Buffer
	z := gzip.NewWriter(&content)
	_, err := z.Write(text)
	mustNot(t, errors.Join(err, z.Close()))
	return content.Bytes()
}
