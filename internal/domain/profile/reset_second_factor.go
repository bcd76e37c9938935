package profile

import (
	"context"

	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

const actionSecondFactorResetBegun audit.Action = "second_factor.reset_begun"

// ResetSecondFactor begins a new second factor after both present factors were
// proven. The old one stays in force until ConfirmSecondFactor proves the new
// one, which this session alone may do, within credential.EnrolmentLifetime. The
// session gets a new token.
//
// Faults: credential.ErrNoSecondFactor; fields password and code (as
// ConfirmItsYou; credential.ErrCode…, ErrRecoveryCode…); throttle.ErrWait…,
// attempt.ErrPasswordStopped, ErrCodeStopped, ErrRecoveryCodeStopped;
// session.ErrEnded; credential.ErrBusy.
func (s *Service) ResetSecondFactor(ctx context.Context, current session.Current, p FactorProof) (token secret.Token, err error) {
	err = s.withBothFactors(ctx, current, p, func(tx *db.Tx) error {
		if err := s.SecondFactors.Abandon(ctx, tx, current.Actor.AccountID); err != nil {
			return err
		}
		if err := session.PermitFactorReset(ctx, tx, current.SessionID, tx.Now.Add(credential.EnrolmentLifetime)); err != nil {
			return err
		}
		if _, err := s.SecondFactors.Begin(ctx, tx, current.Actor.AccountID, current.SessionID); err != nil {
			return err
		}
		if token, err = session.Rotate(ctx, tx, current.SessionID); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, actionSecondFactorResetBegun)
	})
	return token, err
}
