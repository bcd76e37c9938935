package signin

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/account"
	"idkit/internal/domain/audit"
	"idkit/internal/platform/db"
)

// What goes into the audit trail.
const (
	actionLoggedIn     audit.Action = "user.logged_in"
	actionLogInFailed  audit.Action = "user.log_in_failed"  // the password was wrong
	actionLogInRefused audit.Action = "user.log_in_refused" // everything was right, and the user is suspended
	actionLoggedOut    audit.Action = "user.logged_out"
	actionDisowned     audit.Action = "session.disowned"
)

func recordLoggedIn(ctx context.Context, tx *db.Tx, actor access.Actor, secondFactor bool) error {
	details := map[string]string{"second_factor": "no"}
	if secondFactor {
		details["second_factor"] = "yes"
	}
	return audit.Record(ctx, tx, actor, audit.Event{Action: actionLoggedIn, Target: audit.Self(actor), Details: details})
}

// incorrect records a wrong password and returns ErrIncorrect. Somebody's
// organizations see it in their trails. An address without an account goes to
// the installation's.
func (s *Service) incorrect(ctx context.Context, who candidate, origin access.Origin) error {
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		members, err := account.MembersOf(ctx, tx, who.AccountID)
		if err != nil {
			return err
		}
		if len(members) > 0 {
			return recordEverywhere(ctx, tx, members, actionLogInFailed, origin)
		}
		return audit.Record(ctx, tx, access.Visitor(origin), audit.Event{
			OrganizationID: audit.InstallationTrail, Action: actionLogInFailed, Target: account.StrangerTarget(who.emailKey),
		})
	})
	if err != nil {
		return err
	}
	return ErrIncorrect
}

func recordRefused(ctx context.Context, tx *db.Tx, members []account.Membership, origin access.Origin) error {
	return recordEverywhere(ctx, tx, members, actionLogInRefused, origin)
}

// recordEverywhere writes what a stranger did to the trail of each organization.
func recordEverywhere(ctx context.Context, tx *db.Tx, members []account.Membership, action audit.Action, origin access.Origin) error {
	return account.RecordEverywhere(ctx, tx, members, access.Visitor(origin), audit.Event{Action: action})
}
