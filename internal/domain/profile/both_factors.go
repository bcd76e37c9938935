package profile

import (
	"cmp"
	"context"
	"strings"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// FactorProof is what replacing or removing a second factor asks for.
type FactorProof struct {
	Password proof.Password
	Code     string // from the authenticator, or a recovery code; empty where NeedsCode says no
}

// NeedsCode reports whether a code is asked for beside the password: none was
// proven with the log-in within ProofLifetime.
func NeedsCode(current session.Current, now time.Time) bool {
	return !current.SecondFactorProven || !now.Before(current.CreatedAt.Add(ProofLifetime))
}

func (s *Service) requireSecondFactor(ctx context.Context, tx *db.Tx, accountID string) error {
	on, err := s.SecondFactors.Enabled(ctx, tx, accountID)
	if err == nil && !on {
		err = credential.ErrNoSecondFactor
	}
	return err
}

// withBothFactors proves the password and, where it is needed, a code, and then
// acts, in the transaction that uses the code up.
func (s *Service) withBothFactors(ctx context.Context, current session.Current, p FactorProof, act func(*db.Tx) error) error {
	accountID := current.Actor.AccountID
	var needsCode bool
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		needsCode = NeedsCode(current, tx.Now)
		return s.requireSecondFactor(ctx, tx, accountID)
	})
	if err != nil {
		return err
	}
	if needsCode && strings.TrimSpace(p.Code) == "" {
		return fault.InvalidFields(credential.ErrCodeMissing.At("code"))
	}
	right, err := s.Proofs.Password(ctx, current, p.Password)
	if err != nil {
		return err
	}
	var step proof.Tried
	if needsCode {
		if step, err = s.countCode(ctx, current, p.Code); err != nil {
			// The password was right: a stopped code is no failure of it.
			return cmp.Or(s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error { return right.Hold(ctx, tx) }), err)
		}
	}
	var refusal error
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		refusal = nil
		if err := right.Hold(ctx, tx); err != nil {
			return err
		}
		if !needsCode {
			if err := s.requireSecondFactor(ctx, tx, accountID); err != nil {
				return err
			}
			return act(tx)
		}
		_, err := step.Check(ctx, tx)
		if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
			refusal = fault.InvalidFields(f.At("code"))
			return account.RecordOwn(ctx, tx, current.Actor, step.Refused)
		}
		if err != nil {
			return err
		}
		if err := step.Succeed(ctx, tx); err != nil {
			return err
		}
		if err := act(tx); err != nil || step.Used == "" {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, step.Used)
	})
	return cmp.Or(err, refusal)
}

// countCode counts the code of somebody logged in. It counts with the log-in's.
func (s *Service) countCode(ctx context.Context, current session.Current, typed string) (tried proof.Tried, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		tried, err = s.Proofs.StepFor(typed).Count(ctx, tx, current.Actor.AccountID, current.Actor.Origin.Address, typed)
		return err
	})
	return tried, err
}
