package administration

import (
	"context"
	"errors"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// codeTries is how often one code may be typed; then it is void.
const codeTries = 5

// Refusals about the code.
var (
	ErrCodeNeedsMail = fault.New(fault.Conflict, "administration.code_needs_mail")
	// ErrCodeVoid is the answer to the last wrong try.
	ErrCodeVoid = fault.New(fault.Conflict, "administration.code_void")
)

// SendFactorCode begins the reset of a user's second factor, or begins it anew:
// a code is mailed to the user, who reads it out to this administrator. So nobody
// resets the second factor of somebody who did not ask. The code is made when the
// letter leaves, and works for CodeLifetime from now.
//
// Faults: those of the guard; ErrNotJoined, ErrSetActiveFirst,
// credential.ErrNoSecondFactor, ErrFactorNotHere; ErrNobodyApproves where the
// code alone is not enough; ErrCodeNeedsMail; throttle.ErrWait….
func (s *Service) SendFactorCode(ctx context.Context, actor access.Actor, userID string) (u user.User, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = resettable(ctx, tx, actor, userID); err != nil {
			return err
		}
		if !s.Outbox.Ready() {
			return ErrCodeNeedsMail
		}
		if isAdministrator(u) {
			others, err := approvers(ctx, tx, u, actor.UserID)
			if err == nil && len(others) == 0 {
				err = nobodyApproves(ctx, tx, u)
			}
			if err != nil {
				return err
			}
		}
		if err := attempt.CountFactorReset(ctx, tx, u.ID, actor.UserID); err != nil {
			return err
		}
		r := FactorReset{id: newFactorResetID(), WaitsFor: WaitsForCode, EndsAt: tx.Now.Add(CodeLifetime)}
		letterID, err := s.mailCode(ctx, tx, actor, u, r.id)
		if err != nil {
			return err
		}
		r.letterID = &letterID
		if err := s.beginFactorReset(ctx, tx, actor, u, r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionFactorCodeSent, Target: user.Target(u)})
	})
	return u, err
}

// FactorResetOutcome is what a step of a reset led to.
type FactorResetOutcome struct {
	User  user.User
	Done  bool // the second factor is gone; otherwise a second Administrator has to approve
	Ended Endings
}

// ConfirmFactorCode takes the code that the user read out. The right one finishes
// the reset, or, for an Administrator, asks a second one to approve it. Each try
// counts; with the last wrong one the reset is over. Of parallel tries exactly
// one succeeds.
//
// Faults: those of the guard; ErrFactorResetGone, also for a reset that somebody
// else began; field code (credential.ErrSpokenCode…); ErrCodeVoid.
func (s *Service) ConfirmFactorCode(ctx context.Context, actor access.Actor, userID, typed string) (out FactorResetOutcome, err error) {
	var refusal error
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		out, refusal = FactorResetOutcome{}, nil
		u, err := resettable(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		out.User = u
		r, err := openFactorReset(ctx, tx, u)
		if err == nil && (r.WaitsFor != WaitsForCode || r.AskedByID != actor.UserID) {
			err = ErrFactorResetGone
		}
		if err != nil {
			return err
		}
		err = s.SpokenCodes.Check(r.codeHash, r.id, typed)
		switch {
		case errors.Is(err, credential.ErrSpokenCodeMissing):
			return fault.InvalidFields(credential.ErrSpokenCodeMissing.At("code"))
		case errors.Is(err, credential.ErrSpokenCodeWrong):
			refusal, err = wrongCode(ctx, tx, actor, u, r)
			return err
		case err != nil:
			return err
		case isAdministrator(u):
			return s.askWithCode(ctx, tx, actor, u)
		}
		out.Done = true
		out.Ended, err = s.resetByCode(ctx, tx, actor, u, r)
		return err
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

// wrongCode counts a wrong try, which is told after the transaction has
// committed. With the last one the reset is over.
func wrongCode(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, r FactorReset) (refusal, err error) {
	r.tries++
	refusal = fault.InvalidFields(credential.ErrSpokenCodeWrong.At("code"))
	if r.tries >= codeTries {
		refusal, err = ErrCodeVoid, endFactorReset(ctx, tx, u, r)
	} else {
		_, err = tx.Exec(ctx, `UPDATE second_factor_resets SET tries = $4 WHERE organization_id = $1 AND user_id = $2 AND id = $3`,
			u.OrganizationID, u.ID, r.id, r.tries)
	}
	if err != nil {
		return nil, err
	}
	return refusal, audit.Record(ctx, tx, actor, audit.Event{
		Action: actionFactorCodeWrong, Target: user.Target(u), Details: map[string]string{"tries": strconv.Itoa(r.tries)},
	})
}

func (s *Service) resetByCode(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, r FactorReset) (Endings, error) {
	ended, err := s.takeFactorAway(ctx, tx, u, r)
	if err != nil {
		return Endings{}, err
	}
	if err := s.tell(ctx, tx, actor, u, mail.KindSecondFactorResetByAdministrator, nil); err != nil {
		return Endings{}, err
	}
	return ended, audit.Record(ctx, tx, actor, audit.Event{Action: actionFactorResetByCode, Target: user.Target(u), Details: ended.details()})
}
