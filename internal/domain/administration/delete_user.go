package administration

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// Refusals of a deletion.
var (
	ErrStillActive  = fault.New(fault.Conflict, "administration.still_active") // Params: Name
	ErrEmailDiffers = fault.New(fault.Invalid, "administration.email_differs") // Params: Email
)

const actionDeleted audit.Action = "user.deleted"

// Delete removes a suspended or invited user, whose address the administrator
// types by hand, and erases what is known about them: the account as well, where
// it opens no other organization. The audit trail keeps the name as it was
// recorded. The address can be invited anew; how often it was invited today stays
// counted, because that protects its mailbox.
//
// An active user cannot be deleted, and so the last Administrator never is.
//
// Faults: those of the guard; ErrStillActive; field email.
func (s *Service) Delete(ctx context.Context, actor access.Actor, userID, typedEmail string) (u user.User, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = subject(ctx, tx, actor, access.UsersEdit, userID); err != nil {
			return err
		}
		if u.Status == user.Active {
			return ErrStillActive.With("Name", u.Name())
		}
		if !sameAddress(typedEmail, u.Email) {
			return fault.InvalidFields(ErrEmailDiffers.With("Email", u.Email).At("email"))
		}
		ended, err := endingsOf(ctx, tx, u)
		if err != nil {
			return err
		}
		if err := s.remove(ctx, tx, actor, u); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionDeleted, Target: user.Target(u), Details: ended.details()})
	})
	return u, err
}

func sameAddress(typed, address string) bool {
	a, err := person.ParseEmail(typed)
	if err != nil {
		return false
	}
	b, err := person.ParseEmail(address)
	return err == nil && a.Key == b.Key
}

// remove erases somebody, and tells whoever had an account, for the last time. A
// letter under way is waited for before the links go, and so leaves none.
func (s *Service) remove(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User) error {
	if err := eraseLetters(ctx, tx, u); err != nil {
		return err
	}
	if err := eraseFromImports(ctx, tx, u); err != nil {
		return err
	}
	if u.Status == user.Invited {
		if err := s.Invitations.WithdrawWithin(ctx, tx, u); err != nil {
			return err
		}
		return eraseLinks(ctx, tx, u)
	}
	if err := eraseLinks(ctx, tx, u); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, actor, u, mail.KindUserDeleted, nil); err != nil {
		return err
	}
	// Invitations that they sent stopped working with the suspension; now the name goes.
	_, err := tx.Exec(ctx, `UPDATE invitations SET inviter_name = '' WHERE organization_id = $1 AND inviter_id = $2`, u.OrganizationID, u.ID)
	if err != nil {
		return err
	}
	// The sessions go with the row.
	if _, err := tx.Exec(ctx, `DELETE FROM users WHERE organization_id = $1 AND id = $2`, u.OrganizationID, u.ID); err != nil {
		return err
	}
	return eraseAccount(ctx, tx, u.AccountID)
}

// eraseLetters removes the letters of this organization to and about the user.
func eraseLetters(ctx context.Context, tx *db.Tx, u user.User) error {
	_, err := tx.Exec(ctx, `DELETE FROM letters WHERE organization_id = $1
		AND (address = $4 OR subject_id IN ($2, $3) OR subject_id IN (SELECT id FROM sessions WHERE organization_id = $1 AND user_id = $2))`,
		u.OrganizationID, u.ID, u.AccountID, u.Email)
	return err
}

// eraseFromImports removes the rows that hold the user's address, whatever was
// said of them, and who the user was from the imports that they answer for. A row
// whose turn is still to come stays: it asks for an invitation anew.
func eraseFromImports(ctx context.Context, tx *db.Tx, u user.User) error {
	email, err := person.ParseEmail(u.Email)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM import_rows WHERE organization_id = $1 AND (email_key = $2 OR lower(email) = $2) AND outcome <> 'waiting'`,
		u.OrganizationID, email.Key)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE imports SET paused_by = '', paused_by_id = '' WHERE organization_id = $1 AND paused_by_id = $2`, u.OrganizationID, u.ID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE imports SET importer_id = '', importer_name = '', address = '', user_agent = '', request_id = ''
		WHERE organization_id = $1 AND importer_id = $2`, u.OrganizationID, u.ID)
	return err
}

// eraseLinks removes what the letters carried: it holds the address as well.
func eraseLinks(ctx context.Context, tx *db.Tx, u user.User) error {
	_, err := tx.Exec(ctx, `DELETE FROM links WHERE subject_id = $2
		OR subject_id IN (SELECT id FROM sessions WHERE organization_id = $1 AND user_id = $2)
		OR subject_id = $3 AND organization_id = $1`, u.OrganizationID, u.ID, u.AccountID)
	return err
}

// eraseAccount removes an account that opens nothing any more, with its second
// factor, codes, mobile number and changes of address.
func eraseAccount(ctx context.Context, tx *db.Tx, accountID string) error {
	if err := takeAccount(ctx, tx, accountID); err != nil {
		return err
	}
	var used bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE account_id = $1)`, accountID).Scan(&used); err != nil || used {
		return err
	}
	for _, table := range []string{"letters", "links"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE subject_id = $1
			OR subject_id IN (SELECT id FROM email_changes WHERE account_id = $1)`, accountID); err != nil {
			return err
		}
	}
	if err := attempt.Forget(ctx, tx, accountID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM accounts WHERE id = $1`, accountID)
	return err
}
