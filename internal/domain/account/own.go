package account

import (
	"context"

	"idkit/internal/domain/access"
	"idkit/internal/domain/audit"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

// WriteOwn carries out an act of somebody on their own account, in their session,
// which stays open until it is done. Faults: those of session.Recheck.
func (s *Service) WriteOwn(ctx context.Context, current session.Current, act func(tx *db.Tx) error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := HoldTrails(ctx, tx, current.Actor.AccountID); err != nil {
			return err
		}
		if _, err := session.Recheck(ctx, tx, current.Actor); err != nil {
			return err
		}
		return act(tx)
	})
}

// RecordOwn writes what people do to their own account to the trail of each
// organization that relies on it.
func RecordOwn(ctx context.Context, tx *db.Tx, actor access.Actor, action audit.Action) error {
	members, err := MembersOf(ctx, tx, actor.AccountID)
	if err != nil {
		return err
	}
	return RecordEverywhere(ctx, tx, members, actor, audit.Event{Action: action})
}

// AfterChange ends what was opened with the old credentials: the other sessions
// and every pending link of the account. This session gets a new token. It
// returns how many other sessions it ended.
func AfterChange(ctx context.Context, tx *db.Tx, current session.Current) (token secret.Token, ended int, err error) {
	if ended, err = session.EndOthers(ctx, tx, current.Actor.AccountID, current.SessionID); err != nil {
		return secret.Token{}, 0, err
	}
	if err := VoidPending(ctx, tx, current.Actor.AccountID); err != nil {
		return secret.Token{}, 0, err
	}
	token, err = session.Rotate(ctx, tx, current.SessionID)
	return token, ended, err
}

// AfterChangeHere is AfterChange that leaves the other sessions, which their
// owner wants to keep. Half log-ins go: they were begun with the old credentials.
func AfterChangeHere(ctx context.Context, tx *db.Tx, current session.Current) (secret.Token, error) {
	if err := session.EndHalves(ctx, tx, current.Actor.AccountID); err != nil {
		return secret.Token{}, err
	}
	if err := VoidPending(ctx, tx, current.Actor.AccountID); err != nil {
		return secret.Token{}, err
	}
	return session.Rotate(ctx, tx, current.SessionID)
}
