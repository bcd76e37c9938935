package credential

import (
	"context"
	"errors"
	"fmt"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

// EnrolmentLifetime is how long a set-up keeps its key: over reloads, wrong
// codes and a closed tab, so that the entry in the app stays the right one. It
// belongs to one session: whoever sits in another session of the account, and
// may be a stranger, must not learn the key that its owner is going to scan.
const EnrolmentLifetime = 30 * time.Minute

// Refusals about the second factor of an account.
var (
	// ErrEnrolmentExpired also stands for a set-up that was never begun.
	ErrEnrolmentExpired = fault.New(fault.Expired, "credential.enrolment_expired")
	// ErrEnrolmentCodeWrong is ErrCodeWrong while setting up. Its sentence names
	// the entry in the app, which the caller adds as the param Issuer.
	ErrEnrolmentCodeWrong = fault.New(fault.Invalid, "credential.enrolment_code_wrong")
	// ErrNoSecondFactor says that the account has none to check a code against.
	ErrNoSecondFactor = fault.New(fault.Conflict, "credential.second_factor_off")
)

// SecondFactors keeps the time-based second factor of each account. The
// database holds the seeds sealed; the caller bounds how often Check is asked.
type SecondFactors struct{ keyring *secret.Keyring }

// NewSecondFactors uses the keyring to seal and open seeds.
func NewSecondFactors(keyring *secret.Keyring) *SecondFactors {
	return &SecondFactors{keyring: keyring}
}

// Enrolment is a second factor that its owner has still to prove.
type Enrolment struct {
	Key       secret.Redacted // 32 base-32 characters
	ExpiresAt time.Time
}

// URI is the content of the QR code. The issuer is "{brand} {client}" and the
// account the email address, so that several clients stay apart in the app.
func (e Enrolment) URI(issuer, account string) string {
	return provisioningURI(e.Key.Reveal(), issuer, account)
}

// Begin starts a set-up, or returns the one under way in that session unchanged;
// it takes the place of another session's. A second factor that the account
// already has stays in force until Confirm.
func (s *SecondFactors) Begin(ctx context.Context, tx *db.Tx, accountID, sessionID string) (Enrolment, error) {
	sealed, err := s.keyring.Seal(newSeed(), enrolmentPlace(accountID)...)
	if err != nil {
		return Enrolment{}, err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO second_factor_enrolments (account_id, session_id, secret_sealed, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id) DO UPDATE
		SET session_id = excluded.session_id, secret_sealed = excluded.secret_sealed, created_at = excluded.created_at, expires_at = excluded.expires_at
		WHERE second_factor_enrolments.expires_at <= excluded.created_at OR second_factor_enrolments.session_id <> excluded.session_id`,
		accountID, sessionID, sealed, tx.Now, tx.Now.Add(EnrolmentLifetime))
	if err != nil {
		return Enrolment{}, err
	}
	return s.Enrolment(ctx, tx, accountID, sessionID)
}

// Enrolment returns the set-up under way in a session. Fault: ErrEnrolmentExpired.
func (s *SecondFactors) Enrolment(ctx context.Context, tx *db.Tx, accountID, sessionID string) (Enrolment, error) {
	key, sealed, err := s.enrolment(ctx, tx, accountID, sessionID)
	return Enrolment{Key: secret.Redacted(key.String()), ExpiresAt: sealed.expiresAt}, err
}

// Confirm puts the set-up of a session into force if the code comes from its key, and
// replaces an earlier second factor. The code counts as used. Of parallel tries
// exactly one succeeds; the others get ErrCodeUsed.
//
// Faults: ErrEnrolmentExpired, ErrCodeMissing, ErrEnrolmentCodeWrong,
// ErrCodeUsed, ErrClockSlow, ErrClockFast.
func (s *SecondFactors) Confirm(ctx context.Context, tx *db.Tx, accountID, sessionID, typed string) error {
	key, pending, err := s.enrolment(ctx, tx, accountID, sessionID)
	if err != nil {
		return err
	}
	step, err := enrolmentStep(key, typed, tx.Now)
	if err != nil {
		return err
	}
	sealed, err := s.keyring.Seal(key, secondFactorPlace(accountID)...)
	if err != nil {
		return err
	}
	won, err := tx.Exec(ctx, `DELETE FROM second_factor_enrolments WHERE account_id = $1 AND secret_sealed = $2`,
		accountID, pending.secret)
	if err != nil {
		return err
	}
	if won != 1 {
		return ErrCodeUsed
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO second_factors (account_id, secret_sealed, last_step, created_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id) DO UPDATE
		SET secret_sealed = excluded.secret_sealed, last_step = excluded.last_step, created_at = excluded.created_at`,
		accountID, sealed, step, tx.Now)
	return err
}

// enrolmentStep is accept with the words that help while setting up.
func enrolmentStep(key seed, typed string, now time.Time) (int64, error) {
	const noneUsed = 0
	code, err := normaliseCode(typed)
	if errors.Is(err, ErrCodeWrong) {
		return 0, ErrEnrolmentCodeWrong
	}
	if err != nil {
		return 0, err
	}
	step, err := key.accept(code, now, noneUsed)
	if errors.Is(err, ErrCodeWrong) {
		return 0, key.drift(code, now)
	}
	return step, err
}

// Check uses up a code at a log-in or a confirmation. Of parallel tries with
// one code exactly one succeeds.
//
// Faults: ErrCodeMissing, ErrCodeWrong, ErrCodeUsed, ErrNoSecondFactor.
func (s *SecondFactors) Check(ctx context.Context, tx *db.Tx, accountID, typed string) error {
	code, err := normaliseCode(typed)
	if err != nil {
		return err
	}
	var sealed []byte
	var last int64
	err = tx.QueryRow(ctx, `SELECT secret_sealed, last_step FROM second_factors WHERE account_id = $1`, accountID).
		Scan(&sealed, &last)
	if errors.Is(err, db.ErrNoRow) {
		return ErrNoSecondFactor
	}
	if err != nil {
		return err
	}
	key, err := s.keyring.Open(sealed, secondFactorPlace(accountID)...)
	if err != nil {
		return fmt.Errorf("opening the second factor of %s: %w", accountID, err)
	}
	step, err := seed(key).accept(code, tx.Now, last)
	if err != nil {
		return err
	}
	renewed, err := s.renewed(sealed, key, accountID)
	if err != nil {
		return err
	}
	// The seed is part of the condition: it may have been replaced meanwhile.
	won, err := tx.Exec(ctx, `
		UPDATE second_factors SET last_step = $1, secret_sealed = $4 WHERE account_id = $2 AND last_step < $1 AND secret_sealed = $3`,
		step, accountID, sealed, renewed)
	if err == nil && won != 1 {
		return ErrCodeUsed
	}
	return err
}

// renewed is a seed sealed with the present key: seeds move to it as people log in.
func (s *SecondFactors) renewed(sealed []byte, key seed, accountID string) ([]byte, error) {
	if secret.SealedUnder(sealed) == s.keyring.CurrentKeyID() {
		return sealed, nil
	}
	return s.keyring.Seal(key, secondFactorPlace(accountID)...)
}

// Enabled reports whether the account has a second factor in force.
func (s *SecondFactors) Enabled(ctx context.Context, tx *db.Tx, accountID string) (bool, error) {
	var last int64
	err := tx.QueryRow(ctx, `SELECT last_step FROM second_factors WHERE account_id = $1`, accountID).Scan(&last)
	if errors.Is(err, db.ErrNoRow) {
		return false, nil
	}
	return err == nil, err
}

// Abandon drops the set-up under way, if there is one; its key is worth nothing
// any more.
func (s *SecondFactors) Abandon(ctx context.Context, tx *db.Tx, accountID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM second_factor_enrolments WHERE account_id = $1`, accountID)
	return err
}

// Remove takes the second factor and any set-up away.
func (s *SecondFactors) Remove(ctx context.Context, tx *db.Tx, accountID string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM second_factors WHERE account_id = $1`, accountID); err != nil {
		return err
	}
	return s.Abandon(ctx, tx, accountID)
}

