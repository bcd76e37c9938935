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

const actionSecondFactorOff audit.Action = "second_factor.turned_off"

// MayTurnOffSecondFactor refuses where an organization of the account requires a
// second factor now, and beside a password that is too short to stand alone.
// Faults: ErrOrganizationRequires, ErrPasswordShort.
func (s *Service) MayTurnOffSecondFactor(ctx context.Context, current session.Current) error {
	return s.DB.Read(ctx, func(tx *db.Tx) error { return mayTurnOff(ctx, tx, current.Actor.AccountID) })
}

func mayTurnOff(ctx context.Context, tx *db.Tx, accountID string) error {
	name, err := account.RequiresSecondFactor(ctx, tx, accountID)
	if err != nil {
		return err
	}
	if name != "" {
		return ErrOrganizationRequires.With("Organization", name)
	}
	login, err := account.GetLogin(ctx, tx, accountID)
	if err == nil && login.PasswordShort {
		err = ErrPasswordShort
	}
	return err
}

// TurnOffSecondFactor removes the second factor and its recovery codes.
// Faults: ErrOrganizationRequires, ErrPasswordShort; as ResetSecondFactor.
func (s *Service) TurnOffSecondFactor(ctx context.Context, current session.Current, p FactorProof) (token secret.Token, err error) {
	accountID := current.Actor.AccountID
	if err := s.MayTurnOffSecondFactor(ctx, current); err != nil {
		return secret.Token{}, err
	}
	err = s.withBothFactors(ctx, current, p, func(tx *db.Tx) error {
		if err := mayTurnOff(ctx, tx, accountID); err != nil {
			return err
		}
		if credential.Short(p.Password.Typed) { // which the account may not know: no log-in told it yet
			return ErrPasswordShort
		}
		if err := s.SecondFactors.Remove(ctx, tx, accountID); err != nil {
			return err
		}
		if err := s.RecoveryCodes.Remove(ctx, tx, accountID); err != nil {
			return err
		}
		if err := attempt.SecondFactorReplaced(ctx, tx, accountID); err != nil {
			return err
		}
		if err := account.SetStep(ctx, tx, accountID, account.StepDone); err != nil { // the sheet that was open is gone
			return err
		}
		if token, _, err = account.AfterChange(ctx, tx, current); err != nil {
			return err
		}
		if err := s.Notices.Enqueue(ctx, tx, notice.ToOwner(current, mail.KindSecondFactorOff)); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionSecondFactorOff)
	})
	return token, err
}
