package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"idkit/internal/platform/db"
	"idkit/internal/platform/id"
	"idkit/internal/platform/secret"
)

// ErrNoInstallation says that the database has no tables to copy.
var ErrNoInstallation = errors.New("there is no installation in this database")

// Save writes a backup of the database, as it is at one moment, while others
// write to it. The file appears under its name once it is whole and on disk,
// readable by its owner alone; a file that is there already is left alone.
func Save(ctx context.Context, d *db.DB, keyring *secret.Keyring, path string) (c Contents, err error) {
	if _, err := os.Lstat(path); err == nil {
		return c, fmt.Errorf("%s is there already: choose another name", path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return c, err
	}
	folder := filepath.Dir(path)
	draft, err := os.CreateTemp(folder, "."+filepath.Base(path)+".unfinished-*") // mode 0600
	if err != nil {
		return c, err
	}
	defer os.Remove(draft.Name()) // nothing is there under this name once it has succeeded
	c, err = Write(ctx, d, keyring, draft)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return c, err
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return c, err
	}
	return c, syncFolder(folder)
}

// syncFolder makes a new name as durable as the file behind it.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Write writes a backup to a stream. Without its last line it is worth nothing.
func Write(ctx context.Context, d *db.DB, keyring *secret.Keyring, to io.Writer) (c Contents, err error) {
	packed := gzip.NewWriter(to)
	w := &lineWriter{to: bufio.NewWriterSize(packed, 1<<16), sum: sha256.New()}
	err = d.Snapshot(ctx, func(tx *db.Tx) error {
		c, err = w.writeAll(ctx, tx)
		return err
	})
	if err != nil {
		return c, err
	}
	s := seal{Rows: c.Total(), SHA256: hex.EncodeToString(w.sum.Sum(nil)), Key: keyring.CurrentKeyID()}
	mac, err := keyring.MAC(s.Key, macPurpose, []byte(s.SHA256))
	if err != nil {
		return c, err
	}
	s.MAC = hex.EncodeToString(mac)
	return c, errors.Join(w.line(s), w.to.Flush(), packed.Close())
}

// lineWriter writes lines and keeps the digest of what it wrote.
type lineWriter struct {
	to  *bufio.Writer
	sum hash.Hash
}

func (w *lineWriter) line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	w.sum.Write(text)
	_, err = w.to.Write(text)
	return err
}

func (w *lineWriter) writeAll(ctx context.Context, tx *db.Tx) (c Contents, err error) {
	version, err := db.Version(ctx, tx)
	if err != nil {
		return c, err
	}
	if version == 0 {
		return c, ErrNoInstallation
	}
	c = Contents{
		Header: Header{Format: format, ID: id.New("bak"), MadeAt: tx.Now, Schema: version, Engine: tx.Engine()},
		Rows:   map[string]int64{},
	}
	tables, err := db.Tables(ctx, tx)
	if err != nil {
		return c, err
	}
	if err := w.line(c.Header); err != nil {
		return c, err
	}
	for _, t := range tables {
		if c.Rows[t.Name], err = w.writeTable(ctx, tx, t); err != nil {
			return c, fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return c, nil
}

func (w *lineWriter) writeTable(ctx context.Context, tx *db.Tx, t db.Table) (rows int64, err error) {
	if err := w.line(section{t.Name, t.Columns}); err != nil {
		return 0, err
	}
	values, targets := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		targets[i] = &values[i]
	}
	err = db.Each(ctx, tx, func(row db.Row) (err error) {
		if err := row.Scan(targets...); err != nil {
			return err
		}
		for i, c := range t.Columns {
			if values[i], err = encode(values[i], c.Kind); err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
		}
		rows++
		return w.line(values)
	}, `SELECT `+names(t.Columns)+` FROM `+t.Name)
	return rows, err
}

func names(columns []db.Column) string {
	var all []string
	for _, c := range columns {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}
