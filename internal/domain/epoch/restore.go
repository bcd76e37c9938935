package epoch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/address"
	"idkit/internal/domain/administration"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/invitation"
	"idkit/internal/domain/recovery"
	"idkit/internal/domain/roster"
	"idkit/internal/domain/session"
	"idkit/internal/platform/backup"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

const actionRestored audit.Action = "installation.restored"

// firstSchema is the oldest version of the schema that can be restored: the one
// that the first backups were made of.
const firstSchema = 12

// Refusals of a restore.
var (
	ErrNotEmpty = errors.New("the database is not empty: restore into one without organizations")
	// ErrNotExamined says that all is restored, and that looking at it failed.
	ErrNotExamined = errors.New("the restore is complete, but what it brought could not be looked at")
	ErrUnfinished  = errors.New("a restore into this database was interrupted: begin it anew with an empty database")
)

// Restoration says what to restore, and how.
type Restoration struct {
	Path    string // of the backup
	Keyring *secret.Keyring
	// KeepRecoveryCodes trusts that none was used since the backup, as when an
	// installation moves to another database while nobody works with it.
	KeepRecoveryCodes bool
}

// Restore fills an empty database from a backup and begins a new epoch in it. No
// program may work with the database meanwhile. Before anything is written, the
// file is read to its end.
//
// Faults: those of backup.Load, ErrNotEmpty, ErrUnfinished, ErrNotExamined.
func Restore(ctx context.Context, d *db.DB, r Restoration) (Findings, error) {
	checked, err := backup.Check(r.Path, r.Keyring)
	if err != nil {
		return Findings{}, err
	}
	contents, err := load(ctx, d, r, checked.Header)
	if err != nil {
		return Findings{}, err
	}
	if err := db.Migrate(ctx, d); err != nil {
		return Findings{}, fmt.Errorf("%w (migrate what was loaded: %w)", ErrUnfinished, err)
	}
	if err := d.Load(ctx, func(tx *db.Tx) error { return begin(ctx, tx, r, contents.Header) }); err != nil {
		return Findings{}, fmt.Errorf("%w (begin the new epoch: %w)", ErrUnfinished, err)
	}
	found, err := examine(ctx, d, r.Keyring, contents)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrNotExamined, err)
	}
	return found, err
}

// load brings the rows in, all or none. The database counts as unfinished until
// the epoch has begun.
func load(ctx context.Context, d *db.DB, r Restoration, h backup.Header) (contents backup.Contents, err error) {
	if h.Schema < firstSchema || h.Schema > db.NewestVersion() {
		return contents, fmt.Errorf("the backup has schema %d, and this program restores %d to %d: take the version of IDKit that made it, or a newer one",
			h.Schema, firstSchema, db.NewestVersion())
	}
	if err := d.Read(ctx, func(tx *db.Tx) error { return requireEmpty(ctx, tx, h.Schema) }); err != nil {
		return contents, err
	}
	if err := db.MigrateTo(ctx, d, h.Schema); err != nil {
		return contents, fmt.Errorf("make the tables: %w", err)
	}
	err = d.Load(ctx, func(tx *db.Tx) error {
		if err := requireEmpty(ctx, tx, h.Schema); err != nil {
			return err
		}
		if contents, err = backup.Load(ctx, tx, r.Keyring, r.Path); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO restores (backup_id, backed_up_at, restored_at) VALUES ($1, $2, $3)`, h.ID, h.MadeAt, tx.Now)
		return err
	})
	return contents, err
}

// requireEmpty accepts a database without tables, or one in which nobody has set
// up anything yet.
func requireEmpty(ctx context.Context, tx *db.Tx, schema int64) error {
	version, err := db.Version(ctx, tx)
	if err != nil || version == 0 {
		return err
	}
	if version > schema {
		return fmt.Errorf("the backup has schema %d and the database has schema %d already: restore into a database without tables", schema, version)
	}
	var used bool
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM organizations) OR EXISTS (SELECT 1 FROM accounts)`).Scan(&used)
	if err == nil && used {
		err = ErrNotEmpty
	}
	return err
}

// begin ends in every room what the backup may not bring back, and records it in
// the trail of every organization.
func begin(ctx context.Context, tx *db.Tx, r Restoration, h backup.Header) error {
	us := access.Installation(access.Origin{})
	for _, end := range []func() error{
		func() error { return session.BeginEpoch(ctx, tx) },
		func() error { return credential.BeginEpoch(ctx, tx, r.KeepRecoveryCodes) },
		func() error { return account.BeginEpoch(ctx, tx, r.KeepRecoveryCodes) },
		func() error { return address.BeginEpoch(ctx, tx) },
		func() error { return administration.BeginEpoch(ctx, tx) },
		func() error { return invitation.BeginEpoch(ctx, tx) },
		func() error { return roster.BeginEpoch(ctx, tx, us.Name) },
		func() error { return recovery.BeginEpoch(ctx, tx) },
		func() error { return mail.BeginEpoch(ctx, tx) },
		func() error { return recordEverywhere(ctx, tx, us, h) },
	} {
		if err := end(); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE restores SET epoch_began_at = $1 WHERE epoch_began_at IS NULL`, tx.Now)
	return err
}

func recordEverywhere(ctx context.Context, tx *db.Tx, us access.Actor, h backup.Header) error {
	details := map[string]string{"backup": h.ID, "backed_up_at": h.MadeAt.UTC().Format(time.RFC3339)}
	err := audit.Record(ctx, tx, us, audit.Event{Action: actionRestored, Details: details})
	if err != nil {
		return err
	}
	all, err := db.Collect(ctx, tx, func(row db.Row) (o audit.Target, err error) {
		o.Kind = "organization"
		err = row.Scan(&o.ID, &o.Name)
		return o, err
	}, `SELECT id, name FROM organizations ORDER BY id`)
	if err != nil {
		return err
	}
	for _, o := range all {
		if err := audit.Record(ctx, tx, us, audit.Event{OrganizationID: o.ID, Action: actionRestored, Target: o, Details: details}); err != nil {
			return err
		}
	}
	return nil
}

// Check refuses a database into which a restore was interrupted. Fault: ErrUnfinished.
func Check(ctx context.Context, tx *db.Tx) error {
	if version, err := db.Version(ctx, tx); err != nil || version < firstSchema {
		return err
	}
	var unfinished bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM restores WHERE epoch_began_at IS NULL)`).Scan(&unfinished)
	if err == nil && unfinished {
		err = ErrUnfinished
	}
	return err
}
