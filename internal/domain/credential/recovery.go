package credential

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"idkit/internal/platform/db"
	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

// RecoveryCodeCount is how many codes one sheet has.
const RecoveryCodeCount = 10

// A recovery code has 24 characters. Without the pairs that paper and eyes
// confuse (0 and O; 1, I and L) 31 of the 36 letters and digits are left, so a
// code carries log2(31^24) = 118.9 bits: more than the 112 from which a fast
// keyed digest is enough (NIST SP 800-63B-4, 3.1.2; ASVS 6.5.2).
const (
	unambiguous    = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	recoveryLength = 24
)

const recoveryPurpose = "recovery code"

// Refusals about recovery codes.
var (
	ErrRecoveryCodeMissing = fault.New(fault.Invalid, "credential.recovery_code_missing")
	ErrRecoveryCodeWrong   = fault.New(fault.Invalid, "credential.recovery_code_wrong")
	// ErrNoRecoverySheet says that the codes were confirmed as saved, or never made.
	ErrNoRecoverySheet = fault.New(fault.NotFound, "credential.recovery_sheet_gone")
)

// RecoveryCodes keeps the codes that stand in for a lost second factor. The
// database holds keyed digests of them; the caller bounds how often Use is asked.
type RecoveryCodes struct{ keyring *secret.Keyring }

// NewRecoveryCodes uses the keyring for the digests and to seal open sheets.
func NewRecoveryCodes(keyring *secret.Keyring) *RecoveryCodes {
	return &RecoveryCodes{keyring: keyring}
}

// RecoverySheet is a set of codes whose owner has still to save them.
type RecoverySheet struct {
	Codes     []secret.Redacted // "ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2"
	CreatedAt time.Time
}

// Issue makes a new set of codes and voids all earlier ones.
func (r *RecoveryCodes) Issue(ctx context.Context, tx *db.Tx, accountID string) (RecoverySheet, error) {
	if err := r.Remove(ctx, tx, accountID); err != nil {
		return RecoverySheet{}, err
	}
	codes := make([]string, RecoveryCodeCount)
	for i := range codes {
		codes[i] = randomSymbols(recoveryLength)
		digest, err := r.digest(r.keyring.CurrentKeyID(), accountID, codes[i])
		if err != nil {
			return RecoverySheet{}, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO recovery_codes (account_id, code_hash, created_at) VALUES ($1, $2, $3)`,
			accountID, digest, tx.Now)
		if err != nil {
			return RecoverySheet{}, err
		}
	}
	sealed, err := r.keyring.Seal([]byte(strings.Join(codes, " ")), sheetPlace(accountID)...)
	if err != nil {
		return RecoverySheet{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO recovery_code_sheets (account_id, codes_sealed, created_at) VALUES ($1, $2, $3)`,
		accountID, sealed, tx.Now)
	return sheetOf(codes, tx.Now), err
}

// Sheet shows the codes again, until Confirm. Fault: ErrNoRecoverySheet.
func (r *RecoveryCodes) Sheet(ctx context.Context, tx *db.Tx, accountID string) (RecoverySheet, error) {
	var sealed []byte
	var created time.Time
	err := tx.QueryRow(ctx, `SELECT codes_sealed, created_at FROM recovery_code_sheets WHERE account_id = $1`, accountID).
		Scan(&sealed, &created)
	if errors.Is(err, db.ErrNoRow) {
		return RecoverySheet{}, ErrNoRecoverySheet
	}
	if err != nil {
		return RecoverySheet{}, err
	}
	text, err := r.keyring.Open(sealed, sheetPlace(accountID)...)
	if err != nil {
		return RecoverySheet{}, fmt.Errorf("opening the recovery codes of %s: %w", accountID, err)
	}
	return sheetOf(strings.Fields(string(text)), created), nil
}

// Confirm wipes the readable codes once their owner has saved them; confirming
// twice is no fault.
func (r *RecoveryCodes) Confirm(ctx context.Context, tx *db.Tx, accountID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM recovery_code_sheets WHERE account_id = $1`, accountID)
	return err
}

// Use uses up one code and returns how many are left. Of parallel tries with one
// code exactly one succeeds; a used code is wrong like any other.
//
// Faults: ErrRecoveryCodeMissing, ErrRecoveryCodeWrong.
func (r *RecoveryCodes) Use(ctx context.Context, tx *db.Tx, accountID, typed string) (remaining int, err error) {
	code, err := parseRecoveryCode(typed)
	if err != nil {
		return 0, err
	}
	// One Issue makes all codes of an account under one key; any row names it.
	var sample []byte
	err = tx.QueryRow(ctx, `SELECT code_hash FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL LIMIT 1`, accountID).
		Scan(&sample)
	if errors.Is(err, db.ErrNoRow) {
		return 0, ErrRecoveryCodeWrong
	}
	if err != nil {
		return 0, err
	}
	digest, err := r.digest(keyOfDigest(sample), accountID, code)
	if err != nil {
		return 0, fmt.Errorf("recovery codes of %s: %w", accountID, err)
	}
	won, err := tx.Exec(ctx, `
		UPDATE recovery_codes SET used_at = $1 WHERE account_id = $2 AND code_hash = $3 AND used_at IS NULL`,
		tx.Now, accountID, digest)
	if err != nil {
		return 0, err
	}
	if won != 1 {
		return 0, ErrRecoveryCodeWrong
	}
	return r.Remaining(ctx, tx, accountID)
}

// Remaining is how many codes of an account still work.
func (r *RecoveryCodes) Remaining(ctx context.Context, tx *db.Tx, accountID string) (int, error) {
	var left int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL`, accountID).Scan(&left)
	return left, err
}

