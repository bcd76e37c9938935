package credential

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp/hotp"
	"golang.org/x/text/unicode/norm"

	"idkit/internal/platform/fault"
)

// Parameters of the time-based codes (RFC 6238 over RFC 4226): SHA-1, because
// many authenticator apps know nothing else, and a seed of its full 160 bits.
const (
	seedBytes   = 20
	codeDigits  = 6
	stepSeconds = 30
	stepSkew    = 1  // steps either way that are accepted
	driftSteps  = 20 // steps either way in which a code still explains a wrong clock: ten minutes
)

// Refusals of a code.
var (
	ErrCodeMissing = fault.New(fault.Invalid, "credential.code_missing")
	ErrCodeWrong   = fault.New(fault.Invalid, "credential.code_wrong")
	ErrCodeUsed    = fault.New(fault.Invalid, "credential.code_used")
	ErrClockSlow   = fault.New(fault.Invalid, "credential.clock_slow") // Minutes
	ErrClockFast   = fault.New(fault.Invalid, "credential.clock_fast") // Minutes
)

// seed is the secret that an authenticator app and we share.
type seed []byte

var seedText = base32.StdEncoding.WithPadding(base32.NoPadding)

func newSeed() seed {
	s := make(seed, seedBytes)
	_, _ = rand.Read(s)
	return s
}

// String is the key as apps take it: 32 base-32 characters.
func (s seed) String() string { return seedText.EncodeToString(s) }

func (s seed) code(step int64) (string, error) {
	return hotp.GenerateCode(s.String(), uint64(step))
}

func stepAt(t time.Time) int64 { return t.Unix() / stepSeconds }

// accept finds the step of a normalised code, which must be greater than the
// last one used (RFC 6238, 5.2). It returns that step, ErrCodeUsed when the code
// belongs to an earlier one, or ErrCodeWrong. All steps are always compared.
func (s seed) accept(code string, now time.Time, last int64) (int64, error) {
	accepted, used := int64(0), false
	for step := stepAt(now) - stepSkew; step <= stepAt(now)+stepSkew; step++ {
		same, err := s.matches(code, step)
		switch {
		case err != nil:
			return 0, err
		case same && step > last:
			accepted = step
		case same:
			used = true
		}
	}
	switch {
	case accepted != 0:
		return accepted, nil
	case used:
		return 0, ErrCodeUsed
	}
	return 0, ErrCodeWrong
}

// drift explains a code that is right for another time within ten minutes: a
// fault that names how far the clock is off, or ErrEnrolmentCodeWrong.
//
// It is for enrolment only, where whoever types already has the key. At a
// log-in the answer would tell a guesser of a code that becomes valid soon, and
// so multiply the chance of each guess.
func (s seed) drift(code string, now time.Time) error {
	current := stepAt(now)
	for off := int64(stepSkew + 1); off <= driftSteps; off++ {
		for _, step := range []int64{current - off, current + off} {
			same, err := s.matches(code, step)
			if err != nil {
				return err
			}
			if same {
				return clockFault(step < current, off)
			}
		}
	}
	return ErrEnrolmentCodeWrong
}

func clockFault(slow bool, steps int64) error {
	minutes := int((steps*stepSeconds + 30) / 60)
	ill := ErrClockFast
	if slow {
		ill = ErrClockSlow
	}
	return ill.With("Minutes", minutes).With("Count", minutes)
}

func (s seed) matches(code string, step int64) (bool, error) {
	want, err := s.code(step)
	return subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1, err
}

// normaliseCode reads a code as people type and apps show it: spaces, dashes
// and dots anywhere, full-width digits. What is checked, counted and stored is
// this one form. Faults: ErrCodeMissing, ErrCodeWrong.
func normaliseCode(typed string) (string, error) {
	const longest = 64 // bytes; far beyond any spelling of six digits
	if len(typed) > longest {
		return "", ErrCodeWrong
	}
	code := strings.Map(dropSeparators, norm.NFKC.String(typed))
	if code == "" {
		return "", ErrCodeMissing
	}
	if len(code) != codeDigits || strings.Trim(code, "0123456789") != "" {
		return "", ErrCodeWrong
	}
	return code, nil
}

// dropSeparators is for strings.Map: it drops what people put between groups.
func dropSeparators(r rune) rune {
	if r == '.' || unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Cf) {
		return -1
	}
	return r
}

// provisioningURI is what the QR code holds, in the de-facto "Key Uri Format" of
// authenticator apps. The issuer stands in the label and as a parameter, since
// apps differ in which they read; a colon would end it early in the label.
func provisioningURI(key, issuer, account string) string {
	issuer = percentEncode(strings.ReplaceAll(issuer, ":", ""))
	return "otpauth://totp/" + issuer + ":" + percentEncode(account) +
		"?secret=" + key + "&issuer=" + issuer + "&algorithm=SHA1&digits=6&period=30"
}

// percentEncode writes a space as %20: not every app takes "+" for one.
func percentEncode(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