// pendingSeed is a row of second_factor_enrolments.
type pendingSeed struct {
	secret    []byte
	expiresAt time.Time
}

func (s *SecondFactors) enrolment(ctx context.Context, tx *db.Tx, accountID, sessionID string) (seed, pendingSeed, error) {
	var pending pendingSeed
	err := tx.QueryRow(ctx, `SELECT secret_sealed, expires_at FROM second_factor_enrolments WHERE account_id = $1 AND session_id = $2`, accountID, sessionID).
		Scan(&pending.secret, &pending.expiresAt)
	if errors.Is(err, db.ErrNoRow) {
		return nil, pendingSeed{}, ErrEnrolmentExpired
	}
	if err != nil {
		return nil, pendingSeed{}, err
	}
	if !tx.Now.Before(pending.expiresAt) {
		return nil, pendingSeed{}, ErrEnrolmentExpired
	}
	key, err := s.keyring.Open(pending.secret, enrolmentPlace(accountID)...)
	if err != nil {
		return nil, pendingSeed{}, fmt.Errorf("opening the second-factor set-up of %s: %w", accountID, err)
	}
	return key, pending, nil
}

// The place a sealed seed is bound to: moved to another row, it does not open.
func secondFactorPlace(accountID string) []string {
	return []string{"second_factors", "secret_sealed", accountID}
}

func enrolmentPlace(accountID string) []string {
	return []string{"second_factor_enrolments", "secret_sealed", accountID}
}
