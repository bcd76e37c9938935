package web

import (
	"net/http"
	"strconv"

	"idkit/internal/domain/roster"
	"idkit/internal/platform/fault"
	"idkit/internal/transport/web/page"
)

// importRows is the page of one import: what would become of its rows, how far
// it has come, or what became of it.
func (r *request) importRows() error {
	i, err := r.front.Roster.Get(r.Context(), r.current.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	switch i.State {
	case roster.Sending, roster.Paused:
		return r.show(http.StatusOK, importProgress(i))
	}
	if r.fragment() { // the progress asked for itself, and is over
		return r.redirect(page.ImportHref(i.ID))
	}
	if i.State == roster.Checked {
		return r.showImportCheck(i)
	}
	return r.showImportResult(i)
}

func (r *request) showImportCheck(i roster.Import) error {
	q := r.URL.Query()
	view := page.ImportCheck{
		ID: i.ID, File: i.File, At: i.CreatedAt, EndsAt: i.CheckEndsAt(), MailMissing: !r.front.Outbox.Ready(),
		Counts: page.ImportCounts{Invite: i.ToInvite, Here: i.Here, Twice: i.Twice, Wrong: i.Wrong},
	}
	total := view.Counts.All()
	if count, known := map[page.ImportVerdict]int{
		page.ImportInvite: i.ToInvite, page.ImportHere: i.Here, page.ImportTwice: i.Twice, page.ImportWrong: i.Wrong,
	}[page.ImportVerdict(q.Get("show"))]; known {
		view.Show, total = page.ImportVerdict(q.Get("show")), count
	}
	view.Part = partOf(q.Get("page"), total)
	rows, err := r.front.Roster.Rows(r.Context(), r.current.Actor, i.ID, roster.Verdict(view.Show), view.Part.Number)
	if err != nil {
		return err
	}
	for _, row := range rows {
		shown := page.ImportRow{
			Line: row.Line, Name: row.Name(), Email: row.Email, Role: row.Role, Verdict: page.ImportVerdict(row.Verdict),
			First: row.FirstLine, Wrong: r.sayFields(row.Faults),
		}
		if row.Verdict == roster.Here {
			shown.User = row.UserID
		}
		view.Rows = append(view.Rows, shown)
	}
	return r.show(http.StatusOK, view)
}

// partOf is the page of that number, or the nearest one there is.
func partOf(number string, total int) page.ImportPart {
	p := page.ImportPart{Of: max(1, (total+roster.PageSize-1)/roster.PageSize), Total: total}
	wanted, _ := strconv.Atoi(number) // anything else is the first page
	p.Number = min(max(wanted, 1), p.Of)
	p.First, p.Last = min(total, (p.Number-1)*roster.PageSize+1), min(total, p.Number*roster.PageSize)
	return p
}

func importProgress(i roster.Import) page.ImportProgress {
	view := page.ImportProgress{
		ID: i.ID, File: i.File, Sent: i.Invited, Failed: i.Failed, Of: i.ToInvite, Paused: i.State == roster.Paused, By: i.PausedBy,
	}
	if i.RestsUntil != nil {
		view.GoesOn = *i.RestsUntil
	}
	return view
}

// importFailuresShown is how many rows that could not be invited the page tells; the
// file has all of them.
const importFailuresShown = 50

func (r *request) showImportResult(i roster.Import) error {
	failures, err := r.front.Roster.Failures(r.Context(), r.current.Actor, i.ID, importFailuresShown)
	if err != nil {
		return err
	}
	view := page.ImportResult{
		ID: i.ID, File: i.File, By: i.ImporterName, At: *i.EndedAt, State: page.ImportState(i.State),
		Because: page.ImportCause(i.Cause), Erased: i.ErasedAt != nil,
		Sent: i.Invited, Unsent: i.ToInvite - i.Invited - i.Failed, Here: i.Here, Twice: i.Twice, Wrong: i.Wrong, Failed: i.Failed,
	}
	for _, row := range failures {
		failure := page.ImportFailure{Line: row.Line, Name: row.Name(), Email: row.Email}
		for _, why := range r.sayFields(row.Faults) {
			failure.Why = why
		}
		view.Failures = append(view.Failures, failure)
	}
	return r.show(http.StatusOK, view)
}

// sayFields speaks the refusals of a row.
func (r *request) sayFields(fields []fault.Field) (sentences []string) {
	for _, field := range fields {
		sentences = append(sentences, r.sayFault(field.Code, field.Params))
	}
	return sentences
}
