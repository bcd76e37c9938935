// Package account owns the people of the portal: the account with which a
// person logs in, the user that they are in an organization, and how one
// becomes the other.
//
// A user's status:
//
//	            Invite                    Join
//	(nobody) ───────────▶ invited ───────────────────▶ active ⇄ suspended
//	    ▲                   │  │ Resend, CopyLink:
//	    └───────────────────┘  └ the older links end
//	          Withdraw
//
// An account's set-up, which a closed tab interrupts and the next log-in resumes:
//
//	Join, Found ──▶ second_factor ──ConfirmSecondFactor──▶ recovery_codes ──ConfirmRecoveryCodes──▶ done
//	                      └──────────────SkipSecondFactor───────────────────────────────────────────▲
//
// It does not check log-ins (signin), hash or count secrets (credential), or
// deliver mail (platform/mail); it enqueues letters and composes them when they
// are handed over.
package account
