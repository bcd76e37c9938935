// Package profile owns what people do to their own account and for themselves:
// password, second factor, recovery codes, sessions, name and mobile number, and
// the page that shows them.
//
// The set-up, which a closed tab interrupts and the next log-in resumes:
//
//	Join, SetUp ──▶ second_factor ──ConfirmSecondFactor──▶ recovery_codes ──ConfirmRecoveryCodes──▶ done
//	                      └──────────────SkipSecondFactor───────────────────────────────────────────▲
//
// After a reset by an administrator it begins at second_factor_again, which
// nobody can skip. A password of fewer than organization.MinPassword characters,
// chosen where everybody must have a second factor, opens new_password as soon as
// it stands alone: a longer one closes it, and so does a second factor.
//
// A second factor. A new one is set up beside the old one, which stays in force
// until a code proves the new one; only the session that proved the password and
// a code may do so, for 30 minutes:
//
//	off ──BeginSecondFactor──▶ (set-up) ──ConfirmSecondFactor──▶ on ◀──────────────┐
//	 ▲                                                           │ │               │
//	 └──────────────────TurnOffSecondFactor──────────────────────┘ └─ResetSecondFactor──▶ (set-up) ──ConfirmSecondFactor
//
// Every change of password, address or second factor ends, in its transaction,
// the other sessions, the half log-ins, and what a mailbox could still open
// (account.AfterChange), letters that have not left yet included.
//
// It does not own the change of address (address), how a password or a code is
// proven (proof), what others do to somebody (administration), how people get in
// (signin), or the secrets themselves (credential).
package profile
