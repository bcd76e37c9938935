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
// After a reset by an administrator it begins at second_factor_again, which
// nobody can skip.
//
// A second factor. A new one is set up beside the old one, which stays in force
// until a code proves the new one; only the session that proved the password and
// a code may do so, for 30 minutes:
//
//	off ──BeginSecondFactor──▶ (set-up) ──ConfirmSecondFactor──▶ on ◀──────────────┐
//	 ▲                                                           │ │               │
//	 └──────────────────TurnOffSecondFactor──────────────────────┘ └─ResetSecondFactor──▶ (set-up) ──ConfirmSecondFactor
//
// A change of address, each of which is a row of its own:
//
//	ChangeEmail             ConfirmEmail                 RevertEmail
//	──────────▶ pending ───────────────────▶ confirmed ─────────────▶ undone
//	               │  ▲ ResendEmailProof                 (7 days, with all later ones)
//	               │  └──────┘
//	               ├─ StopEmailChange, RefuseEmail, RevertEmail ──▶ stopped
//	               └─ another ChangeEmail, any change of credentials ──▶ stopped
//
// The proof goes to the new mailbox and is accepted in a session of the account
// only. The way back goes to the old mailbox and needs no session: it outlives
// every change that whoever took the account over makes next. So that nobody
// blocks it, the old address stays the account's while it is open: no other
// account is made there (keeperOf), and an undo withdraws its invitations. An
// undo also voids the password and sends a link to choose one.
//
// Every change of password, address or second factor ends, in its transaction,
// the other sessions, the half log-ins, and what a mailbox could still open
// (VoidPending), letters that have not left yet included.
//
// It does not check log-ins (signin), hash or count secrets (credential), or
// deliver mail (platform/mail); it enqueues letters and composes them when they
// are handed over.
package account
