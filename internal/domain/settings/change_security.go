package settings

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/organization"
	"idkit/internal/domain/profile"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
)

const actionSecurityChanged audit.Action = "settings.security_changed"

// ChangeSecurity lays down a policy, if the present one is still what was
// reviewed. It holds from the next request of each of the people on. Sessions
// beyond shorter limits end, and whoever must now set a second factor up is
// written to. It needs a fresh proof.
//
// Faults: profile.ErrConfirmFirst; those of session.Authorize and
// ReviewSecurity; ErrChanged.
func (s *Service) ChangeSecurity(ctx context.Context, current session.Current, reviewed string, draft organization.Policy) (c SecurityChange, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if !profile.Fresh(current, tx.Now) {
			return profile.ErrConfirmFirst
		}
		actor, err := session.Authorize(ctx, tx, current.Actor, access.SettingsEdit)
		if err != nil {
			return err
		}
		if c, err = changeOf(ctx, tx, actor, draft); err != nil {
			return err
		}
		if c.Revision != reviewed {
			return ErrChanged
		}
		if err := s.layDown(ctx, tx, actor, c); err != nil {
			return err
		}
		about, err := target(ctx, tx, actor.OrganizationID)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor, audit.Event{Action: actionSecurityChanged, Target: about, Details: c.details()})
	})
	return c, err
}

// layDown stores the policy with what follows from it at once.
func (s *Service) layDown(ctx context.Context, tx *db.Tx, actor access.Actor, c SecurityChange) error {
	if err := organization.SetPolicy(ctx, tx, actor.OrganizationID, c.After); err != nil {
		return err
	}
	over := c.After
	over.Idle, over.Session = min(c.Before.Idle, c.After.Idle), min(c.Before.Session, c.After.Session)
	if err := session.EndOver(ctx, tx, actor.OrganizationID, over); err != nil {
		return err
	}
	if c.Before.SecondFactor == c.After.SecondFactor && c.Before.From.Equal(c.After.From) {
		return nil // letters about it go on
	}
	if err := planReminder(ctx, tx, actor.OrganizationID, c.After); err != nil || !c.tells() {
		return err
	}
	return s.beginToTell(ctx, tx, actor.OrganizationID, noticeOf(tx.Now, c.After))
}
