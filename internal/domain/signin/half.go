package signin

import (
	"context"
	"slices"

	"idkit/internal/domain/account"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

// HalfLogin is what the pages between the steps show.
type HalfLogin struct {
	Email        string
	Organization string // the person's only one, or the one last used: whom to ask for help
	session.Half
}

// Half returns a half log-in. Fault: ErrHalfEnded.
func (s *Service) Half(ctx context.Context, halfToken string) (half HalfLogin, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if half.Half, err = session.FindHalf(ctx, tx, s.Kind, halfToken); err != nil {
			return err
		}
		login, err := account.GetLogin(ctx, tx, half.AccountID)
		if err != nil {
			return err
		}
		members, err := account.MembersOf(ctx, tx, half.AccountID)
		if err != nil {
			return err
		}
		half.Email = login.Email
		if len(members) > 0 {
			half.Organization = members[0].OrganizationName
		}
		return nil
	})
	return half, err
}

// CancelHalf ends a half log-in, if there is one.
func (s *Service) CancelHalf(ctx context.Context, halfToken string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error { return session.CancelHalf(ctx, tx, s.Kind, halfToken) })
}

// Choices returns the organizations that a half log-in at that step may go on
// to, the last used one first. Fault: ErrHalfEnded.
func (s *Service) Choices(ctx context.Context, halfToken string) (choices []account.Membership, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		half, err := s.atOrganization(ctx, tx, halfToken)
		if err != nil {
			return err
		}
		choices, err = account.MembersOf(ctx, tx, half.AccountID)
		choices = slices.DeleteFunc(choices, func(m account.Membership) bool { return suspension(m) != nil })
		return err
	})
	return choices, err
}

func (s *Service) atOrganization(ctx context.Context, tx *db.Tx, halfToken string) (session.Half, error) {
	half, err := session.FindHalf(ctx, tx, s.Kind, halfToken)
	if err == nil && half.Step != session.StepOrganization {
		err = ErrHalfEnded
	}
	return half, err
}

// Choose is the choice of an organization.
type Choose struct {
	HalfToken      string
	OrganizationID string
	Browser        Browser
}

// ChooseOrganization starts the session in one of several organizations.
// Faults: ErrHalfEnded, ErrNotMember, ErrSuspended, ErrOrganizationSuspended.
func (s *Service) ChooseOrganization(ctx context.Context, c Choose) (outcome Outcome, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		half, err := s.atOrganization(ctx, tx, c.HalfToken)
		if err != nil {
			return err
		}
		if err := account.HoldTrails(ctx, tx, half.AccountID); err != nil {
			return err
		}
		members, err := account.MembersOf(ctx, tx, half.AccountID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(members, func(m account.Membership) bool { return m.OrganizationID == c.OrganizationID })
		if i < 0 {
			return ErrNotMember
		}
		if err := suspension(members[i]); err != nil {
			return err
		}
		if err := session.UseHalf(ctx, tx, s.Kind, c.HalfToken, session.StepOrganization); err != nil {
			return err
		}
		login, err := account.GetLogin(ctx, tx, half.AccountID)
		if err != nil {
			return err
		}
		outcome, err = s.start(ctx, tx, entrance{login: login, secondFactor: half.SecondFactor, browser: c.Browser}, members[i])
		return err
	})
	return outcome, err
}
