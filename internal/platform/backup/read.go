package backup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"

	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

const (
	// lineLimit bounds, in bytes, what one row may take in memory.
	lineLimit = 16 << 20
	// rowsAtOnce is how many rows one statement brings in.
	rowsAtOnce = 50
)

// tableLine is how the line before the rows of a table begins.
var tableLine = []byte(`{"table":`)

// Load reads a backup into tables that are empty, or of which nothing is to be
// kept, and returns once the whole file was read and its seal holds. On any
// error the transaction has to be rolled back.
// Faults: ErrNotABackup, ErrCutOff, ErrDamaged, ErrOtherKey.
func Load(ctx context.Context, tx *db.Tx, keyring *secret.Keyring, path string) (c Contents, err error) {
	r, err := open(path)
	if err != nil {
		return c, err
	}
	defer r.Close()
	if c.Header, err = r.header(); err != nil {
		return c, err
	}
	tables, err := db.Tables(ctx, tx)
	if err != nil {
		return c, err
	}
	l := loader{tx: tx, tables: tables, rows: map[string]int64{}}
	c.Rows = l.rows
	return c, db.Fill(ctx, tx, func() error { return l.load(ctx, r, keyring) })
}

// Check reads a backup from its first line to its seal, and tells what it holds.
// Faults: as Load.
func Check(path string, keyring *secret.Keyring) (c Contents, err error) {
	r, err := open(path)
	if err != nil {
		return c, err
	}
	defer r.Close()
	if c.Header, err = r.header(); err != nil {
		return c, err
	}
	c.Rows = map[string]int64{}
	for table := ""; ; {
		line, before, err := r.line()
		if err != nil {
			return c, err
		}
		switch {
		case line[0] == '[':
			c.Rows[table]++
		case bytes.HasPrefix(line, tableLine):
			var s section
			if err := json.Unmarshal(line, &s); err != nil {
				return c, ErrDamaged
			}
			table, c.Rows[s.Table] = s.Table, 0
		default:
			return c, r.check(line, before, c.Total(), keyring)
		}
	}
}

// reader reads lines and keeps the digest of what it read.
type reader struct {
	file   *os.File
	packed *gzip.Reader
	lines  *bufio.Scanner
	sum    hash.Hash
}

func open(path string) (*reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	packed, err := gzip.NewReader(bufio.NewReaderSize(file, 1<<16))
	if err != nil {
		return nil, errors.Join(ErrNotABackup, file.Close())
	}
	lines := bufio.NewScanner(packed)
	lines.Buffer(make([]byte, 1<<16), lineLimit)
	return &reader{file, packed, lines, sha256.New()}, nil
}

func (r *reader) Close() { _ = r.file.Close() } // it was only read

// line returns the next line and the digest of all before it.
func (r *reader) line() (line, before []byte, err error) {
	before = r.sum.Sum(nil)
	if !r.lines.Scan() {
		return nil, nil, cutOr(r.lines.Err())
	}
	if line = r.lines.Bytes(); len(line) == 0 {
		return nil, nil, ErrDamaged
	}
	r.sum.Write(line)
	r.sum.Write([]byte{'\n'})
	return line, before, nil
}

// cutOr tells a file whose end is missing from one that is damaged.
func cutOr(err error) error {
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutOff
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}

func (r *reader) header() (h Header, err error) {
	line, _, err := r.line()
	if err != nil || json.Unmarshal(line, &h) != nil || !strings.HasPrefix(h.Format, "idkit backup ") {
		return h, ErrNotABackup
	}
	if h.Format != format {
		return h, fmt.Errorf("the backup has the form %q, which a newer version of IDKit reads", h.Format)
	}
	return h, nil
}

