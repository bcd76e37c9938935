package credential

import (
	"crypto/hmac"
	"fmt"

	"idkit/internal/platform/fault"
	"idkit/internal/platform/secret"
)

// spokenLength is short enough to be read out on the phone, in two groups, and
// carries log2(31^8) = 39.6 bits: more than the 20 that NIST SP 800-63B-4, 3.1.3
// asks of a code whose tries are bounded.
const spokenLength = 8

const spokenPurpose = "spoken code"

// Refusals of spoken codes.
var (
	ErrSpokenCodeMissing = fault.New(fault.Invalid, "credential.spoken_code_missing")
	ErrSpokenCodeWrong   = fault.New(fault.Invalid, "credential.spoken_code_wrong")
)

// SpokenCodes makes and compares short codes that one person gets by mail and
// reads out to another. The caller keeps the digest, bounds the tries, and sees
// to it that a code works once.
type SpokenCodes struct{ keyring *secret.Keyring }

// NewSpokenCodes uses the keyring for the digests: without its keys, a stolen
// database does not tell what the few signs are.
func NewSpokenCodes(keyring *secret.Keyring) *SpokenCodes { return &SpokenCodes{keyring: keyring} }

// Make returns a new code, "ABCD-EFGH", and what to keep of it, which fits that
// subject alone.
func (s *SpokenCodes) Make(subject string) (code secret.Redacted, digest []byte, err error) {
	symbols := randomSymbols(spokenLength)
	digest, err = s.digest(s.keyring.CurrentKeyID(), subject, symbols)
	return secret.Redacted(groupsOfFour(symbols)), digest, err
}

// Check compares what was typed, in any case, with spaces, dashes and dots
// anywhere. An empty digest fits nothing.
// Faults: ErrSpokenCodeMissing, ErrSpokenCodeWrong.
func (s *SpokenCodes) Check(digest []byte, subject, typed string) error {
	code, empty, ok := parseSymbols(typed, spokenLength)
	switch {
	case empty:
		return ErrSpokenCodeMissing
	case !ok || len(digest) == 0:
		return ErrSpokenCodeWrong
	}
	want, err := s.digest(keyOfDigest(digest), subject, code)
	if err != nil {
		return fmt.Errorf("the spoken code of %s: %w", subject, err)
	}
	if !hmac.Equal(digest, want) {
		return ErrSpokenCodeWrong
	}
	return nil
}

func (s *SpokenCodes) digest(keyID, subject, code string) ([]byte, error) {
	return keyedDigest(s.keyring, keyID, spokenPurpose, subject, code)
}
