package administration

import (
	"context"
	"errors"

	"idkit/internal/domain/access"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/language"
	"idkit/internal/platform/mail"
)

// What the letters about a reset keep until their hand-over.
const (
	codeReset         = "reset" // its id
	codeAdministrator = "administrator"
	codeOrganization  = "organization"
	approvalReset     = "Reset"
)

// Composers writes this package's letters at the moment of their hand-over.
func (s *Service) Composers() map[mail.Kind]mail.Composer {
	return map[mail.Kind]mail.Composer{
		mail.KindSecondFactorCode:     s.composeCode,
		mail.KindSecondFactorApproval: s.composeApproval,
	}
}

// mailCode enqueues the letter of a code that is still to be made.
func (s *Service) mailCode(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, resetID string) (letterID string, err error) {
	to, err := notice.ToUser(ctx, tx, actor, u, mail.KindSecondFactorCode)
	if err != nil {
		return "", err
	}
	return s.Outbox.Enqueue(ctx, tx, mail.NewLetter{
		Kind: to.Kind, OrganizationID: u.OrganizationID, SubjectID: u.ID, Address: to.Address, Language: to.Language,
		Data: map[string]string{codeReset: resetID, codeAdministrator: actor.Name, codeOrganization: to.Organization},
	})
}

// composeCode makes the code. A further attempt at the same letter makes another
// one in its place, with the tries that are left.
func (s *Service) composeCode(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	r, err := standingReset(ctx, tx, letter, letter.Data[codeReset])
	if err != nil {
		return mail.Content{}, err
	}
	code, digest, err := s.SpokenCodes.Make(r.id)
	if err != nil {
		return mail.Content{}, err
	}
	// Whoever ends the reset at this moment waits, or this finds it ended.
	kept, err := tx.Exec(ctx, `UPDATE second_factor_resets SET code_hash = $4 WHERE organization_id = $1 AND user_id = $2 AND id = $3`,
		letter.OrganizationID, letter.SubjectID, r.id, digest)
	if err == nil && kept != 1 {
		err = mail.ErrObsolete
	}
	if err != nil {
		return mail.Content{}, err
	}
	content, err := mail.Speak(say, letter.Kind, map[string]any{
		"Brand": letter.Brand, "Administrator": letter.Data[codeAdministrator], "Organization": letter.Data[codeOrganization],
		"Code": mail.Plain(code.Reveal()), "Ends": say.Moment(r.EndsAt),
	})
	content.Organization = letter.Data[codeOrganization]
	return content, err
}

func (s *Service) composeApproval(ctx context.Context, tx *db.Tx, letter mail.Letter, say *language.Speaker) (mail.Content, error) {
	r, err := standingReset(ctx, tx, letter, letter.Data[approvalReset])
	if err != nil {
		return mail.Content{}, err
	}
	content, err := s.Notices.Speak(letter, say, map[string]any{"Ends": say.Moment(r.EndsAt)})
	if err != nil {
		return mail.Content{}, err
	}
	content.Button.URL = s.BaseURL.JoinPath("users", letter.SubjectID, "second-factor").String()
	return content, nil
}

// standingReset reads the reset that a letter is about, or finds the letter obsolete.
func standingReset(ctx context.Context, tx *db.Tx, letter mail.Letter, resetID string) (FactorReset, error) {
	u, err := user.Find(ctx, tx, letter.OrganizationID, letter.SubjectID)
	if errors.Is(err, user.ErrNotFound) {
		return FactorReset{}, mail.ErrObsolete
	}
	if err != nil {
		return FactorReset{}, err
	}
	r, err := openFactorReset(ctx, tx, u)
	if errors.Is(err, ErrFactorResetGone) || err == nil && r.id != resetID {
		return FactorReset{}, mail.ErrObsolete
	}
	return r, err
}
