package page

import (
	"net/url"
	"time"
)

// galleryAuditQuery is the log as somebody with these filters sees it.
func galleryAuditQuery(filters url.Values) AuditQuery { return ParseAuditQuery(filters, galleryNow) }

func galleryEvents() []AuditEvent {
	ago := func(d time.Duration) time.Time { return galleryNow.Add(-d) }
	const address, device = "192.0.2.14", "Firefox on Windows"
	return []AuditEvent{
		{Number: 1204, At: ago(time.Minute), Text: "Sam Ito suspended Priya Shah", Address: address, Device: device, Request: "req_06f9c3k2v7x1m8q4t5r0n2b6d8", Details: []AuditDetail{{Label: "Reason", Value: "Left the company"}, {Label: "Sessions ended", Value: "2"}}},
		{Number: 1203, At: ago(time.Hour), Text: "Sam Ito changed the role of Wei Zhang", Address: address, Device: device, Request: "req_06f9c3k2v7x1m8q4t5r0n2b6d7", Details: []AuditDetail{{Label: "Changed", Changed: true, Before: "Member", Value: "Customer Service"}}},
		{Number: 1202, At: ago(3 * time.Hour), Text: "Somebody tried to log in as Tomás Ó Súilleabháin-Featherstonehaugh with a wrong password", Address: "2001:db8:1234:5678:9abc:def0:1234:5678", Device: "Chrome on Android", Request: "req_06f9c3k2v7x1m8q4t5r0n2b6d6"},
		{Number: 1201, At: ago(26 * time.Hour), Text: "Northwind was suspended"},
	}
}

func auditSpecimens() []Specimen {
	log := Audit{
		Query: galleryAuditQuery(nil), Until: galleryNow, Groups: []Option{{Value: "log_ins", Label: "Log-ins"}, {Value: "passwords", Label: "Passwords"}, {Value: "roles", Label: "Roles"}},
		Events: galleryEvents(), Page: Page{First: 1, Last: 4, Total: 4}, MayExport: true,
	}
	states := []Specimen{specimen("audit", viewer("audit"), log)}
	add := func(name string, change func(*Audit)) {
		v := log
		change(&v)
		states = append(states, specimen("audit-"+name, viewer("audit"), v))
	}
	add("deep", func(v *Audit) {
		v.Page = galleryPage(galleryQuery, 3, 1000)
		v.Page.More = true
	})
	add("opened", func(v *Audit) {
		v.Events = galleryEvents()
		v.Events[0].Open, v.Events[1].Open = true, true
	})
	add("filtered", func(v *Audit) {
		v.Query = galleryAuditQuery(url.Values{"who": {galleryUser}, "whom": {"usr_06f9c3k2v7x1m8q4t5r0n2b6d9"}, "name": {"zhang"}, "what": {"roles"}, "from": {"2026-01-01"}, "to": {"2026-11-20"}})
		v.Who, v.Whom = "Sam Ito", "Tomás Ó Súilleabháin-Featherstonehaugh"
	})
	add("nothing", func(v *Audit) { v.Events, v.Page = nil, Page{} })
	add("no-match", func(v *Audit) {
		v.Query, v.Events, v.Page = galleryAuditQuery(url.Values{"whom": {"zhang"}, "to": {"2026-11-20"}}), nil, Page{}
		v.Until = v.Query.LastDay(galleryNow)
	})
	add("view-only", func(v *Audit) { v.MayExport = false })
	return append(states,
		specimen("audit-export", viewer("audit"), AuditExport{Query: log.Query, Events: 1204}),
		specimen("audit-export-one", viewer("audit"), AuditExport{Query: log.Query, Events: 1}),
		specimen("audit-export-none", viewer("audit"), AuditExport{Query: log.Query}))
}
