package credential

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"idkit/internal/domain/credential/blocklist"
	"idkit/internal/domain/organization"
	"idkit/internal/platform/fault"
)

// Bounds of passwords, in code points after NFC (NIST SP 800-63B-4, 3.1.1.2). The
// minimum is for the organization to choose, see organization.Policy.
const (
	MaxPasswordLength = 256
	maxPasswordBytes  = 1024 // looked at before any work is spent
)

// Refusals of a new password.
var (
	ErrPasswordMissing  = fault.New(fault.Invalid, "credential.password_missing")
	ErrPasswordTooShort = fault.New(fault.Invalid, "credential.password_too_short") // Length, Minimum
	ErrPasswordTooLong  = fault.New(fault.Invalid, "credential.password_too_long")  // Maximum
	ErrPasswordCommon   = fault.New(fault.Invalid, "credential.password_common")
	ErrPasswordPersonal = fault.New(fault.Invalid, "credential.password_personal")
	ErrPasswordContext  = fault.New(fault.Invalid, "credential.password_context")
)

// Policy is what an organization may choose about passwords.
type Policy struct {
	// MinLength in code points. Less than organization.MinPasswordWithSecondFactor
	// counts as that, so an empty Policy is no hole.
	MinLength int
}

// DefaultPolicy is that of whoever belongs to no organization yet.
var DefaultPolicy = Policy{MinLength: organization.MinPassword}

// Minimum is the length that applies, for hints beside the field.
func (p Policy) Minimum() int { return max(p.MinLength, organization.MinPasswordWithSecondFactor) }

// Short reports whether a password is too short to be the only factor. Where it
// may be chosen, a second one is required of everybody.
func Short(password string) bool {
	return utf8.RuneCountInString(norm.NFC.String(password)) < organization.MinPassword
}

// KnownNames are the words an attacker tries first (ASVS 6.1.2, 6.2.11). Empty ones are fine.
type KnownNames struct {
	Brand, Organization        string
	Email, FirstName, LastName string
}

// Check refuses a new password that the policy or the lists do not allow. There
// are no rules about kinds of characters (NIST SP 800-63B-4, 3.1.1.2).
//
// Faults: ErrPasswordMissing, ErrPasswordTooShort, ErrPasswordTooLong,
// ErrPasswordCommon, ErrPasswordPersonal, ErrPasswordContext.
func (p *Passwords) Check(policy Policy, password string, names KnownNames) error {
	if password == "" {
		return ErrPasswordMissing
	}
	if len(password) > maxPasswordBytes {
		return ErrPasswordTooLong.With("Maximum", MaxPasswordLength)
	}
	password = norm.NFC.String(password)
	length := utf8.RuneCountInString(password)
	switch {
	case length > MaxPasswordLength:
		return ErrPasswordTooLong.With("Maximum", MaxPasswordLength)
	case length < policy.Minimum():
		return ErrPasswordTooShort.With("Length", length).With("Minimum", policy.Minimum()).With("Count", length)
	case blocklist.Contains(password):
		return ErrPasswordCommon
	}
	public := words(names.Brand, names.Organization)
	if madeOf(password, public) {
		return ErrPasswordContext
	}
	if madeOf(password, append(public, words(names.Email, names.FirstName, names.LastName)...)) {
		return ErrPasswordPersonal
	}
	return nil
}

// A date: that many digits beside a name do not make a password of it.
const digitsBesideNames = 8

// madeOf reports whether a password consists of nothing but these words, in any
// order and number, with punctuation and no more digits than a date has. Other
// words beside them make it a phrase of its own, which is fine: the list is
// compared with whole passwords, never with parts.
func madeOf(password string, words []string) bool {
	folded := blocklist.Fold(password)
	rest := folded
	for _, word := range slices.SortedFunc(slices.Values(words), longestFirst) {
		rest = strings.ReplaceAll(rest, word, " ")
	}
	if rest == folded {
		return false
	}
	digits := 0
	for _, r := range rest {
		if unicode.IsLetter(r) {
			return false
		}
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits <= digitsBesideNames
}

func longestFirst(a, b string) int { return cmp.Compare(len(b), len(a)) }

// words folds names and takes them apart: an address gives its local part and
// its domain's labels. Single letters are left out.
func words(names ...string) []string {
	var all []string
	for _, name := range names {
		for _, word := range strings.FieldsFunc(blocklist.Fold(name), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
		}) {
			if utf8.RuneCountInString(word) > 1 {
				all = append(all, word)
			}
		}
	}
	return all
}
