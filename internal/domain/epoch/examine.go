package epoch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/platform/backup"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

// Findings are what a backup was found to hold once it was in a database.
type Findings struct {
	backup.Contents
	Trails     []Trail
	Keys       []credential.KeyUse
	Unreadable int // sealed values that do not open with their key
}

// Trail is the verdict on the trail of one organization.
type Trail struct {
	Head   audit.Head
	Broken error // an audit.Broken where it does not hold
}

// Sound reports whether every trail holds and the keyring opens everything.
func (f Findings) Sound() bool {
	for _, t := range f.Trails {
		if t.Broken != nil {
			return false
		}
	}
	for _, k := range f.Keys {
		if !k.Known {
			return false
		}
	}
	return f.Unreadable == 0
}

// Verify restores a backup into a database of its own in the folder for temporary
// files, looks at it, and removes it. Faults: those of backup.Load.
func Verify(ctx context.Context, r Restoration) (f Findings, err error) {
	checked, err := backup.Check(r.Path, r.Keyring)
	if err != nil {
		return Findings{Contents: checked}, err
	}
	folder, err := os.MkdirTemp("", "idkit-verify-") // for its owner alone
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	d, err := db.Open(ctx, db.Options{URL: "sqlite:" + filepath.Join(folder, "restored.db"), Now: time.Now})
	if err != nil {
		return f, err
	}
	defer d.Close()
	contents, err := load(ctx, d, r, checked.Header)
	if err == nil {
		err = db.Migrate(ctx, d)
	}
	if err != nil {
		return f, err
	}
	return examine(ctx, d, r.Keyring, contents)
}

// examine walks every trail and tries the keyring on everything that needs it.
func examine(ctx context.Context, d *db.DB, keyring *secret.Keyring, contents backup.Contents) (f Findings, err error) {
	f.Contents = contents
	err = d.Snapshot(ctx, func(tx *db.Tx) error {
		trails, err := audit.Trails(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range trails {
			end, err := audit.Verify(ctx, tx, id)
			var verdict audit.Broken
			if err != nil && !errors.As(err, &verdict) {
				return err
			}
			end.OrganizationID = id
			f.Trails = append(f.Trails, Trail{Head: end, Broken: err})
		}
		f.Keys, f.Unreadable, err = credential.KeyUses(ctx, tx, keyring)
		return err
	})
	return f, err
}
