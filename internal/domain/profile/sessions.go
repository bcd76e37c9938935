package profile

import (
	"context"
	"slices"

	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
)

// ErrSessionGone says that a session has ended already; it is also the answer
// for somebody else's.
var ErrSessionGone = fault.New(fault.NotFound, "profile.session_gone")

const (
	actionSessionEnded       audit.Action = "session.ended"
	actionOtherSessionsEnded audit.Action = "session.others_ended"
)

// Sessions returns where a person is logged in, the session that asks first.
func (s *Service) Sessions(ctx context.Context, current session.Current) (all []session.Listed, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err = sessionsOf(ctx, tx, current)
		return err
	})
	return all, err
}

func sessionsOf(ctx context.Context, tx *db.Tx, current session.Current) ([]session.Listed, error) {
	live, err := session.List(ctx, tx, current.Actor.AccountID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(live, func(l session.Listed) bool { return l.ID == current.SessionID })
	if i < 0 {
		return live, nil
	}
	here := live[i]
	return slices.Insert(slices.Delete(live, i, i+1), 0, here), nil
}

// EndSession logs a person out at one place and returns which it was.
// Fault: ErrSessionGone.
func (s *Service) EndSession(ctx context.Context, current session.Current, sessionID string) (ended session.Listed, err error) {
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		live, err := session.List(ctx, tx, current.Actor.AccountID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(live, func(l session.Listed) bool { return l.ID == sessionID })
		if i < 0 {
			return ErrSessionGone
		}
		ended = live[i]
		if err := session.End(ctx, tx, sessionID, session.Ended); err != nil {
			return err
		}
		return audit.Record(ctx, tx, current.Actor, audit.Event{
			Action: actionSessionEnded, Target: audit.Self(current.Actor), Details: map[string]string{"session": sessionID},
		})
	})
	return ended, err
}

// EndOtherSessions logs a person out everywhere but here, half log-ins
// included, and returns at how many places.
func (s *Service) EndOtherSessions(ctx context.Context, current session.Current) (ended int, err error) {
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if ended, err = session.EndOthers(ctx, tx, current.Actor.AccountID, current.SessionID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, current.Actor, audit.Event{Action: actionOtherSessionsEnded, Target: audit.Self(current.Actor)})
	})
	return ended, err
}
