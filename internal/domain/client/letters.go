package client

import (
	"context"
	"time"

	"idkit/internal/domain/access"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// What a letter keeps beside what every notice does.
const (
	keptReason = "Reason"
	keptEnds   = "TrialEnds" // of the trial, RFC 3339
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindClientSuspended:   s.compose,
		mail.KindClientReactivated: s.compose,
		mail.KindClientActivated:   s.compose,
		mail.KindTrialEnding:       s.compose,
		mail.KindTrialEnded:        s.compose,
		mail.KindTrialExtended:     s.compose,
	}
}

// tell writes to every active Administrator of a client what has become of it.
func (s *Service) tell(ctx context.Context, tx *db.Tx, actor access.Actor, c Client, kind mail.Kind) error {
	kept := map[string]string{}
	if c.Suspension != nil {
		kept[keptReason] = c.Suspension.Reason
	}
	if c.Trial != nil {
		kept[keptEnds] = c.Trial.EndsAt.Format(time.RFC3339)
	}
	// CROSS JOIN keeps SQLite to this order: the roles lead to their users.
	administrators, err := db.Values[string](ctx, tx, `
		SELECT u.id FROM roles r CROSS JOIN users u
		WHERE r.organization_id = $1 AND r.kind = 'administrator' AND u.organization_id = r.organization_id AND u.role_id = r.id AND u.status = 'active'
		ORDER BY u.id`, c.ID)
	if err != nil {
		return err
	}
	for _, id := range administrators {
		u, err := user.Find(ctx, tx, c.ID, id)
		if err != nil {
			return err
		}
		n, err := notice.ToUser(ctx, tx, actor, u, kind)
		if err != nil {
			return err
		}
		n.Values = kept
		if err := s.Notices.Enqueue(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) compose(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	c, err := find(ctx, tx, letter.OrganizationID)
	if err != nil {
		return mail.Content{}, err
	}
	if letter.Kind == mail.KindTrialEnding && (c.Standing() != Trial || c.Trial.EndsAt.Format(time.RFC3339) != letter.Data[keptEnds]) {
		return mail.Content{}, mail.ErrObsolete // extended or over since
	}
	values := map[string]any{}
	if ends, err := time.Parse(time.RFC3339, letter.Data[keptEnds]); err == nil {
		values["EndsDay"], values["Ends"] = say.Day(ends), say.Moment(ends)
	}
	content, err := s.Notices.Speak(letter, say, values)
	content.Quote = letter.Data[keptReason]
	if content.Button != nil {
		content.Button.URL = s.BaseURL.JoinPath("login").String()
	}
	return content, err
}
