package invitation

import (
	"context"

	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// Remind enqueues the reminders that are due, to people of this kind of
// organization, and returns how many.
// Each invitation is reminded of once, however many nodes ask.
func (s *Service) Remind(ctx context.Context) (reminded int, err error) {
	type due struct{ organizationID, userID, address, language string }
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		reminded = 0
		all, err := db.Collect(ctx, tx, func(row db.Row) (d due, err error) {
			err = row.Scan(&d.organizationID, &d.userID, &d.address, &d.language)
			return d, err
		}, `SELECT i.organization_id, i.user_id, u.email, i.language FROM invitations i
			JOIN users u ON u.organization_id = i.organization_id AND u.id = i.user_id
			JOIN organizations o ON o.id = i.organization_id
			WHERE i.remind_at <= $1 AND i.expires_at > $1 AND o.kind = $2 LIMIT 500`, tx.Now, string(s.Kind))
		if err != nil {
			return err
		}
		for _, d := range all {
			won, err := tx.Exec(ctx, `UPDATE invitations SET remind_at = NULL WHERE organization_id = $1 AND user_id = $2 AND remind_at <= $3`,
				d.organizationID, d.userID, tx.Now)
			if err != nil {
				return err
			}
			if won == 0 {
				continue
			}
			if _, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
				Kind: mail.KindReminder, OrganizationID: d.organizationID, SubjectID: d.userID, Address: d.address, Language: d.language,
			}); err != nil {
				return err
			}
			reminded++
		}
		return nil
	})
	return reminded, err
}
