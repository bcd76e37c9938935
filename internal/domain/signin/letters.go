package signin

import (
	"context"
	"errors"
	"strconv"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindNewDevice:        s.composeNewDevice,
		mail.KindRecoveryCodeUsed: s.composeRecoveryCodeUsed,
	}
}

func (s *Service) tellNewDevice(ctx context.Context, tx *db.Tx, login account.Login, m account.Membership, sessionID string) error {
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: mail.KindNewDevice, OrganizationID: m.OrganizationID, SubjectID: sessionID,
		Address: login.Email, Language: login.Language,
	})
	return err
}

func (s *Service) composeNewDevice(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	listed, err := session.Find(ctx, tx, letter.SubjectID)
	if errors.Is(err, db.ErrNoRow) {
		return mail.Content{}, mail.ErrObsolete
	}
	if err != nil {
		return mail.Content{}, err
	}
	device, err := session.Device(say, listed.UserAgent)
	if err != nil {
		return mail.Content{}, err
	}
	token, expiresAt, err := credential.MintLink(ctx, tx, credential.NewLink{
		Kind: s.Kind, Purpose: linkDisown, OrganizationID: listed.OrganizationID, SubjectID: listed.ID,
		Address: letter.Address, LetterID: letter.ID, Lifetime: DisownLifetime,
	})
	if err != nil {
		return mail.Content{}, err
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "Device": device, "Place": mail.Plain(listed.Address),
		"When": say.Moment(listed.CreatedAt), "Ends": say.Moment(expiresAt),
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Organization, content.Button.URL = listed.OrganizationName, credential.LinkURL(s.BaseURL, "not-me", token)
	return content, nil
}

func (s *Service) tellRecoveryCodeUsed(ctx context.Context, tx *db.Tx, login account.Login, browser Browser, codesLeft int) error {
	_, err := s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: mail.KindRecoveryCodeUsed, SubjectID: login.AccountID, Address: login.Email, Language: login.Language,
		Data: map[string]string{"UserAgent": browser.Origin.Bounded().UserAgent, "CodesLeft": strconv.Itoa(codesLeft)},
	})
	return err
}

func (s *Service) composeRecoveryCodeUsed(_ context.Context, _ *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	device, err := session.Device(say, letter.Data["UserAgent"])
	if err != nil {
		return mail.Content{}, err
	}
	codesLeft, err := strconv.Atoi(letter.Data["CodesLeft"])
	if err != nil {
		return mail.Content{}, err
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "Device": device, "When": say.Moment(letter.CreatedAt), "Count": codesLeft,
	})
	if err != nil {
		return mail.Content{}, err
	}
	content.Button.URL = s.BaseURL.JoinPath("profile").String()
	return content, nil
}
