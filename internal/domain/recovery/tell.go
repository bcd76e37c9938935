package recovery

import (
	"context"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// What the letters keep until their hand-over.
const (
	keptRecovery     = "recovery"
	keptOrganization = "client"
	keptUser         = "user"
	keptFirstName    = "first_name"
)

// usersHearOf is the letter to all users about each state. What waits is told
// twice: at the start, and each day.
var usersHearOf = map[State]mail.Kind{
	Invited:  mail.KindRecoveryInvited,
	Objected: mail.KindRecoveryObjected,
	Stopped:  mail.KindRecoveryStopped,
	Returned: mail.KindRecoveryReturned,
	Lapsed:   mail.KindRecoveryLapsed,
	Void:     mail.KindRecoveryVoid,
}

// operatorsHearOf is the letter to all operators about each end.
var operatorsHearOf = map[State]mail.Kind{
	Invited:  mail.KindOperatorRecoveryInvited,
	Objected: mail.KindOperatorRecoveryObjected,
	Stopped:  mail.KindOperatorRecoveryEnded,
	Returned: mail.KindOperatorRecoveryEnded,
	Lapsed:   mail.KindOperatorRecoveryEnded,
	Void:     mail.KindOperatorRecoveryEnded,
}

// kindNow is the letter of the present round.
func (r Recovery) kindNow() mail.Kind {
	switch {
	case r.State != Waiting:
		return usersHearOf[r.State]
	case r.letters.round == 0:
		return mail.KindRecoveryStarted
	}
	return mail.KindRecoveryWaits
}

// queueLetters puts the next letters of the round into the outbox. Whoever
// becomes a user meanwhile is told in this round or in the next one.
func (s *Service) queueLetters(ctx context.Context, tx *db.Tx, r Recovery) error {
	type recipient struct{ userID, address, language string }
	batch, err := db.Collect(ctx, tx, func(row db.Row) (p recipient, err error) {
		err = row.Scan(&p.userID, &p.address, &p.language)
		return p, err
	}, `
		SELECT u.id, u.email, a.language FROM users u JOIN accounts a ON a.id = u.account_id
		WHERE u.organization_id = $1 AND u.id > $2 ORDER BY u.id LIMIT $3`, r.OrganizationID, r.letters.upTo, batchSize)
	if err != nil {
		return err
	}
	l := r.letters
	for _, p := range batch {
		if l.at = l.at.Add(letterPause); l.at.Before(tx.Now) {
			l.at = tx.Now
		}
		if _, err := s.Portal.Outbox.Enqueue(ctx, tx, mail.NewLetter{
			Kind: r.kindNow(), OrganizationID: r.OrganizationID, SubjectID: r.ID, Address: p.address, Language: p.language,
			Data: map[string]string{keptUser: p.userID}, NotBefore: l.at,
		}); err != nil {
			return err
		}
		l.upTo = p.userID
	}
	if len(batch) < batchSize {
		l.queued = &tx.Now
	}
	_, err = tx.Exec(ctx, `UPDATE recoveries SET told_up_to = $3, letter_at = $4, queued_at = $5 WHERE organization_id = $1 AND id = $2`,
		r.OrganizationID, r.ID, l.upTo, l.at, l.queued)
	return err
}

// countDay begins the day of a round once its letters have left or were tried.
// Three of these days are the wait.
func (s *Service) countDay(ctx context.Context, tx *db.Tx, r Recovery) error {
	progress, err := mail.ProgressOf(ctx, tx, r.kindNow(), r.ID, r.letters.beganAt)
	if err != nil || !progress.Told() {
		return err
	}
	first, opens := r.FirstToldAt, r.OpensAt
	if first == nil {
		first = &tx.Now
	}
	if r.letters.round == rounds-1 {
		end := tx.Now.Add(day)
		opens = &end
	}
	if _, err := tx.Exec(ctx, `UPDATE recoveries SET told_at = $3, first_told_at = $4, opens_at = $5 WHERE organization_id = $1 AND id = $2`,
		r.OrganizationID, r.ID, tx.Now, first, opens); err != nil {
		return err
	}
	return audit.Record(ctx, tx, access.Installation(access.Origin{}), audit.Event{
		OrganizationID: r.OrganizationID, Action: actionTold, Target: r.target(),
		Details: map[string]string{"letters": strconv.Itoa(progress.All), "letters_left": strconv.Itoa(progress.Sent)},
	})
}

// tellOperators writes to every active operator, whoever acts included: somebody
// may have acted in their name.
func (s *Service) tellOperators(ctx context.Context, tx *db.Tx, r Recovery, kind mail.Kind) error {
	operators, err := db.Collect(ctx, tx, user.Scan, user.Columns+`WHERE u.organization_id = $1 AND u.status = 'active' ORDER BY u.id`, r.vendorID)
	if err != nil {
		return err
	}
	for _, o := range operators {
		var language string
		if err := tx.QueryRow(ctx, `SELECT language FROM accounts WHERE id = $1`, o.AccountID).Scan(&language); err != nil {
			return err
		}
		if _, err := s.Console.Outbox.Enqueue(ctx, tx, mail.NewLetter{
			Kind: kind, OrganizationID: r.vendorID, SubjectID: r.ID, Address: o.Email, Language: language,
			Data: map[string]string{keptOrganization: r.OrganizationID, keptFirstName: o.FirstName},
		}); err != nil {
			return err
		}
	}
	return nil
}
