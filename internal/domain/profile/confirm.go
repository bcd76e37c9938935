package profile

import (
	"context"
	"time"

	"idkit/internal/domain/audit"
	"idkit/internal/domain/proof"
	"idkit/internal/domain/session"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

const actionConfirmed audit.Action = "user.confirmed"

// ProofLifetime is how long after a proof somebody may do what is sensitive
// without another (ASVS 7.5.3).
const ProofLifetime = 15 * time.Minute

// ErrConfirmFirst asks for ConfirmItsYou before the act.
var ErrConfirmFirst = fault.New(fault.Forbidden, "profile.confirm_first")

// Fresh reports whether the last proof is recent enough for what is sensitive.
func Fresh(current session.Current, now time.Time) bool {
	return now.Before(current.ProvenAt.Add(ProofLifetime))
}

// ConfirmItsYou asks somebody who is logged in for the password once more,
// before something sensitive, and gives the session a new token.
//
// Faults: field password (proof.ErrPasswordMissing, proof.ErrPasswordWrong);
// session.ErrEnded; throttle.ErrWait…, attempt.ErrPasswordStopped;
// credential.ErrBusy.
func (s *Service) ConfirmItsYou(ctx context.Context, current session.Current, p proof.Password) (token secret.Token, err error) {
	right, err := s.Proofs.Password(ctx, current, p)
	if err != nil {
		return secret.Token{}, err
	}
	err = s.Accounts.WriteOwn(ctx, current, func(tx *db.Tx) error {
		if err := right.Hold(ctx, tx); err != nil {
			return err
		}
		if token, err = session.Rotate(ctx, tx, current.SessionID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, current.Actor, audit.Event{Action: actionConfirmed, Target: audit.Self(current.Actor)})
	})
	return token, err
}
