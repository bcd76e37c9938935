package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// sendFile sends a file that act writes piece by piece, however long it gets.
// Where act fails before the first piece is full, the refusal is the answer;
// behind it the connection breaks, so that nobody takes a part for the whole.
func (r *request) sendFile(contentType, name string, act func(ctx context.Context, file io.Writer) error) error {
	h := r.response.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if r.Method == http.MethodHead {
		return nil // nothing is sent, so nothing is to be recorded
	}
	late := &lateStream{response: r.response}
	file := bufio.NewWriterSize(late, 32<<10)
	// The file takes as long as it takes; a client that left is noticed by the next piece.
	err := act(context.WithoutCancel(r.Context()), file)
	if err != nil && !late.begun {
		h.Del("Content-Disposition")
		return err
	}
	if err == nil {
		err = file.Flush()
	}
	late.begin()
	if err == nil {
		err = r.response.stream.Close()
	}
	if err != nil {
		r.failure = err
		panic(http.ErrAbortHandler)
	}
	return nil
}

// lateStream begins to stream with the first piece.
type lateStream struct {
	response *response
	begun    bool
}

func (s *lateStream) begin() {
	if !s.begun {
		s.begun = true
		s.response.startStream()
	}
}

func (s *lateStream) Write(piece []byte) (int, error) {
	s.begin()
	return s.response.stream.Write(piece)
}

// sendCSV sends a CSV file (RFC 4180) in UTF-8 with the mark that spreadsheets
// look for. No cell of it is a formula.
func (r *request) sendCSV(name string, head []string, act func(ctx context.Context, write func(row []string) error) error) error {
	return r.sendFile("text/csv; charset=utf-8", name+".csv", func(ctx context.Context, file io.Writer) error {
		if _, err := io.WriteString(file, "\ufeff"); err != nil {
			return err
		}
		rows := csv.NewWriter(file)
		rows.UseCRLF = true
		write := func(row []string) error {
			for i, cell := range row {
				row[i] = plainCell(cell)
			}
			return rows.Write(row)
		}
		if err := write(head); err != nil {
			return err
		}
		if err := act(ctx, write); err != nil {
			return err
		}
		rows.Flush()
		return rows.Error()
	})
}

// fileName is a name with today's date.
func (r *request) fileName(of string) string {
	return of + "-" + r.front.Now().UTC().Format(time.DateOnly)
}

// signs are what a formula begins with, in characters of either width. The hyphen
// stands first: in a class it is itself there alone.
const signs = "-=+@＝＋－＠"

// innerFormula is a formula in what a spreadsheet that separates cells by
// semicolons or tabs, as in many countries, takes for a further cell.
var innerFormula = regexp.MustCompile(`([;\t\r\n])(\pZ*[` + signs + `])`)

// plainCell keeps a spreadsheet from taking a text for a formula: an apostrophe
// makes it text (OWASP, CSV Injection). Blanks before the sign do not hide it.
func plainCell(cell string) string {
	if strings.ContainsAny(cell, ";\t\r\n") {
		cell = innerFormula.ReplaceAllString(cell, "$1'$2")
	}
	if strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") || strings.HasPrefix(cell, "\n") {
		return "'" + cell
	}
	if first, _ := utf8.DecodeRuneInString(strings.TrimSpace(cell)); strings.ContainsRune(signs, first) {
		return "'" + cell
	}
	return cell
}
