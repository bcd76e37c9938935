package roster

import (
	"bufio"
	"io"
	"unicode/utf8"
)

// byteOrderMark is what spreadsheets put before UTF-8.
const byteOrderMark = '\uFEFF'

// text reads a file as UTF-8 of at most FileLimit bytes and, whatever separates
// them, ColumnLimit columns, without the mark at its beginning. NUL is no text:
// PostgreSQL stores none. Refusals: ErrFileTooLarge, ErrTooManyColumns, ErrNotText.
type text struct {
	from       *bufio.Reader
	rest       []byte // of a character that the last reader had no room for
	bytes      int    // read so far
	line       int    // of the character that comes next
	quoted     bool   // it stands between quotation marks
	separators int    // of its record so far
}

func newText(file io.Reader) *text { return &text{from: bufio.NewReader(file), line: 1} }

func (t *text) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(t.rest) == 0 {
			if err := t.next(); err != nil {
				return n, err
			}
		}
		copied := copy(p[n:], t.rest)
		n, t.rest = n+copied, t.rest[copied:]
	}
	return n, nil
}

// next takes one character in, or none of the mark.
func (t *text) next() error {
	r, size, err := t.from.ReadRune()
	if err != nil {
		return err
	}
	first := t.bytes == 0
	if t.bytes += size; t.bytes > FileLimit {
		return ErrFileTooLarge
	}
	switch {
	case r == utf8.RuneError && size == 1, r == 0:
		return ErrNotText.With("Line", t.line)
	case r == byteOrderMark && first:
		return nil
	case r == '"':
		t.quoted = !t.quoted
	case r == '\n':
		if t.line++; !t.quoted {
			t.separators = 0
		}
	case !t.quoted && (r == ',' || r == ';' || r == '\t'):
		if t.separators++; t.separators >= ColumnLimit {
			return ErrTooManyColumns.With("Line", t.line)
		}
	}
	t.rest = utf8.AppendRune(t.rest[:0], r)
	return nil
}
