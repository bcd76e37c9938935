package settings

import (
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/domain/person"
	"idkit/internal/platform/fault"
)

// Refusals of a security policy.
var (
	ErrRequirement     = fault.New(fault.Invalid, "settings.requirement_missing")
	ErrDateMissing     = fault.New(fault.Invalid, "settings.date_missing")
	ErrDatePast        = fault.New(fault.Invalid, "settings.date_past")
	ErrDateFar         = fault.New(fault.Invalid, "settings.date_far")
	ErrPasswordMinimum = fault.New(fault.Invalid, "settings.password_minimum").With("Minimum", organization.MinPassword).With("Maximum", organization.MaxPasswordMinimum)
	// ErrPasswordNeedsFactor refuses a short password that stands alone.
	ErrPasswordNeedsFactor = fault.New(fault.Invalid, "settings.password_needs_factor").With("Minimum", organization.MinPassword)
	ErrIdle                = fault.New(fault.Invalid, "settings.idle").With("Minimum", int(organization.MinIdle/time.Minute)).With("Maximum", int(organization.MaxIdle/time.Minute))
	ErrSession             = fault.New(fault.Invalid, "settings.session").With("Minimum", int(organization.MinSession/time.Hour)).With("Maximum", int(organization.MaxSession/time.Hour))
	ErrInvitation          = fault.New(fault.Invalid, "settings.invitation")
)

// farthest is how far ahead a requirement may begin.
const farthest = 366 * 24 * time.Hour

// judge brings a draft into bounds or says which fields are beyond them.
func judge(now time.Time, before, draft organization.Policy) (organization.Policy, error) {
	var bad person.Fields
	after := draft
	switch draft.SecondFactor {
	case organization.Recommended:
		after.From = time.Time{}
	case organization.RequiredForAdministrators, organization.RequiredForAll:
		if refusal := judgeDate(now, before, draft); refusal != nil {
			bad.Add("from", refusal)
		}
	default:
		bad.Add("second_factor", ErrRequirement)
	}
	minimum, refusal := judgePassword(before, draft)
	if refusal != nil {
		bad.Add("password", refusal)
	}
	after.Password = minimum
	for _, limit := range []struct {
		field                     string
		chosen, least, most, unit time.Duration
		refusal                   *fault.Fault
	}{
		{"idle", draft.Idle, organization.MinIdle, organization.MaxIdle, time.Minute, ErrIdle},
		{"session", draft.Session, organization.MinSession, organization.MaxSession, time.Minute, ErrSession},
		{"invitation", draft.Invitation, organization.MinInvitation, organization.MaxInvitation, time.Hour, ErrInvitation},
	} {
		if limit.chosen < limit.least || limit.chosen > limit.most || limit.chosen%limit.unit != 0 {
			bad.Add(limit.field, limit.refusal)
		}
	}
	return after, bad.Fault()
}

// judgePassword returns the least length of passwords. Where a second factor is
// not required of all, some passwords stand alone and must be longer: a short
// minimum that was good beside a factor goes back to that by itself.
func judgePassword(before, draft organization.Policy) (minimum int, refusal *fault.Fault) {
	alone := draft.SecondFactor != organization.RequiredForAll
	switch {
	case draft.Password > organization.MaxPasswordMinimum || draft.Password < organization.MinPasswordWithSecondFactor:
		least := organization.MinPasswordWithSecondFactor
		if alone {
			least = organization.MinPassword
		}
		return draft.Password, ErrPasswordMinimum.With("Minimum", least)
	case !alone || draft.Password >= organization.MinPassword:
		return draft.Password, nil
	case before.SecondFactor == organization.RequiredForAll && draft.Password == before.Password:
		return organization.MinPassword, nil
	}
	return draft.Password, ErrPasswordNeedsFactor
}

// judgeDate refuses a day that has gone, unless the requirement holds since then.
func judgeDate(now time.Time, before, draft organization.Policy) *fault.Fault {
	today := now.UTC().Truncate(24 * time.Hour)
	switch {
	case draft.From.IsZero():
		return ErrDateMissing
	case draft.From.Before(today) && !draft.From.Equal(before.From):
		return ErrDatePast
	case draft.From.After(now.Add(farthest)):
		return ErrDateFar
	}
	return nil
}
