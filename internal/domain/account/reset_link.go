package account

import (
	"context"
	"slices"
	"time"

	"idkit/internal/domain/credential"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// ResetLifetime is how long a reset link works that its owner asked for, from
// its hand-over. A request that could not be handed over for that long is
// forgotten: nobody waits for its mail any more.
const ResetLifetime = time.Hour

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindReset:                       s.composeReset,
		mail.KindResetByAdministrator:        s.composeReset,
		mail.KindResetByAdministratorBlocked: s.composeReset,
	}
}

// SendReset sends the owner of an account, who asked for it, a link to choose a
// password, in the place of any earlier one.
func (s *Service) SendReset(ctx context.Context, tx *db.Tx, login Login) error {
	return s.replaceReset(ctx, tx, login.resetLetterID, mail.NewLetter{
		Kind: mail.KindReset, SubjectID: login.AccountID, Address: login.Email, Language: login.Language,
	})
}

// replaceReset sends a letter with a reset link in the place of the earlier one,
// whoever asked for either: the newest link alone works.
func (s *Service) replaceReset(ctx context.Context, tx *db.Tx, earlierID string, letter mail.NewLetter) error {
	if err := s.Outbox.Withdraw(ctx, tx, earlierID); err != nil {
		return err
	}
	letterID, err := s.Outbox.Enqueue(ctx, tx, letter)
	if err != nil {
		return err
	}
	// The account comes before its links: the hand-over of an earlier letter that
	// is under way is waited for, and its link ended with the others.
	if _, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = $2 WHERE id = $1`, letter.SubjectID, letterID); err != nil {
		return err
	}
	return credential.EndLinks(ctx, tx, credential.LinkPasswordReset, letter.SubjectID, credential.LinkReplaced)
}

// composeReset mints the link. The letter of an older request, or of one from
// before a change of credentials, is obsolete; so is one to somebody who was
// suspended meanwhile.
func (s *Service) composeReset(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	if letter.Kind == mail.KindReset && tx.Now.Sub(letter.CreatedAt) >= ResetLifetime {
		return mail.Content{}, mail.ErrObsolete
	}
	// An update, not a look: a change of credentials under way is waited for, and
	// one that comes later finds the link.
	newest, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = $2 WHERE id = $1 AND reset_letter_id = $2`, letter.SubjectID, letter.ID)
	if err != nil {
		return mail.Content{}, err
	}
	members, err := MembersOf(ctx, tx, letter.SubjectID)
	if err != nil {
		return mail.Content{}, err
	}
	if newest != 1 || !slices.ContainsFunc(members, Membership.Open) {
		return mail.Content{}, mail.ErrObsolete
	}
	token, expiresAt, err := credential.MintLink(ctx, tx, credential.NewLink{
		Kind: s.Kind, Purpose: credential.LinkPasswordReset, OrganizationID: letter.OrganizationID, SubjectID: letter.SubjectID,
		Address: letter.Address, LetterID: letter.ID, Lifetime: resetLifetime(letter.Kind),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "Ends": say.Moment(expiresAt),
		"Administrator": letter.Data[resetAdministrator], "Organization": letter.Data[resetOrganization],
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Organization = letter.Data[resetOrganization]
	content.Button.URL = credential.LinkURL(s.BaseURL, "reset", token)
	return content, nil
}
