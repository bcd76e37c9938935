package epoch_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"idkit/internal/domain/domaintest"
	"idkit/internal/domain/epoch"
	"idkit/internal/platform/backup"
	"idkit/internal/platform/db"
	"idkit/internal/platform/db/dbtest"
)

// saved takes a backup of an installation.
func saved(t testing.TB, d *db.DB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "idkit.backup")
	_, err := backup.Save(t.Context(), d, domaintest.Ring(), path)
	domaintest.MustNot(t, err)
	return path
}

// restored is the installation after the restore of a backup into an empty database.
func restored(t testing.TB, p *domaintest.Place, r epoch.Restoration) (*domaintest.Place, epoch.Findings) {
	t.Helper()
	address := dbtest.EmptyURL(t)
	found, err := epoch.Restore(t.Context(), dbtest.Open(t, address, p.Clock.Now), r)
	domaintest.MustNot(t, err)
	return p.MovedTo(t, address), found
}

func restoration(path string) epoch.Restoration {
	return epoch.Restoration{Path: path, Keyring: domaintest.Ring()}
}

// linesOf are the lines of a backup but the first and the last, in the order of their bytes.
func linesOf(t testing.TB, path string) (lines []string) {
	t.Helper()
	file, err := os.Open(path)
	domaintest.MustNot(t, err)
	defer file.Close()
	packed, err := gzip.NewReader(file)
	domaintest.MustNot(t, err)
	for all := bufio.NewScanner(packed); all.Scan(); {
		lines = append(lines, all.Text())
	}
	lines = lines[1 : len(lines)-1]
	slices.Sort(lines)
	return lines
}

// loaded brings a backup into a new database and begins no epoch.
func loaded(t testing.TB, address, path string) *db.DB {
	t.Helper()
	d := dbtest.Open(t, address, dbtest.NewClock(start).Now)
	domaintest.MustNot(t, db.Migrate(t.Context(), d))
	domaintest.MustNot(t, d.Load(t.Context(), func(tx *db.Tx) error {
		_, err := backup.Load(t.Context(), tx, domaintest.Ring(), path)
		return err
	}))
	return d
}

// derivedRows are the rows that triggers keep, which a backup does not carry.
func derivedRows(t testing.TB, d *db.DB) (rows []string) {
	t.Helper()
	domaintest.MustNot(t, d.Read(t.Context(), func(tx *db.Tx) (err error) {
		rows, err = derived(t.Context(), tx)
		return err
	}))
	return rows
}

func derived(ctx context.Context, tx *db.Tx) ([]string, error) {
	counts, err := db.Values[string](ctx, tx, `SELECT role_id || ' ' || status || ' ' || CAST(second_factor AS text) || ' ' || CAST(users AS text)
		FROM user_counts WHERE users <> 0`)
	if err != nil {
		return nil, err
	}
	searched, err := db.Values[string](ctx, tx, `SELECT user_id || ' ' || role_id || ' ' || standing || ' ' || text FROM user_search`)
	rows := append(counts, searched...)
	slices.Sort(rows)
	return rows, err
}
