package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"net/http"
	"regexp"
	"strings"
	"time"

	"idkit/internal/domain/user"
	"idkit/internal/transport/web/page"
)

// exportUsers sends everybody whom the list's filters find as a CSV file
// (RFC 4180) in UTF-8 with the mark that spreadsheets look for. The rows are sent
// as they are read, however many there are.
func (r *request) exportUsers() error {
	h := r.response.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="users-`+r.portal.Now().UTC().Format(time.DateOnly)+`.csv"`)
	if r.Method == http.MethodHead {
		return nil // nothing is sent, so nothing is to be recorded
	}
	var file *csv.Writer
	buffer := bufio.NewWriterSize(r.response, 32<<10)
	begin := func() error {
		r.response.startStream()
		file = csv.NewWriter(buffer)
		file.UseCRLF = true
		if _, err := buffer.WriteString("\ufeff"); err != nil {
			return err
		}
		return file.Write(r.exportHead())
	}
	// The file takes as long as it takes; a client that left is noticed by the next piece.
	ctx := context.WithoutCancel(r.Context())
	err := r.portal.Directory.Export(ctx, r.current.Actor, directoryQuery(page.ParseUserQuery(r.URL.Query())), func(u user.User) error {
		if file == nil {
			if err := begin(); err != nil {
				return err
			}
		}
		return file.Write(r.exportRow(u))
	})
	if err == nil && file == nil {
		err = begin()
	}
	if file == nil {
		h.Del("Content-Disposition")
		return err
	}
	file.Flush()
	for _, finish := range []func() error{file.Error, buffer.Flush, r.response.stream.Close} {
		if err == nil {
			err = finish()
		}
	}
	if err != nil {
		r.failure = err
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (r *request) exportHead() (names []string) {
	for _, column := range []string{"first_name", "last_name", "email", "role", "status", "second_factor", "since", "last_active", "id"} {
		names = append(names, r.say("web.export."+column))
	}
	return names
}

func (r *request) exportRow(u user.User) []string {
	secondFactor, lastActive := "web.export.off", ""
	if u.SecondFactorOn {
		secondFactor = "web.export.on"
	}
	if u.LastActiveAt != nil {
		lastActive = u.LastActiveAt.Format(time.RFC3339)
	}
	row := []string{
		u.FirstName, u.LastName, u.Email, u.RoleName, r.say("page.users.filter." + string(u.Status)), r.say(secondFactor),
		u.CreatedAt.Format(time.RFC3339), lastActive, u.ID,
	}
	for i, cell := range row {
		row[i] = plainCell(cell)
	}
	return row
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
	for _, first := range strings.TrimSpace(cell) {
		if strings.ContainsRune(signs, first) {
			return "'" + cell
		}
		break
	}
	return cell
}
