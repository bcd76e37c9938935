package signin

import (
	"context"
	"errors"
	"slices"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/session"
	"idkit/internal/domain/user"
	"idkit/internal/platform/db"
)

// entrance is somebody who has proven what there is to prove.
type entrance struct {
	login        account.Login
	secondFactor bool
	browser      Browser
}

// enter starts the session, or the choice of the organization where there are
// several. The refusal is a suspension, which is told after the transaction has
// committed what was used up on the way to it.
func (s *Service) enter(ctx context.Context, tx *db.Tx, e entrance) (outcome Outcome, refusal, err error) {
	members, err := account.MembersOf(ctx, tx, e.login.AccountID)
	if err != nil {
		return Outcome{}, nil, err
	}
	open := slices.DeleteFunc(slices.Clone(members), func(m account.Membership) bool { return suspension(m) != nil })
	switch {
	case len(members) == 0:
		return Outcome{}, ErrIncorrect, nil
	case len(open) == 0:
		return Outcome{}, suspension(members[0]), recordRefused(ctx, tx, members, e.browser.Origin)
	case len(open) == 1:
		outcome, err = s.start(ctx, tx, e, open[0])
		return outcome, nil, err
	}
	half, err := session.StartHalf(ctx, tx, session.NewHalf{
		AccountID: e.login.AccountID, Step: session.StepOrganization, SecondFactor: e.secondFactor,
	})
	return Outcome{Half: &half}, nil, err
}

// suspension says why a membership lets nobody in, or nil.
func suspension(m account.Membership) error {
	switch {
	case m.OrganizationSuspended:
		return ErrOrganizationSuspended.With("Organization", m.OrganizationName)
	case m.Status != user.Active:
		return ErrSuspended.With("Organization", m.OrganizationName)
	}
	return nil
}

// start is the last step of every way in.
func (s *Service) start(ctx context.Context, tx *db.Tx, e entrance, m account.Membership) (Outcome, error) {
	started, err := session.Start(ctx, tx, session.New{
		OrganizationID: m.OrganizationID, UserID: m.UserID, AccountID: e.login.AccountID,
		SecondFactor: e.secondFactor, Origin: e.browser.Origin,
	})
	switch {
	case errors.Is(err, session.ErrSuspended): // since MembersOf
		return Outcome{}, ErrSuspended.With("Organization", m.OrganizationName)
	case errors.Is(err, session.ErrOrganizationSuspended):
		return Outcome{}, ErrOrganizationSuspended.With("Organization", m.OrganizationName)
	case err != nil:
		return Outcome{}, err
	}
	if _, known := s.KnownBrowsers.Recognize(e.browser.Known, e.login.AccountID, e.login.PasswordSince); !known {
		if err := s.tellNewDevice(ctx, tx, e.login, m, started.ID); err != nil {
			return Outcome{}, err
		}
	}
	actor := access.Actor{
		Kind: s.Kind.Actors(), OrganizationID: m.OrganizationID, UserID: m.UserID, AccountID: e.login.AccountID,
		SessionID: started.ID, Name: m.FullName, Origin: e.browser.Origin,
	}
	if err := recordLoggedIn(ctx, tx, actor, e.secondFactor); err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Session:      &started,
		KnownBrowser: s.KnownBrowsers.Remember(e.browser.Known, e.login.AccountID),
	}, nil
}