// Remove voids all codes of an account.
func (r *RecoveryCodes) Remove(ctx context.Context, tx *db.Tx, accountID string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM recovery_codes WHERE account_id = $1`, accountID); err != nil {
		return err
	}
	return r.Confirm(ctx, tx, accountID)
}

// digest is what the database keeps of a code: the key's id, then a MAC that
// binds the code to its account, so that nobody's code fits another account.
func (r *RecoveryCodes) digest(keyID, accountID, code string) ([]byte, error) {
	return keyedDigest(r.keyring, keyID, recoveryPurpose, accountID, code)
}

func keyedDigest(keyring *secret.Keyring, keyID, purpose, owner, code string) ([]byte, error) {
	mac, err := keyring.MAC(keyID, purpose, []byte(owner+" "+code))
	return append([]byte(keyID+" "), mac...), err
}

func keyOfDigest(digest []byte) string {
	keyID, _, _ := strings.Cut(string(digest), " ")
	return keyID
}

// randomSymbols draws from the alphabet that paper, eyes and ears keep apart.
func randomSymbols(length int) string {
	// Bytes from here up are drawn again: they would favour the first symbols.
	const fair = 256 - 256%len(unambiguous)
	code := make([]byte, 0, length)
	var random [1]byte
	for len(code) < length {
		_, _ = rand.Read(random[:])
		if int(random[0]) < fair {
			code = append(code, unambiguous[int(random[0])%len(unambiguous)])
		}
	}
	return string(code)
}

// parseRecoveryCode reads a code in any case, with spaces, dashes and dots
// anywhere. Faults: ErrRecoveryCodeMissing, ErrRecoveryCodeWrong.
func parseRecoveryCode(typed string) (string, error) {
	code, empty, ok := parseSymbols(typed, recoveryLength)
	switch {
	case empty:
		return "", ErrRecoveryCodeMissing
	case !ok:
		return "", ErrRecoveryCodeWrong
	}
	return code, nil
}

// parseSymbols reads symbols of the unambiguous alphabet as people spell them,
// and tells nothing typed from something that cannot be a code of that length.
func parseSymbols(typed string, length int) (code string, empty, ok bool) {
	const longest = 256 // bytes; far beyond any spelling of a code
	if len(typed) > longest {
		return "", false, false
	}
	code = strings.ToUpper(strings.Map(dropSeparators, typed))
	return code, code == "", len(code) == length && strings.Trim(code, unambiguous) == ""
}

func sheetOf(codes []string, created time.Time) RecoverySheet {
	sheet := RecoverySheet{CreatedAt: created}
	for _, code := range codes {
		sheet.Codes = append(sheet.Codes, secret.Redacted(groupsOfFour(code)))
	}
	return sheet
}

// groupsOfFour makes a long code readable: "JBSW-Y3DP-...".
func groupsOfFour(code string) string {
	var groups []string
	for ; len(code) > 4; code = code[4:] {
		groups = append(groups, code[:4])
	}
	return strings.Join(append(groups, code), "-")
}

func sheetPlace(accountID string) []string {
	return []string{"recovery_code_sheets", "codes_sealed", accountID}
}
