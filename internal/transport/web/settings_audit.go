package web

import (
	"net/http"

	"idkit/internal/transport/web/page"
)

func (r *request) settingsAudit() error {
	if r.recall() {
		typed := r.value("address")
		return r.showSettingsAudit(http.StatusOK, &typed, problem{})
	}
	return r.showSettingsAudit(http.StatusOK, nil, problem{})
}

// showSettingsAudit shows where the head of the trail is mailed, and the form
// with what was typed, if anything was.
func (r *request) showSettingsAudit(status int, typed *string, p problem) error {
	head, err := r.front.Settings.AuditHead(r.Context(), r.current.Actor)
	if err != nil {
		return err
	}
	view := page.SettingsAudit{
		Current: head.Address, Address: page.Field{Value: head.Address, Error: p.Fields["address"]}, Next: head.Next,
		MailMissing: !r.front.Outbox.Ready(), Problem: p.Text, MayEdit: r.mayEditSettings(),
	}
	if typed != nil {
		view.Address.Value = *typed
	}
	if head.Last != nil {
		view.Last = deliveryOf(*head.Last)
	}
	return r.show(status, view)
}

// postSettingsAudit sends the head to the address that was typed, or to none any
// more. An empty field is a mistake: there is a button to stop.
func (r *request) postSettingsAudit() error {
	address := r.value("address")
	if address == "" && r.value("stop") == "" {
		return r.showSettingsAudit(http.StatusUnprocessableEntity, &address, problem{
			Fields: map[string]string{"address": r.sayFault("person.email_invalid", nil)},
		})
	}
	err := r.front.Settings.SendAuditHead(r.Context(), *r.current, address)
	if err == nil {
		done := flash{Key: "web.settings.audit_stopped"}
		if address != "" {
			done = flash{Key: "web.settings.audit_sent", Values: map[string]any{"Email": address}}
		}
		r.setFlash(done)
		return r.redirect("/settings/audit")
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showSettingsAudit(status, &address, p) })
}
