package settings

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/throttle"
)

const actionTestMailSent audit.Action = "mail.test_sent"

// testMails bounds how often a test mail is asked for.
var testMails = throttle.Rule{Short: throttle.Window{Max: 10, Length: time.Hour}}

// SendTestMail puts a letter to the actor's own address into the same queue as
// all others. Faults: those of session.Authorize, throttled.
func (s *Service) SendTestMail(ctx context.Context, current session.Current) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		actor, err := session.Authorize(ctx, tx, current.Actor, access.SettingsEdit)
		if err != nil {
			return err
		}
		if _, err := throttle.Count(ctx, tx, throttle.Claim{Key: "test mail:" + actor.UserID, Rule: testMails}); err != nil {
			return err
		}
		if _, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
			Kind: mail.KindTest, OrganizationID: actor.OrganizationID, SubjectID: actor.UserID, Address: current.Email, Language: current.Language,
			Data: map[string]string{mail.TestRequester: actor.Name, mail.TestOrganization: current.OrganizationName},
		}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionTestMailSent, Target: audit.Self(actor)})
	})
}

// MailSummary is how the mail of an organization is doing.
type MailSummary struct {
	Waiting       int            // letters in the outbox
	Undeliverable int            // letters given up since the moment asked for
	Test          *mail.Delivery // the actor's last test mail, nil when there is none
	HeldSince     time.Time      // while no letter leaves since a restore; zero otherwise
}

// MailSummary returns how the organization's mail is doing. Fault: access.ErrForbidden.
func (s *Service) MailSummary(ctx context.Context, current session.Current, since time.Time) (summary MailSummary, err error) {
	if err := current.Actor.Require(access.SettingsView); err != nil {
		return MailSummary{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		summary.Waiting, summary.Undeliverable, err = s.Outbox.Count(ctx, tx, current.Actor.OrganizationID, since)
		if err != nil {
			return err
		}
		if summary.HeldSince, err = mail.HeldSince(ctx, tx); err != nil {
			return err
		}
		test, err := s.Outbox.Latest(ctx, tx, mail.KindTest, current.Actor.UserID)
		if errors.Is(err, db.ErrNoRow) {
			return nil
		}
		summary.Test = &test
		return err
	})
	return summary, err
}