// check holds the file to its last line, behind which there must be nothing.
func (r *reader) check(line, digest []byte, rows int64, keyring *secret.Keyring) error {
	var s seal
	if err := json.Unmarshal(line, &s); err != nil || s.SHA256 == "" {
		return ErrDamaged
	}
	if s.SHA256 != hex.EncodeToString(digest) || s.Rows != rows {
		return ErrDamaged
	}
	if r.lines.Scan() || r.lines.Err() != nil {
		return ErrDamaged
	}
	want, err := keyring.MAC(s.Key, macPurpose, []byte(s.SHA256))
	if err != nil {
		return ErrOtherKey
	}
	if mac, err := hex.DecodeString(s.MAC); err != nil || !hmac.Equal(mac, want) {
		return fmt.Errorf("%w: it was not written by whoever holds the key", ErrDamaged)
	}
	return nil
}

// loader brings rows into the tables, many with one statement.
type loader struct {
	tx      *db.Tx
	tables  []db.Table
	current db.Table
	pending []any
	waiting int // rows in pending
	rows    map[string]int64
}

// load reads everything behind the header.
func (l *loader) load(ctx context.Context, r *reader, keyring *secret.Keyring) error {
	for _, t := range slices.Backward(l.tables) {
		if _, err := l.tx.Exec(ctx, `DELETE FROM `+t.Name); err != nil {
			return err
		}
	}
	for {
		line, before, err := r.line()
		if err != nil {
			return err
		}
		switch {
		case line[0] == '[':
			err = l.add(ctx, line)
		case bytes.HasPrefix(line, tableLine):
			err = l.begin(ctx, line)
		default:
			if err := r.check(line, before, (Contents{Rows: l.rows}).Total(), keyring); err != nil {
				return err
			}
			return errors.Join(l.flush(ctx), l.complete())
		}
		if err != nil {
			return err
		}
	}
}

// begin turns to another table, which must have the very columns that this database has.
func (l *loader) begin(ctx context.Context, line []byte) error {
	if err := l.flush(ctx); err != nil {
		return err
	}
	var s section
	if err := json.Unmarshal(line, &s); err != nil {
		return ErrDamaged
	}
	at := slices.IndexFunc(l.tables, func(t db.Table) bool { return t.Name == s.Table })
	if _, twice := l.rows[s.Table]; twice || at < 0 || !slices.Equal(s.Columns, l.tables[at].Columns) {
		return fmt.Errorf("%w: the table %s is not as its version of the schema has it", ErrDamaged, s.Table)
	}
	l.current, l.rows[s.Table] = db.Table{Name: s.Table, Columns: s.Columns}, 0
	return nil
}

func (l *loader) add(ctx context.Context, line []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil || len(raw) != len(l.current.Columns) || len(raw) == 0 {
		return ErrDamaged
	}
	for i, c := range l.current.Columns {
		value, err := decode(raw[i], c.Kind)
		if err != nil {
			return fmt.Errorf("%w: %s.%s: %w", ErrDamaged, l.current.Name, c.Name, err)
		}
		l.pending = append(l.pending, value)
	}
	l.rows[l.current.Name]++
	if l.waiting++; l.waiting < rowsAtOnce {
		return nil
	}
	return l.flush(ctx)
}

func (l *loader) flush(ctx context.Context) error {
	if l.waiting == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err // the writes themselves are not interrupted
	}
	places := make([]string, l.waiting)
	for row := range places {
		one := make([]string, len(l.current.Columns))
		for i := range one {
			one[i] = fmt.Sprintf("$%d", row*len(one)+i+1)
		}
		places[row] = "(" + strings.Join(one, ", ") + ")"
	}
	_, err := l.tx.Exec(ctx, `INSERT INTO `+l.current.Name+` (`+names(l.current.Columns)+`) VALUES `+strings.Join(places, ", "), l.pending...)
	l.pending, l.waiting = l.pending[:0], 0
	if err != nil {
		return fmt.Errorf("%s: %w", l.current.Name, err)
	}
	return nil
}

// complete refuses a file that lacks a table.
func (l *loader) complete() error {
	for _, t := range l.tables {
		if _, there := l.rows[t.Name]; !there {
			return fmt.Errorf("%w: the table %s is missing", ErrDamaged, t.Name)
		}
	}
	return nil
}
