package profile

import (
	"context"
	"time"

	"idkit/internal/domain/account"
	"idkit/internal/domain/attempt"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/credential"
	"idkit/internal/domain/notice"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/mail"
	"idkit/internal/platform/secret"
	"idkit/internal/platform/throttle"
)

const (
	actionSecondFactorOn      audit.Action = "second_factor.turned_on"
	actionSecondFactorReset   audit.Action = "second_factor.reset"
	actionSecondFactorSkipped audit.Action = "second_factor.skipped"
)

// enrolmentTries bounds the codes typed while a second factor is set up.
var enrolmentTries = throttle.Rule{Short: throttle.Window{Max: 20, Length: 15 * time.Minute}}

// ErrSecondFactorOn refuses a set-up beside a second factor in force: it is
// replaced by ResetSecondFactor, which asks for it, and in no other way.
var ErrSecondFactorOn = fault.New(fault.Conflict, "profile.second_factor_on")

// Refusals to go without a second factor.
var (
	// ErrSecondFactorRequired refuses to put one off that an administrator has reset.
	ErrSecondFactorRequired = fault.New(fault.Conflict, "profile.second_factor_required")
	// ErrOrganizationRequires refuses where an organization requires one. Params: Organization.
	ErrOrganizationRequires = fault.New(fault.Conflict, "profile.organization_requires")
	// ErrPasswordShort refuses where the password would be too short alone.
	ErrPasswordShort = fault.New(fault.Conflict, "profile.password_short").With("Minimum", organization.MinPassword)
)

// mayEnrol refuses a set-up where there is a second factor already, except in
// the session whose owner proved both factors to replace it. Beyond the first
// set-up it wants a fresh proof: a stranger at an open session could otherwise
// lock its owner out with an authenticator of their own.
func (s *Service) mayEnrol(ctx context.Context, tx *db.Tx, current session.Current) (replacing bool, err error) {
	replacing, err = s.SecondFactors.Enabled(ctx, tx, current.Actor.AccountID)
	if err == nil && !replacing && account.SetupStep(current.SetupStep) == account.StepDone && !Fresh(current, tx.Now) {
		err = ErrConfirmFirst
	}
	if err != nil || !replacing {
		return false, err
	}
	permitted, err := session.MayResetFactor(ctx, tx, current.SessionID)
	if err == nil && !permitted {
		err = ErrSecondFactorOn
	}
	return true, err
}

// BeginSecondFactor starts the set-up of a second factor, or returns the one
// under way: its key stays the same for 30 minutes.
// Faults: ErrSecondFactorOn, ErrConfirmFirst.
func (s *Service) BeginSecondFactor(ctx context.Context, current session.Current) (enrolment credential.Enrolment, err error) {
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if _, err := s.mayEnrol(ctx, tx, current); err != nil {
			return err
		}
		enrolment, err = s.SecondFactors.Begin(ctx, tx, current.Actor.AccountID, current.SessionID)
		return err
	})
	return enrolment, err
}

// Enrolment returns the set-up under way.
// Faults: credential.ErrEnrolmentExpired, ErrSecondFactorOn, ErrConfirmFirst.
func (s *Service) Enrolment(ctx context.Context, current session.Current) (enrolment credential.Enrolment, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := s.mayEnrol(ctx, tx, current); err != nil {
			return err
		}
		enrolment, err = s.SecondFactors.Enrolment(ctx, tx, current.Actor.AccountID, current.SessionID)
		return err
	})
	return enrolment, err
}

// ConfirmSecondFactor turns the second factor on once a code proves it, or puts
// it in the place of the one before, makes recovery codes, ends the account's
// other sessions and links, and returns a new token for this one.
//
// Faults: credential.ErrEnrolmentExpired, ErrCodeMissing, ErrEnrolmentCodeWrong,
// ErrCodeUsed, ErrClockSlow, ErrClockFast; ErrSecondFactorOn, ErrConfirmFirst; throttled.
func (s *Service) ConfirmSecondFactor(ctx context.Context, current session.Current, code string) (token secret.Token, err error) {
	if err := s.Throttle.Reserve(ctx, throttle.Claim{Key: "enrolment:" + current.Actor.AccountID, Rule: enrolmentTries}); err != nil {
		return secret.Token{}, err
	}
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		replacing, err := s.mayEnrol(ctx, tx, current)
		if err != nil {
			return err
		}
		if err := s.SecondFactors.Confirm(ctx, tx, current.Actor.AccountID, current.SessionID, code); err != nil {
			return err
		}
		if token, err = s.protected(ctx, tx, current); err != nil {
			return err
		}
		kind, action := mail.KindSecondFactorOn, actionSecondFactorOn
		if replacing {
			kind, action = mail.KindSecondFactorReset, actionSecondFactorReset
		}
		if err := s.Notices.Enqueue(ctx, tx, notice.ToOwner(current, kind)); err != nil {
			return err
		}
		return account.RecordOwn(ctx, tx, current.Actor, action)
	})
	return token, err
}

// protected is what follows a new second factor.
func (s *Service) protected(ctx context.Context, tx *db.Tx, current session.Current) (secret.Token, error) {
	accountID := current.Actor.AccountID
	if err := attempt.SecondFactorReplaced(ctx, tx, accountID); err != nil {
		return secret.Token{}, err
	}
	if err := s.newSheet(ctx, tx, accountID); err != nil {
		return secret.Token{}, err
	}
	if err := session.EndFactorReset(ctx, tx, current.SessionID); err != nil {
		return secret.Token{}, err
	}
	token, _, err := account.AfterChange(ctx, tx, current)
	if err != nil {
		return secret.Token{}, err
	}
	return token, session.MarkSecondFactor(ctx, tx, current.SessionID)
}

// SkipSecondFactor is "Not now": the set-up ends without a second factor.
// Faults: ErrSecondFactorRequired, ErrOrganizationRequires.
func (s *Service) SkipSecondFactor(ctx context.Context, current session.Current) error {
	if current.SecondFactorDue {
		return ErrOrganizationRequires.With("Organization", current.OrganizationName)
	}
	if account.SetupStep(current.SetupStep) == account.StepSecondFactorAgain {
		return ErrSecondFactorRequired
	}
	return s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		ended, err := account.EndSetup(ctx, tx, current.Actor.AccountID, account.StepSecondFactor)
		if err != nil || !ended {
			return err
		}
		return audit.Record(ctx, tx, current.Actor, audit.Event{Action: actionSecondFactorSkipped, Target: audit.Self(current.Actor)})
	})
}
