package profile

import (
	"context"

	"idkit/internal/domain/account"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/secret"
)

// afterCredentialChange ends what was opened with the old credentials: the other
// sessions and every pending link of the account. This session gets a new token.
// It returns how many other sessions it ended.
func afterCredentialChange(ctx context.Context, tx *db.Tx, current session.Current) (token secret.Token, ended int, err error) {
	if ended, err = session.EndOthers(ctx, tx, current.Actor.AccountID, current.SessionID); err != nil {
		return secret.Token{}, 0, err
	}
	if err := account.VoidPending(ctx, tx, current.Actor.AccountID); err != nil {
		return secret.Token{}, 0, err
	}
	token, err = session.Rotate(ctx, tx, current.SessionID)
	return token, ended, err
}

// afterChangeHere is afterCredentialChange that leaves the other sessions, which
// their owner wants to keep. Half log-ins go: they were begun with the old
// credentials.
func afterChangeHere(ctx context.Context, tx *db.Tx, current session.Current) (secret.Token, error) {
	if err := session.EndHalves(ctx, tx, current.Actor.AccountID); err != nil {
		return secret.Token{}, err
	}
	if err := account.VoidPending(ctx, tx, current.Actor.AccountID); err != nil {
		return secret.Token{}, err
	}
	return session.Rotate(ctx, tx, current.SessionID)
}
