package page

import (
	"net/url"
	"strings"
	"time"
)

// AuditDays is how far back the log is shown when nobody asks for more or less.
const AuditDays = 30

const auditPath = "/audit"

// AuditQuery is what the log shows, as its address says it:
//
//	/audit?who=&whom=&name=&what=log_ins&from=2026-10-24&to=2026-11-23&at=<cursor>
type AuditQuery struct {
	Who    string // who: an id or a part of a name
	Whom   string // whom: an id or a part of a name
	Name   string // name: a part of the name of either
	Group  string // what: one of Audit.Groups; empty for all
	From   string // from: the first day, as in 2026-10-24, UTC
	To     string // to: the last day; empty for today
	Cursor string // at: where the page begins, opaque; empty on the first page
	usual  string // the first day when nobody asks for another
}

// ParseAuditQuery reads an address. What is not understood is as if it were not there.
func ParseAuditQuery(values url.Values, now time.Time) AuditQuery {
	text := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	q := AuditQuery{
		Who: text("who"), Whom: text("whom"), Name: text("name"), Group: text("what"), To: dayIn(text("to")), Cursor: values.Get("at"),
		usual: now.UTC().AddDate(0, 0, -AuditDays).Format(time.DateOnly),
	}
	if q.From = dayIn(text("from")); q.From == "" {
		q.From = q.usual
	}
	return q
}

func dayIn(text string) string {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return ""
	}
	return text
}

// Begin is the first moment that is asked for.
func (q AuditQuery) Begin() time.Time {
	begin, _ := time.Parse(time.DateOnly, q.From)
	return begin
}

// LastDay is the last day that is asked for, or today.
func (q AuditQuery) LastDay(now time.Time) time.Time {
	if day, err := time.Parse(time.DateOnly, q.To); err == nil {
		return day
	}
	return now.UTC().Truncate(24 * time.Hour)
}

// Filtered reports whether anything but the days is asked for.
func (q AuditQuery) Filtered() bool {
	return q.Who != "" || q.Whom != "" || q.Name != "" || q.Group != ""
}

// Folded reports whether something is asked for that a phone shows only when asked: anything but the name.
func (q AuditQuery) Folded() bool {
	q.Name = ""
	return q.Narrowed()
}

// Narrowed reports whether the log is not as it is opened.
func (q AuditQuery) Narrowed() bool { return q.Filtered() || q.From != q.usual || q.To != "" }

// At is the same list where a page of it begins: with an empty cursor at its beginning.
func (q AuditQuery) At(cursor string) AuditQuery {
	q.Cursor = cursor
	return q
}

// Href is the address of the list. What is as usual is left out.
func (q AuditQuery) Href() string { return withValues(auditPath, q.values()) }

// ExportHref is the address of the window that offers the list as a file.
func (q AuditQuery) ExportHref() string { return withValues(auditPath+"/export", q.At("").values()) }

// CSVHref is the address of the list as a file for spreadsheets.
func (q AuditQuery) CSVHref() string { return withValues(auditPath+".csv", q.At("").values()) }

// LinesHref is the address of the list as JSON lines.
func (q AuditQuery) LinesHref() string { return withValues(auditPath+".jsonl", q.At("").values()) }

// WithoutWho is the list of whoever acted.
func (q AuditQuery) WithoutWho() string {
	q.Who = ""
	return q.At("").Href()
}

// WithoutWhom is the list of whomever it was done to.
func (q AuditQuery) WithoutWhom() string {
	q.Whom = ""
	return q.At("").Href()
}

func (q AuditQuery) values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"who": q.Who, "whom": q.Whom, "name": q.Name, "what": q.Group, "from": q.From, "to": q.To, "at": q.Cursor,
	} {
		if value != "" && (name != "from" || value != q.usual) {
			values.Set(name, value)
		}
	}
	return values
}

// AuditOf is the address of all that happened to somebody since a day.
func AuditOf(id string, since time.Time) string {
	return AuditQuery{Whom: id, From: since.UTC().Format(time.DateOnly)}.Href()
}
