package administration

import (
	"context"
	"strconv"

	"idkit/internal/domain/access"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/person"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
)

// Refusals of an answer to a request.
var (
	// ErrOwnRequest refuses the approval of one's own request: it takes two.
	ErrOwnRequest = fault.New(fault.Forbidden, "administration.own_request")
	// ErrNotAsked refuses the answer of whoever became an Administrator after the
	// request was made.
	ErrNotAsked = fault.New(fault.Forbidden, "administration.not_asked")
)

// AskToResetFactor begins the reset of a user's second factor without a code: it
// waits for a second Administrator, for ApprovalLifetime. The user and all who
// may approve are told at once.
//
// Faults: those of the guard; ErrNotJoined, ErrSetActiveFirst,
// credential.ErrNoSecondFactor, ErrFactorNotHere, ErrNobodyApproves;
// throttle.ErrWait….
func (s *Service) AskToResetFactor(ctx context.Context, actor access.Actor, userID string) (u user.User, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if u, err = resettable(ctx, tx, actor, userID); err != nil {
			return err
		}
		if err := attempt.CountFactorReset(ctx, tx, u.ID, actor.UserID); err != nil {
			return err
		}
		if err := s.askForApproval(ctx, tx, actor, u, false); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionFactorResetAsked, Target: user.Target(u)})
	})
	return u, err
}

// askWithCode goes on after the right code for an Administrator.
func (s *Service) askWithCode(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User) error {
	if err := s.askForApproval(ctx, tx, actor, u, true); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor, audit.Event{Action: actionFactorCodeRight, Target: user.Target(u)})
}

func (s *Service) askForApproval(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, codeProven bool) error {
	others, err := approvers(ctx, tx, u, actor.UserID)
	if err != nil {
		return err
	}
	if len(others) == 0 {
		return nobodyApproves(ctx, tx, u)
	}
	r := FactorReset{id: newFactorResetID(), WaitsFor: WaitsForApproval, CodeProven: codeProven, EndsAt: tx.Now.Add(ApprovalLifetime)}
	for _, other := range others {
		r.askedOf = append(r.askedOf, other.ID)
	}
	if err := s.beginFactorReset(ctx, tx, actor, u, r); err != nil {
		return err
	}
	for _, other := range others {
		told, err := notice.ToUser(ctx, tx, actor, other, mail.KindSecondFactorApproval)
		if err != nil {
			return err
		}
		told.SubjectID, told.Values = u.ID, map[string]string{approvalReset: r.id, "Person": u.Name()}
		if err := s.Notices.Enqueue(ctx, tx, told); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, actor, u, mail.KindSecondFactorResetAsked, nil)
}

// ApproveFactorReset is the second Administrator's yes: it finishes a reset that
// somebody else asked for. The user and who asked are told.
//
// Faults: those of the guard; access.ErrForbidden for whoever is no
// Administrator, ErrOwnRequest, ErrNotAsked; ErrFactorResetGone.
func (s *Service) ApproveFactorReset(ctx context.Context, actor access.Actor, userID string) (out FactorResetOutcome, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		u, r, err := asked(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		out = FactorResetOutcome{User: u, Done: true}
		if out.Ended, err = s.takeFactorAway(ctx, tx, u, r); err != nil {
			return err
		}
		if err := s.tellOfApproval(ctx, tx, actor, u, r); err != nil {
			return err
		}
		details := out.Ended.details()
		details["asked_by"], details["code_read"] = r.AskedBy, strconv.FormatBool(r.CodeProven)
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionFactorResetApproved, Target: user.Target(u), Details: details})
	})
	return out, err
}

// tellOfApproval writes to the user, and to who asked and may be waiting.
func (s *Service) tellOfApproval(ctx context.Context, tx *db.Tx, actor access.Actor, u user.User, r FactorReset) error {
	told, err := notice.ToUser(ctx, tx, actor, u, mail.KindSecondFactorResetApproved)
	if err != nil {
		return err
	}
	told.Who, told.Values = r.AskedBy, map[string]string{"Approver": actor.Name}
	if err := s.Notices.Enqueue(ctx, tx, told); err != nil {
		return err
	}
	asker, err := user.Find(ctx, tx, u.OrganizationID, r.AskedByID)
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, actor, asker, mail.KindSecondFactorRequestApproved, map[string]string{"Approver": actor.Name, "Person": u.Name()})
}

// RefuseFactorReset is the second Administrator's no. The reason may be empty;
// administrators see it. It returns the name of who had asked.
//
// Faults: as ApproveFactorReset, and field reason.
func (s *Service) RefuseFactorReset(ctx context.Context, actor access.Actor, userID, reason string) (asker string, err error) {
	if reason, err = person.CheckReason(reason); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		u, r, err := asked(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		asker = r.AskedBy
		if err := endFactorReset(ctx, tx, u, r); err != nil {
			return err
		}
		details := map[string]string{"asked_by": r.AskedBy}
		if reason != "" {
			details["reason"] = reason
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionFactorResetRefused, Target: user.Target(u), Details: details})
	})
	return asker, err
}

// WithdrawFactorReset takes back a reset that the actor began.
// Faults: those of the guard; ErrFactorResetGone, also where somebody else began it.
func (s *Service) WithdrawFactorReset(ctx context.Context, actor access.Actor, userID string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		u, err := subject(ctx, tx, actor, access.UsersResetPassword, userID)
		if err != nil {
			return err
		}
		r, err := openFactorReset(ctx, tx, u)
		if err == nil && r.AskedByID != actor.UserID {
			err = ErrFactorResetGone
		}
		if err != nil {
			return err
		}
		if err := endFactorReset(ctx, tx, u, r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionFactorResetWithdrawn, Target: user.Target(u)})
	})
}

// asked opens the answer of a second Administrator to a request.
// Faults: those of resettable; access.ErrForbidden, ErrOwnRequest, ErrNotAsked,
// ErrFactorResetGone.
func asked(ctx context.Context, tx *db.Tx, actor access.Actor, userID string) (user.User, FactorReset, error) {
	u, err := resettable(ctx, tx, actor, userID)
	if err != nil {
		return user.User{}, FactorReset{}, err
	}
	answers, err := user.Find(ctx, tx, u.OrganizationID, actor.UserID)
	if err != nil {
		return user.User{}, FactorReset{}, err
	}
	if !isAdministrator(answers) {
		return user.User{}, FactorReset{}, access.ErrForbidden
	}
	r, err := openFactorReset(ctx, tx, u)
	switch {
	case err != nil:
	case r.WaitsFor != WaitsForApproval:
		err = ErrFactorResetGone
	case r.AskedByID == actor.UserID:
		err = ErrOwnRequest
	case !r.AskedOf(actor.UserID):
		err = ErrNotAsked
	}
	return u, r, err
}
