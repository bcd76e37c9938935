package settings_test

import (
	"errors"
	"testing"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/domaintest"
	"idkit/internal/platform/mail"
)

func TestATestMailGoesThroughTheQueue(t *testing.T) {
	p := domaintest.NewPlace(t)
	who := p.Person(t)
	current := p.LogIn(t, who).Must(t)
	summary, err := p.Settings.MailSummary(t.Context(), current, p.Clock.Now())
	domaintest.MustNot(t, err)
	if summary.Test != nil || summary.Waiting != 0 {
		t.Errorf("the summary is %+v", summary)
	}
	domaintest.MustNot(t, p.Settings.SendTestMail(t.Context(), current))
	summary, err = p.Settings.MailSummary(t.Context(), current, p.Clock.Now())
	domaintest.MustNot(t, err)
	if summary.Test == nil || summary.Test.State != mail.Queued || summary.Waiting != 1 {
		t.Errorf("the summary is %+v", summary)
	}
	if letters := p.Letters(t, who.Email); len(letters) != 1 {
		t.Errorf("%d letters arrived", len(letters))
	}
	summary, err = p.Settings.MailSummary(t.Context(), current, p.Clock.Now())
	domaintest.MustNot(t, err)
	if summary.Test.State != mail.Sent || summary.Waiting != 0 || p.Events(t, "mail.test_sent") != 1 {
		t.Errorf("the summary is %+v", summary)
	}
	for range 9 {
		domaintest.MustNot(t, p.Settings.SendTestMail(t.Context(), current))
	}
	domaintest.Throttled(t, p.Settings.SendTestMail(t.Context(), current), time.Hour)
	m := p.Member(t)
	_, errSummary := p.Settings.MailSummary(t.Context(), m, p.Clock.Now())
	for _, err := range []error{p.Settings.SendTestMail(t.Context(), m), errSummary} {
		if !errors.Is(err, access.ErrForbidden) {
			t.Errorf("a member is answered with %v", err)
		}
	}
	p.Exec(t, `UPDATE letters SET state = 'undeliverable', ended_at = $1 WHERE state = 'queued'`, p.Clock.Now())
	stranger := current
	stranger.Actor = p.Stranger(t)
	for c, want := range map[string]int{p.Northwind: 9, stranger.Actor.OrganizationID: 0} {
		asked := current
		asked.Actor.OrganizationID = c
		if s, err := p.Settings.MailSummary(t.Context(), asked, p.Clock.Now()); err != nil || s.Undeliverable != want {
			t.Errorf("%s is told of %d letters, want %d: %v", c, s.Undeliverable, want, err)
		}
	}
}
