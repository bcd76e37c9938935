package administration

import (
	"context"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// Endings counts what an act on a user ends, or would end.
type Endings struct {
	Sessions    int // in this organization
	Links       int // pending ones to a new password or address
	Invitations int // open ones that the user sent
}

// details are the numbers for the trail.
func (e Endings) details() map[string]string {
	return map[string]string{
		"sessions": strconv.Itoa(e.Sessions), "links": strconv.Itoa(e.Links), "invitations": strconv.Itoa(e.Invitations),
	}
}

func endingsOf(ctx context.Context, tx *db.Tx, u user.User) (e Endings, err error) {
	if u.AccountID == "" {
		return Endings{}, nil
	}
	if e.Sessions, err = session.CountOfUser(ctx, tx, u.OrganizationID, u.ID); err != nil {
		return Endings{}, err
	}
	if e.Links, err = account.PendingLinks(ctx, tx, u.OrganizationID, u.AccountID); err != nil {
		return Endings{}, err
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM invitations WHERE organization_id = $1 AND inviter_id = $2 AND (expires_at IS NULL OR expires_at > $3)`,
		u.OrganizationID, u.ID, tx.Now).Scan(&e.Invitations)
	return e, err
}

// shutOut makes the user suspended and ends whatever lets them into the
// organization, all at once. It counts what ended as the window before it did.
//
// What their account has begun anywhere, such as a half log-in or a link to a
// new password, ends with their last way in. As long as they are active in
// another organization it goes on working for that one, which must not notice;
// it opens nothing here, where each entrance looks at the status. The numbers are
// the same either way, because they must not tell which it is.
func (s *Service) shutOut(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, reason string) (Endings, error) {
	ended, err := endingsOf(ctx, tx, u)
	if err != nil {
		return Endings{}, err
	}
	if err := s.endWaysIn(ctx, tx, u); err != nil {
		return Endings{}, err
	}
	if err := endFactorResets(ctx, tx, u); err != nil {
		return Endings{}, err
	}
	changed, err := tx.Exec(ctx, `UPDATE users SET status = 'suspended', suspended_at = $3, suspended_by = $4, suspended_reason = $5
		WHERE organization_id = $1 AND id = $2 AND status = $6`, u.OrganizationID, u.ID, tx.Now, actor.UserID, reason, string(u.Status))
	if err == nil && changed != 1 {
		err = ErrChangedMeanwhile
	}
	if err != nil {
		return Endings{}, err
	}
	return ended, session.EndAllOfUser(ctx, tx, u.OrganizationID, u.ID, session.Suspended)
}

// endWaysIn ends what leads into the organization and is no session yet. The rows
// that letters are composed from come first, as in account.VoidPending.
func (s *Service) endWaysIn(ctx context.Context, tx *db.Tx, u user.User) error {
	elsewhere, err := activeElsewhere(ctx, tx, u)
	if err != nil {
		return err
	}
	if elsewhere {
		return account.VoidPendingFrom(ctx, tx, u.OrganizationID, u.AccountID)
	}
	if err := account.VoidPending(ctx, tx, u.AccountID); err != nil {
		return err
	}
	if err := s.SecondFactors.Abandon(ctx, tx, u.AccountID); err != nil {
		return err
	}
	return session.EndHalves(ctx, tx, u.AccountID)
}

// activeElsewhere reports whether the account opens another organization.
func activeElsewhere(ctx context.Context, tx *db.Tx, u user.User) (bool, error) {
	if err := takeAccount(ctx, tx, u.AccountID); err != nil {
		return false, err
	}
	var others bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE account_id = $1 AND organization_id <> $2 AND status = 'active')`,
		u.AccountID, u.OrganizationID).Scan(&others)
	return others, err
}

// takeAccount holds the account's row, so that of two organizations that shut
// somebody out at the same moment the second one finds nothing left open.
func takeAccount(ctx context.Context, tx *db.Tx, accountID string) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET reset_letter_id = reset_letter_id WHERE id = $1`, accountID)
	return err
}
