package session

import (
	"context"
	"errors"
	"time"

	"idkit/internal/domain/organization"
	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

// Limits of a half log-in.
const (
	HalfLifetime = 5 * time.Minute
	HalfTries    = 5 // codes of any kind
)

// Step is what a half log-in still lacks.
type Step string

// The steps.
const (
	StepCode         Step = "code"
	StepOrganization Step = "organization"
)

// ErrHalfEnded also stands for a half log-in that never was, is at another step,
// or belongs to an account of the other kind.
var ErrHalfEnded = fault.New(fault.Unauthenticated, "signin.half_login_ended")

// NewHalf says what was proven and what comes next.
type NewHalf struct {
	AccountID    string
	Step         Step
	SecondFactor bool // whether one was proven
}

// StartedHalf is a new half log-in. Its token goes into a cookie of its own.
type StartedHalf struct {
	Token     secret.Token
	Step      Step
	ExpiresAt time.Time
}

// Half is a half log-in under way.
type Half struct {
	AccountID    string
	Step         Step
	SecondFactor bool
	Tries        int
	ExpiresAt    time.Time
}

// ofKind holds a half log-in to accounts of one kind, which is $1.
const ofKind = ` AND account_id IN (SELECT a.id FROM accounts a WHERE a.id = half_logins.account_id AND a.kind = $1)`

// StartHalf begins a half log-in.
func StartHalf(ctx context.Context, tx *db.Tx, n NewHalf) (StartedHalf, error) {
	h := StartedHalf{Token: secret.NewToken(), Step: n.Step, ExpiresAt: tx.Now.Add(HalfLifetime)}
	_, err := tx.Exec(ctx, `
		INSERT INTO half_logins (token_hash, account_id, step, second_factor, tries, created_at, expires_at)
		VALUES ($1, $2, $3, $4, 0, $5, $6)`, h.Token.Hash(), n.AccountID, string(n.Step), n.SecondFactor, tx.Now, h.ExpiresAt)
	return h, err
}

// FindHalf reads a half log-in from the text of its token. Fault: ErrHalfEnded.
func FindHalf(ctx context.Context, tx *db.Tx, kind organization.Kind, token string) (Half, error) {
	parsed, err := secret.ParseToken(token)
	if err != nil {
		return Half{}, ErrHalfEnded
	}
	var h Half
	err = tx.QueryRow(ctx, `SELECT account_id, step, second_factor, tries, expires_at FROM half_logins
		WHERE token_hash = $2`+ofKind, string(kind), parsed.Hash()).
		Scan(&h.AccountID, &h.Step, &h.SecondFactor, &h.Tries, &h.ExpiresAt)
	if errors.Is(err, db.ErrNoRow) || err == nil && (!tx.Now.Before(h.ExpiresAt) || h.Tries >= HalfTries) {
		return Half{}, ErrHalfEnded
	}
	return h, err
}

// CountTry counts one code of a half log-in before it is looked at, in a
// transaction that commits first. Fault: ErrHalfEnded.
func CountTry(ctx context.Context, tx *db.Tx, kind organization.Kind, token string) (Half, error) {
	parsed, err := secret.ParseToken(token)
	if err != nil {
		return Half{}, ErrHalfEnded
	}
	h := Half{Step: StepCode}
	err = tx.QueryRow(ctx, `UPDATE half_logins SET tries = tries + 1
		WHERE token_hash = $2 AND step = 'code' AND tries < $3 AND expires_at > $4`+ofKind+`
		RETURNING account_id, second_factor, tries, expires_at`, string(kind), parsed.Hash(), HalfTries, tx.Now).
		Scan(&h.AccountID, &h.SecondFactor, &h.Tries, &h.ExpiresAt)
	if errors.Is(err, db.ErrNoRow) {
		return Half{}, ErrHalfEnded
	}
	return h, err
}

// UseHalf ends a half log-in that goes on to the next step. Of parallel tries
// exactly one succeeds. Fault: ErrHalfEnded.
func UseHalf(ctx context.Context, tx *db.Tx, kind organization.Kind, token string, step Step) error {
	parsed, err := secret.ParseToken(token)
	if err != nil {
		return ErrHalfEnded
	}
	won, err := tx.Exec(ctx, `DELETE FROM half_logins WHERE token_hash = $2 AND step = $3 AND expires_at > $4`+ofKind,
		string(kind), parsed.Hash(), string(step), tx.Now)
	if err == nil && won != 1 {
		err = ErrHalfEnded
	}
	return err
}

// CancelHalf ends a half log-in, if there is one.
func CancelHalf(ctx context.Context, tx *db.Tx, kind organization.Kind, token string) error {
	parsed, err := secret.ParseToken(token)
	if err != nil {
		return nil
	}
	_, err = tx.Exec(ctx, `DELETE FROM half_logins WHERE token_hash = $2`+ofKind, string(kind), parsed.Hash())
	return err
}

// EndHalves ends every half log-in of an account. It comes before the end of the
// sessions: a half log-in that is just becoming a session is waited for here,
// and its session ended there.
func EndHalves(ctx context.Context, tx *db.Tx, accountID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM half_logins WHERE account_id = $1`, accountID)
	return err
}
