package address

import (
	"context"
	"errors"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/person"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindConfirmEmail:     s.composeEmailProof,
		mail.KindEmailInUse:       s.composeEmailInUse,
		mail.KindEmailChangeAsked: s.composeEmailChangeAsked,
		mail.KindEmailChangedOld:  s.composeEmailChangedOld,
	}
}

// startEmailProof lets the time of a change count from the hand-over of its
// newest letter. An update, not a look: a Stop, or a change of credentials, that
// is under way is waited for, and one that comes later finds the link.
func startEmailProof(ctx context.Context, tx *db.Tx, letter mail.Letter) (emailChange, error) {
	change, err := scanEmailChange(tx.QueryRow(ctx, `UPDATE email_changes SET expires_at = $3
		WHERE id = $1 AND letter_id = $2 AND state = 'pending' AND expires_at > $4
		RETURNING `+emailChangeColumns,
		letter.SubjectID, letter.ID, tx.Now.Add(EmailProofLifetime), tx.Now))
	if errors.Is(err, db.ErrNoRow) {
		return emailChange{}, mail.ErrObsolete
	}
	return change, err
}

// composeEmailProof writes to an address that nobody has proven: no names.
func (s *Service) composeEmailProof(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	change, err := startEmailProof(ctx, tx, letter)
	if err != nil {
		return mail.Content{}, err
	}
	token, expiresAt, err := credential.MintLink(ctx, tx, credential.NewLink{
		Kind: s.Kind, Purpose: linkConfirmEmail, SubjectID: change.AccountID, Address: change.New.Address, LetterID: letter.ID, Lifetime: EmailProofLifetime,
	})
	if err != nil {
		return mail.Content{}, err
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "OldAddress": mail.Plain(person.Masked(change.Old.Address)),
		"NewAddress": mail.Plain(change.New.Address), "Ends": say.Moment(expiresAt),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Button.URL = credential.LinkURL(s.BaseURL, "email/confirm", token)
	return content, nil
}

// composeEmailInUse tells the owner of an address that somebody else wanted it.
// For whom wants it, time counts as if the link had been sent.
func (s *Service) composeEmailInUse(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	if _, err := startEmailProof(ctx, tx, letter); err != nil {
		return mail.Content{}, err
	}
	return mail.Speak(say, letter.Kind, map[string]any{"Brand": letter.Brand})
}

func (s *Service) composeEmailChangeAsked(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	return s.composeWayBack(ctx, tx, letter, say, "email/stop")
}

func (s *Service) composeEmailChangedOld(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	return s.composeWayBack(ctx, tx, letter, say, "email/undo")
}

// composeWayBack writes the letters to the old mailbox, whose link stops a
// change or undoes it.
func (s *Service) composeWayBack(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker, path string) (mail.Content, error) {
	change, err := findEmailChange(ctx, tx, letter.SubjectID)
	if err != nil {
		return mail.Content{}, err
	}
	if change.revertible() != nil {
		return mail.Content{}, mail.ErrObsolete
	}
	token, expiresAt, err := credential.MintLink(ctx, tx, credential.NewLink{
		Kind: s.Kind, Purpose: linkRevertEmail, SubjectID: change.ID, Address: change.Old.Address, LetterID: letter.ID, Lifetime: account.EmailRevertLifetime,
	})
	if err != nil {
		return mail.Content{}, err
	}
	content, err := s.Notices.Speak(letter, say, map[string]any{"Ends": say.Moment(expiresAt)})
	if err != nil {
		return mail.Content{}, err
	}
	content.Button.URL = credential.LinkURL(s.BaseURL, path, token)
	return content, nil
}
