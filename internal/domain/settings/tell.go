package settings

import (
	"context"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

const (
	// reminderLead is how long before a requirement begins those who still have
	// no second factor are written to again.
	reminderLead = 3 * 24 * time.Hour
	// toldAtOnce is how many people one transaction writes to.
	toldAtOnce = 200
)

// tellFrom is what a letter about the requirement keeps: since when it holds, by
// which it is told from one that was laid down later.
const tellFrom = "from"

// noticeOf is the letter about a requirement that was just laid down.
func noticeOf(now time.Time, p organization.Policy) mail.Kind {
	if now.Before(p.From) {
		return mail.KindSecondFactorDue
	}
	return mail.KindSecondFactorRequired
}

// planReminder sets when the reminder is due, and stops one that is being sent.
func planReminder(ctx context.Context, tx *db.Tx, organizationID string, p organization.Policy) error {
	var at *time.Time
	if due := p.From.Add(-reminderLead); due.After(tx.Now) {
		at = &due
	}
	_, err := tx.Exec(ctx, `UPDATE organizations SET second_factor_remind_at = $2, second_factor_letter = '', second_factor_told = '' WHERE id = $1`,
		organizationID, at)
	return err
}

// beginToTell writes to the first people; Tell goes on with the others.
func (s *Service) beginToTell(ctx context.Context, tx *db.Tx, organizationID string, kind mail.Kind) error {
	_, err := tx.Exec(ctx, `UPDATE organizations SET second_factor_letter = $2, second_factor_told = '' WHERE id = $1`, organizationID, string(kind))
	if err != nil {
		return err
	}
	_, err = s.tellSome(ctx, tx, telling{organizationID, string(kind), ""})
	return err
}

// telling is a letter that is on its way through the people of an organization.
type telling struct{ organizationID, kind, told string }

// Tell begins the reminders that are due, and writes to the next people of
// letters that are under way. Each person is written to once, however many nodes
// tell. It returns how many were.
func (s *Service) Tell(ctx context.Context) (told int, err error) {
	for {
		some := 0
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			some = 0
			if err := s.remindDue(ctx, tx); err != nil {
				return err
			}
			open, err := db.Collect(ctx, tx, func(row db.Row) (t telling, err error) {
				err = row.Scan(&t.organizationID, &t.kind, &t.told)
				return t, err
			}, `SELECT id, second_factor_letter, second_factor_told FROM organizations WHERE second_factor_letter <> '' ORDER BY id LIMIT 1`)
			if err != nil || len(open) == 0 {
				return err
			}
			some, err = s.tellSome(ctx, tx, open[0])
			return err
		})
		told += some
		if err != nil || some == 0 {
			return told, err
		}
	}
}

// remindDue begins the reminders whose time has come. Of several nodes one does.
func (s *Service) remindDue(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE organizations SET second_factor_remind_at = NULL, second_factor_letter = $2, second_factor_told = ''
		WHERE second_factor_remind_at <= $1`, tx.Now, string(mail.KindSecondFactorReminder))
	return err
}

// tellSome writes to the next people, if no other node does.
func (s *Service) tellSome(ctx context.Context, tx *db.Tx, t telling) (told int, err error) {
	policy, err := organization.PolicyOf(ctx, tx, t.organizationID)
	if err != nil {
		return 0, err
	}
	type reader struct{ id, address, language string }
	readers, err := db.Collect(ctx, tx, func(row db.Row) (r reader, err error) {
		err = row.Scan(&r.id, &r.address, &r.language)
		return r, err
	}, `SELECT u.id, u.email, a.language `+obliged+` AND u.id > $3 ORDER BY u.id LIMIT $4`,
		t.organizationID, policy.SecondFactor == organization.RequiredForAll, t.told, toldAtOnce)
	if err != nil {
		return 0, err
	}
	next := telling{organizationID: t.organizationID}
	if len(readers) == toldAtOnce {
		next.kind, next.told = t.kind, readers[len(readers)-1].id
	}
	mine, err := tx.Exec(ctx, `UPDATE organizations SET second_factor_letter = $4, second_factor_told = $5
		WHERE id = $1 AND second_factor_letter = $2 AND second_factor_told = $3`, t.organizationID, t.kind, t.told, next.kind, next.told)
	if err != nil || mine == 0 {
		return 0, err
	}
	for _, r := range readers {
		if _, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
			Kind: mail.Kind(t.kind), OrganizationID: t.organizationID, SubjectID: r.id, Address: r.address, Language: r.language,
			Data: map[string]string{tellFrom: policy.From.Format(time.RFC3339)},
		}); err != nil {
			return 0, err
		}
	}
	return len(readers), nil
}
