package administration

import (
	"context"
	"maps"

	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindSuspended:     s.composeNotice,
		mail.KindReactivated:   s.composeNotice,
		mail.KindAccountLocked: s.composeNotice,
		mail.KindUserDeleted:   s.composeNotice,
	}
}

// tell writes to the user what was done to them, in their language. The values
// stand beside those that every notice has, by the names that its sentences use.
func (s *Service) tell(ctx context.Context, tx *db.Tx, kind mail.Kind, u user.User, values map[string]string) error {
	var speaks string
	if u.AccountID != "" {
		if err := tx.QueryRow(ctx, `SELECT language FROM accounts WHERE id = $1`, u.AccountID).Scan(&speaks); err != nil {
			return err
		}
	}
	data := maps.Clone(values)
	if data == nil {
		data = map[string]string{}
	}
	data["FirstName"] = u.FirstName
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: kind, OrganizationID: u.OrganizationID, SubjectID: u.ID, Address: u.Email, Language: speaks, Data: data,
	})
	return err
}

// composeNotice writes the letters that need no more than what tell has kept,
// the organization and the moment.
func (s *Service) composeNotice(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	var organization string
	if err := tx.QueryRow(ctx, `SELECT name FROM organizations WHERE id = $1`, letter.OrganizationID).Scan(&organization); err != nil {
		return mail.Content{}, err
	}
	values := map[string]any{"Brand": s.Brand, "Organization": organization, "When": say.Moment(letter.CreatedAt)}
	for name, value := range letter.Data {
		values[name] = value
	}
	content, err := mail.Speak(say, letter.Kind, values)
	if err != nil {
		return mail.Content{}, err
	}
	content.Organization = organization
	if content.Button != nil {
		content.Button.URL = s.BaseURL.JoinPath("login").String()
	}
	return content, nil
}
