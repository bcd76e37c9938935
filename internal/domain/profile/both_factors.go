package profile

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode"

	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/throttle"
)

const (
	actionCodeRefused         audit.Action = "second_factor.code_refused"
	actionRecoveryCodeRefused audit.Action = "recovery_code.refused"
	actionRecoveryCodeUsed    audit.Action = "recovery_code.used"
)

// FactorProof is what replacing or removing a second factor asks for.
type FactorProof struct {
	Proof
	Code string // from the authenticator, or a recovery code; empty where NeedsCode says no
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
	right, err := s.prove(ctx, current, p.Proof)
	if err != nil {
		return err
	}
	step := secondStep{service: s, current: current, typed: p.Code}
	if needsCode {
		if err := step.count(ctx); err != nil {
			// The password was right: a stopped code is no failure of it.
			return cmp.Or(s.write(ctx, current, func(tx *db.Tx) error { return right.hold(ctx, tx) }), err)
		}
	}
	var refusal error
	err = s.write(ctx, current, func(tx *db.Tx) error {
		refusal = nil
		if err := right.hold(ctx, tx); err != nil {
			return err
		}
		if needsCode {
			if refusal, err = step.check(ctx, tx); err != nil || refusal != nil {
				return err
			}
		} else if err := s.requireSecondFactor(ctx, tx, accountID); err != nil {
			return err
		}
		if err := act(tx); err != nil || !needsCode || !step.recovery() {
			return err
		}
		return recordOwn(ctx, tx, current.Actor, actionRecoveryCodeUsed)
	})
	return cmp.Or(err, refusal)
}

// secondStep is the code of somebody logged in. It counts with the log-in's.
type secondStep struct {
	service *Service
	current session.Current
	typed   string
	begun   throttle.Attempt
}

// recovery tells the long recovery codes from the six digits.
func (st *secondStep) recovery() bool {
	const digitsOfCode = 6
	signs := 0
	for _, r := range st.typed {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			signs++
		}
	}
	return signs > digitsOfCode
}

func (st *secondStep) count(ctx context.Context) error {
	count := attempt.CountCode
	if st.recovery() {
		count = attempt.CountRecoveryCode
	}
	return st.service.DB.Write(ctx, func(tx *db.Tx) (err error) {
		st.begun, err = count(ctx, tx, st.current.Actor.AccountID, st.current.Actor.Origin.Address)
		return err
	})
}

// check uses the code up. The refusal of a wrong one is told after its line in
// the trail is committed.
func (st *secondStep) check(ctx context.Context, tx *db.Tx) (refusal, err error) {
	accountID, refused := st.current.Actor.AccountID, actionCodeRefused
	if st.recovery() {
		refused = actionRecoveryCodeRefused
		_, err = st.service.RecoveryCodes.Use(ctx, tx, accountID, st.typed)
	} else {
		err = st.service.SecondFactors.Check(ctx, tx, accountID, st.typed)
	}
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		return fault.InvalidFields(f.At("code")), recordOwn(ctx, tx, st.current.Actor, refused)
	}
	if err != nil {
		return nil, err
	}
	return nil, st.begun.Succeed(ctx, tx)
}
