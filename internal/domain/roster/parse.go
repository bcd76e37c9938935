package roster

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"idkit/internal/platform/fault"
)

// Limits of a file (security.md, Limits).
const (
	FileLimit = 5 << 20 // bytes
	RowLimit  = 10_000  // people
	// ColumnLimit is what a spreadsheet has at most. A line of nothing but
	// separators would take many times the memory of the file.
	ColumnLimit = 16_384
)

// Refusals of a file as a whole. Line counts from one, the line of names included.
var (
	ErrFileMissing    = fault.New(fault.Invalid, "roster.file_missing")
	ErrFileEmpty      = fault.New(fault.Invalid, "roster.file_empty")
	ErrNobody         = fault.New(fault.Invalid, "roster.nobody")
	ErrFileTooLarge   = fault.New(fault.Invalid, "roster.file_too_large").With("Maximum", FileLimit>>20)
	ErrTooManyRows    = fault.New(fault.Invalid, "roster.too_many_rows").With("Count", RowLimit)
	ErrTooManyColumns = fault.New(fault.Invalid, "roster.too_many_columns").With("Count", ColumnLimit) // Params: Line
	ErrNotText        = fault.New(fault.Invalid, "roster.not_text")                                    // Params: Line
	ErrQuotes         = fault.New(fault.Invalid, "roster.quotes")                                      // Params: Line
	ErrColumnsMissing = fault.New(fault.Invalid, "roster.columns_missing")                             // Params: Columns
	ErrColumnTwice    = fault.New(fault.Invalid, "roster.column_twice")                                // Params: Column
)

// record is one person of the file, as typed.
type record struct {
	line      int
	firstName string
	lastName  string
	email     string
	role      string
}

// parse reads a CSV file (RFC 4180; comma, semicolon or tab; lines end in LF or
// CRLF) and hands on one person at a time. Lines without anything in the
// four columns are left out. What looks like a formula is text like any other.
//
// Refusals: those above, and what the file's reader returns.
func parse(file io.Reader, each func(record)) error {
	lines := bufio.NewReader(newText(file))
	names, before, err := firstLine(lines)
	if err != nil {
		return err
	}
	l, err := recognise(names)
	if errors.Is(err, ErrQuotes) {
		err = ErrQuotes.With("Line", before+1)
	}
	if err != nil {
		return err
	}
	reader := csv.NewReader(lines)
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = l.separator, -1, true
	before++ // the line of names
	people := 0
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return below(before, refusalOf(err))
		}
		line, _ := reader.FieldPos(0)
		r := l.record(before+line, cells)
		if r.blank() {
			continue
		}
		if people++; people > RowLimit {
			return ErrTooManyRows
		}
		each(r)
	}
	if people == 0 {
		return ErrNobody
	}
	return nil
}

// firstLine returns the first line that has anything in it, and how many there
// are before it. Refusal: ErrFileEmpty.
func firstLine(lines *bufio.Reader) (names string, before int, err error) {
	for {
		names, err = lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", 0, err
		}
		if strings.TrimSpace(names) != "" {
			return names, before, nil
		}
		if err != nil {
			return "", 0, ErrFileEmpty
		}
		before++
	}
}

func (l layout) record(line int, cells []string) record {
	cell := func(c column) string {
		if at := l.at[c]; at < len(cells) {
			return strings.TrimSpace(cells[at])
		}
		return ""
	}
	return record{line, cell(firstName), cell(lastName), cell(email), cell(role)}
}

func (r record) blank() bool { return r.firstName+r.lastName+r.email+r.role == "" }

// refusalOf says in our words what the CSV reader found: quotation marks that do
// not match are all that it refuses.
func refusalOf(err error) error {
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return ErrQuotes.With("Line", broken.StartLine)
	}
	return err
}

// below counts the lines before the part of the file that the refusal is about.
func below(before int, err error) error {
	if f, ok := fault.Of(err); ok && errors.Is(err, ErrQuotes) {
		line, _ := f.Params["Line"].(int)
		return f.With("Line", before+line)
	}
	return err
}
