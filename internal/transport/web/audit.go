package web

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/transport/web/page"
)

// audit shows what happened. All of its state stands in the address.
func (r *request) audit() error {
	q := page.ParseAuditQuery(r.URL.Query(), r.front.Now())
	list, err := r.front.Audit.List(r.Context(), r.current.Actor, r.auditQuery(q))
	if err != nil {
		return err
	}
	view := page.Audit{
		Query: q, Who: list.Who, Whom: list.Whom, Until: q.LastDay(r.front.Now()), Page: auditPage(q, list),
		MayExport: r.current.Actor.Permissions.Has(access.AuditExport),
	}
	for _, g := range auditGroups {
		view.Groups = append(view.Groups, page.Option{Value: g.name, Label: r.say("web.audit.group." + g.name)})
	}
	for _, e := range list.Entries {
		view.Events = append(view.Events, r.auditEvent(e))
	}
	return r.show(http.StatusOK, view)
}

// exportAudit is the window that says how long the file will be.
func (r *request) exportAudit() error {
	q := page.ParseAuditQuery(r.URL.Query(), r.front.Now())
	n, err := r.front.Audit.Count(r.Context(), r.current.Actor, r.auditQuery(q))
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, page.AuditExport{Query: q, Events: n})
}

func (r *request) auditQuery(q page.AuditQuery) audit.Query {
	wanted := audit.Query{Who: q.Who, Whom: q.Whom, Name: q.Name, From: q.Begin(), Cursor: q.Cursor, Actions: actionsOf(q.Group)}
	if q.To != "" {
		wanted.To = q.LastDay(r.front.Now()).AddDate(0, 0, 1)
	}
	return wanted
}

// auditPage says which part of the log is shown and where its neighbours are.
func auditPage(q page.AuditQuery, list audit.List) page.Page {
	shown := page.Page{Total: list.Total, More: list.More, First: list.First, Last: list.First + len(list.Entries) - 1}
	number := (list.First-2+audit.PageSize)/audit.PageSize + 1
	link := func(n int, cursor string) page.PageLink {
		return page.PageLink{Number: n, Href: q.At(cursor).Href(), Current: n == number}
	}
	if number > 1 {
		shown.Links = append(shown.Links, link(1, ""))
		shown.Previous = q.At(list.Newer).Href()
	}
	if number > 2 {
		shown.Links = append(shown.Links, link(number-1, list.Newer))
	}
	shown.Links = append(shown.Links, link(number, q.Cursor))
	if list.Older != "" {
		shown.Links = append(shown.Links, link(number+1, list.Older))
		shown.Next = q.At(list.Older).Href()
	}
	return shown
}

// sentence speaks one line of the trail.
func (r *request) sentence(e audit.Entry) string {
	values := map[string]any{"Actor": e.ActorName, "Target": e.Target.Name}
	if e.ActorName == "" {
		values["Actor"] = r.say("audit.somebody")
	}
	sentence, err := r.speaker().SayWith("audit."+string(e.Action), values)
	if err != nil {
		r.front.Log.Error("sentence missing", "key", "audit."+string(e.Action), "error", err)
		return string(e.Action)
	}
	return sentence
}

func (r *request) auditEvent(e audit.Entry) page.AuditEvent {
	return page.AuditEvent{
		Number: e.Sequence, At: e.At, Text: r.sentence(e), Address: e.Origin.Address, Device: r.deviceWords(e.Origin),
		Details: r.auditDetails(e), Request: e.Origin.RequestID,
	}
}

// auditDetails says what the line keeps beyond its sentence. What a value was and
// became, "from" and "to" or "name_from" and "name_to", is one of them.
func (r *request) auditDetails(e audit.Entry) (spoken []page.AuditDetail) {
	details := r.details(e)
	for _, name := range slices.Sorted(maps.Keys(details)) {
		d := page.AuditDetail{Label: r.word("web.audit.detail.", name), Value: r.word("web.audit.value.", details[name])}
		if what, found := strings.CutSuffix(name, "from"); found {
			if _, changed := details[what+"to"]; changed {
				continue // told with what it became
			}
		}
		if what, found := strings.CutSuffix(name, "to"); found {
			if d.Before, d.Changed = details[what+"from"]; d.Changed {
				d.Before = r.word("web.audit.value.", d.Before)
				d.Label = r.word("web.audit.detail.", strings.TrimSuffix(what+"changed", "_changed"))
			}
		}
		spoken = append(spoken, d)
	}
	return spoken
}

// details is what the line keeps beyond its sentence.
func (r *request) details(e audit.Entry) map[string]string {
	details := map[string]string{}
	if err := json.Unmarshal([]byte(e.Details), &details); err != nil {
		r.front.Log.Error("details of a line cannot be read", "sequence", e.Sequence, "error", err)
	}
	return details
}

// word speaks one of the few words that stand under a key; any other stays as it is.
func (r *request) word(under, word string) string {
	if spoken, err := r.speaker().Say(under + word); err == nil {
		return spoken
	}
	return word
}

// deviceWords is the device that an act came from; empty where none did.
func (r *request) deviceWords(o access.Origin) string {
	if o.UserAgent == "" {
		return ""
	}
	device, err := session.Device(r.speaker(), o.UserAgent)
	if err != nil {
		r.front.Log.Error("sentence missing", "error", err)
	}
	return device
}

// auditCSV sends what the filters find as a CSV file.
func (r *request) auditCSV() error {
	q := r.auditQuery(page.ParseAuditQuery(r.URL.Query(), r.front.Now()))
	var head []string
	for _, column := range []string{"line", "at", "what", "action", "actor", "actor_id", "target", "target_id", "address", "device", "details", "request"} {
		head = append(head, r.say("web.audit.column."+column))
	}
	return r.sendCSV(r.fileName("audit"), head, func(ctx context.Context, write func([]string) error) error {
		return r.front.Audit.Export(ctx, r.current.Actor, q, "CSV", func(e audit.Entry) error {
			return write([]string{
				strconv.FormatInt(e.Sequence, 10), e.At.UTC().Format(time.RFC3339Nano), r.sentence(e), string(e.Action), e.ActorName, e.ActorID, e.Target.Name, e.Target.ID,
				e.Origin.Address, r.deviceWords(e.Origin), r.detailWords(e), e.Origin.RequestID,
			})
		})
	})
}

// detailWords is the details in one cell.
func (r *request) detailWords(e audit.Entry) string {
	var parts []string
	for _, d := range r.auditDetails(e) {
		if d.Changed {
			d.Value = d.Before + " → " + d.Value
		}
		parts = append(parts, d.Label+": "+d.Value)
	}
	return strings.Join(parts, "; ")
}

// auditLines sends what the filters find as JSON lines, from which the chain can be computed anew.
func (r *request) auditLines() error {
	q := r.auditQuery(page.ParseAuditQuery(r.URL.Query(), r.front.Now()))
	return r.sendFile("application/jsonl; charset=utf-8", r.fileName("audit")+".jsonl", func(ctx context.Context, file io.Writer) error {
		return r.front.Audit.Export(ctx, r.current.Actor, q, "JSON lines", func(e audit.Entry) error {
			text, err := e.MarshalJSON()
			if err != nil {
				return err
			}
			_, err = file.Write(append(text, '\n'))
			return err
		})
	})
}
