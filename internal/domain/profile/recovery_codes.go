package profile

import (
	"context"

	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
)

const (
	actionRecoveryCodesMade  audit.Action = "recovery_codes.made"
	actionRecoveryCodesSaved audit.Action = "recovery_codes.saved"
)

// NewRecoveryCodes makes new recovery codes; the old ones stop working. It needs
// a fresh proof. Faults: ErrConfirmFirst, credential.ErrNoSecondFactor.
func (s *Service) NewRecoveryCodes(ctx context.Context, current session.Current) (token secret.Token, err error) {
	accountID := current.Actor.AccountID
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if !Fresh(current, tx.Now) {
			return ErrConfirmFirst
		}
		if err := s.requireSecondFactor(ctx, tx, accountID); err != nil {
			return err
		}
		if err := s.newSheet(ctx, tx, accountID); err != nil {
			return err
		}
		if err := attempt.RecoveryCodesReplaced(ctx, tx, accountID); err != nil {
			return err
		}
		if token, _, err = account.AfterChange(ctx, tx, current); err != nil {
			return err
		}
		if err := s.Notices.Enqueue(ctx, tx, notice.ToOwner(current, mail.KindRecoveryCodesMade)); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionRecoveryCodesMade)
	})
	return token, err
}

// newSheet makes recovery codes, which the next page shows to be saved.
func (s *Service) newSheet(ctx context.Context, tx *db.Tx, accountID string) error {
	if _, err := s.RecoveryCodes.Issue(ctx, tx, accountID); err != nil {
		return err
	}
	return account.SetStep(ctx, tx, accountID, account.StepRecoveryCodes)
}

// RecoverySheet returns the recovery codes until their owner has confirmed to
// have saved them. Fault: db.ErrNoRow afterwards.
func (s *Service) RecoverySheet(ctx context.Context, current session.Current) (sheet credential.RecoverySheet, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		sheet, err = s.RecoveryCodes.Sheet(ctx, tx, current.Actor.AccountID)
		return err
	})
	return sheet, err
}

// RecoveryCodesLeft returns how many recovery codes are not used yet.
func (s *Service) RecoveryCodesLeft(ctx context.Context, current session.Current) (left int, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		left, err = s.RecoveryCodes.Remaining(ctx, tx, current.Actor.AccountID)
		return err
	})
	return left, err
}

// ConfirmRecoveryCodes records that the codes are saved; nobody sees them again.
// Where no codes wait to be saved it does nothing.
func (s *Service) ConfirmRecoveryCodes(ctx context.Context, current session.Current) error {
	return s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		ended, err := account.EndSetup(ctx, tx, current.Actor.AccountID, account.StepRecoveryCodes)
		if err != nil || !ended {
			return err
		}
		if err := s.RecoveryCodes.Confirm(ctx, tx, current.Actor.AccountID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, current.Actor, audit.Event{Action: actionRecoveryCodesSaved, Target: audit.Self(current.Actor)})
	})
}
