package web

import (
	"encoding/csv"
	"mime"
	"strings"
)

// startCSV begins an answer that browsers save as a file of that name. The mark
// at its beginning makes spreadsheets read it as UTF-8.
func (r *request) startCSV(name string) *csv.Writer {
	h := r.response.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = r.response.Write([]byte("\uFEFF")) // a buffer takes everything
	w := csv.NewWriter(r.response)
	w.UseCRLF = true
	return w
}

// harmless keeps a spreadsheet from taking somebody's words for a formula (ASVS 1.2.10).
func harmless(cell string) string {
	if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
		return "'" + cell
	}
	return cell
}
