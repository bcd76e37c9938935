package account

import (
	"context"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
)

// AdministratorResetLifetime is how long a reset link works that an
// administrator sent, from its hand-over (NIST SP 800-63B-4 allows 24 hours).
// Such a letter waits for mail to be set up, however long that takes.
const AdministratorResetLifetime = 24 * time.Hour

// What the letter of such a reset keeps until its hand-over, and its page after it.
const (
	resetAdministrator = "administrator"
	resetOrganization  = "organization"
)

// AdministratorReset is a reset that an administrator asked for.
type AdministratorReset struct {
	AccountID        string
	OrganizationID   string
	OrganizationName string
	Administrator    string // full name
	// BlockPassword lets the present password open nothing any more, and voids
	// what else is pending for the account: it may be in wrong hands.
	BlockPassword bool
}

// SendAdministratorReset sends the owner of an account a link to choose a new
// password, in the place of any earlier one. Whether the administrator may do so
// is for the caller to know.
func (s *Service) SendAdministratorReset(ctx context.Context, tx *db.Tx, r AdministratorReset) error {
	kind := mail.KindResetByAdministrator
	if r.BlockPassword {
		kind = mail.KindResetByAdministratorBlocked
		if err := s.BlockPassword(ctx, tx, r.AccountID); err != nil {
			return err
		}
		if err := VoidPending(ctx, tx, r.AccountID); err != nil {
			return err
		}
	}
	login, err := GetLogin(ctx, tx, r.AccountID)
	if err != nil {
		return err
	}
	return s.replaceReset(ctx, tx, login.resetLetterID, mail.NewLetter{
		Kind: kind, OrganizationID: r.OrganizationID, SubjectID: r.AccountID, Address: login.Email, Language: login.Language,
		Data: map[string]string{resetAdministrator: r.Administrator, resetOrganization: r.OrganizationName},
	})
}

// BlockPassword lets no password open the account until another is chosen. A
// browser that knew the account is a stranger again.
func (s *Service) BlockPassword(ctx context.Context, tx *db.Tx, accountID string) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET password_hash = $2, password_changed_at = $3 WHERE id = $1`,
		accountID, s.Passwords.MatchesNothing(), tx.Now)
	return err
}

// resetLifetime is how long the link of a letter works.
func resetLifetime(kind mail.Kind) time.Duration {
	if kind == mail.KindReset {
		return ResetLifetime
	}
	return AdministratorResetLifetime
}
