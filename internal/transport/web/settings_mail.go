package web

import (
	"net/http"
	"time"

	"idkit/internal/transport/web/page"
)

// failuresShown is how far back the mail page counts letters that were given up.
const failuresShown = 30 * 24 * time.Hour

func (r *request) settingsMail() error { return r.showSettingsMail(http.StatusOK, "") }

func (r *request) showSettingsMail(status int, problem string) error {
	state, err := r.mailState()
	if err != nil {
		return err
	}
	return r.show(status, page.SettingsMail{Mail: state, Problem: problem, MayEdit: r.mayEditSettings()})
}

func (r *request) postSettingsMail() error {
	err := r.sendTestMail()
	if err == nil {
		return r.redirect("/settings/mail")
	}
	return r.formRefused(err, func(status int, p problem) error { return r.showSettingsMail(status, p.Text) })
}

// sendTestMail puts a letter to the viewer into the same queue as all others.
func (r *request) sendTestMail() error {
	return r.front.Settings.SendTestMail(r.Context(), *r.current)
}

func (r *request) mailState() (page.MailState, error) {
	p := r.front
	state := page.MailState{
		Configured: p.Outbox.Ready() && p.Mailbox == nil, Mailbox: p.Mailbox != nil, Server: p.Outbox.Server(), From: p.MailFrom, TestTo: r.current.Email,
	}
	summary, err := p.Settings.MailSummary(r.Context(), *r.current, p.Now().Add(-failuresShown))
	if err != nil {
		return page.MailState{}, err
	}
	state.Waiting, state.Failed, state.Held = summary.Waiting, summary.Undeliverable, !summary.HeldSince.IsZero()
	if summary.Test != nil {
		state.Test = deliveryOf(*summary.Test)
	}
	return state, nil
}
