package backup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"idkit/internal/platform/secret"
)

// lineLimit bounds, in bytes, what one row may take in memory.
const lineLimit = 16 << 20

// tableLine is how the line before the rows of a table begins.
var tableLine = []byte(`{"table":`)

// Check reads a backup from its first line to its seal, and tells what it holds.
// Faults: ErrNotABackup, ErrCutOff, ErrDamaged, ErrOtherKey.
func Check(path string, keyring *secret.Keyring) (c Contents, err error) {
	r, err := open(path)
	if err != nil {
		return c, err
	}
	defer r.Close()
	if c.Header, err = r.header(); err != nil {
		return c, err
	}
	c.Rows, err = r.walk(keyring, func(section) error { return nil }, func([]byte) error { return nil })
	return c, err
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

// walk reads everything behind the header: it begins each table, adds each of its
// rows, and returns how many there were once the seal holds.
func (r *reader) walk(keyring *secret.Keyring, begin func(section) error, add func(row []byte) error) (rows map[string]int64, err error) {
	rows = map[string]int64{}
	for table := ""; err == nil; {
		line, before, failed := r.line()
		switch {
		case failed != nil:
			err = failed
		case bytes.HasPrefix(line, tableLine):
			var s section
			if json.Unmarshal(line, &s) != nil {
				return rows, ErrDamaged
			}
			if _, twice := rows[s.Table]; twice {
				return rows, fmt.Errorf("%w: the table %s stands there twice", ErrDamaged, s.Table)
			}
			table, rows[s.Table] = s.Table, 0
			err = begin(s)
		case line[0] == '[':
			rows[table]++
			err = add(line)
		default:
			return rows, r.check(line, before, Contents{Rows: rows}.Total(), keyring)
		}
	}
	return rows, err
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
