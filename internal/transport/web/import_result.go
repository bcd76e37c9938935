package web

import (
	"encoding/csv"
	"mime"
	"strconv"
	"strings"

	"idkit/internal/domain/roster"
)

// importResult sends what became of each row, with the columns of the file it
// came from: the rows that were not invited can be put right and checked again.
func (r *request) importResult() error {
	table := r.startCSV("import-result.csv")
	columns := append(roster.Columns(), r.say("web.import.result.line"), r.say("web.import.result.result"), r.say("web.import.result.remark"))
	_ = table.Write(columns)
	err := r.front.Roster.Result(r.Context(), r.current.Actor, r.PathValue("id"), func(row roster.Row) error {
		return table.Write([]string{
			plainCell(row.FirstName), plainCell(row.LastName), plainCell(row.Email), plainCell(row.Role),
			strconv.Itoa(row.Line), r.say("web.import.outcome." + outcomeOf(row)), plainCell(r.remark(row)),
		})
	})
	if err != nil {
		return err
	}
	table.Flush()
	return table.Error()
}

// outcomeOf is what became of a row, or why nothing did.
func outcomeOf(row roster.Row) string {
	if row.Outcome == roster.None {
		return string(row.Verdict)
	}
	return string(row.Outcome)
}

// remark says why a row was not invited.
func (r *request) remark(row roster.Row) string {
	if row.Verdict == roster.Twice {
		return r.say("web.import.twice", "Line", row.FirstLine)
	}
	return strings.Join(r.sayFields(row.Faults), " ")
}

// startCSV begins an answer that browsers save as a file of that name. The mark
// at its beginning makes spreadsheets read it as UTF-8.
func (r *request) startCSV(name string) *csv.Writer {
	h := r.response.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = r.response.Write([]byte("\uFEFF")) // a buffer takes everything
	w := csv.NewWriter(r.response)
	w.UseCRLF = true
	return w
}
