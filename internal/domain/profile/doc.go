// Package profile owns what people do to their own account and for themselves:
// password, address, second factor, recovery codes, sessions, name and mobile
// number, and the page that shows them.
//
// The set-up, which a closed tab interrupts and the next log-in resumes:
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
// account is made there (account.KeeperOf), and an undo withdraws its
// invitations. An undo also voids the password and sends a link to choose one.
//
// Every change of password, address or second factor ends, in its transaction,
// the other sessions, the half log-ins, and what a mailbox could still open
// (account.VoidPending), letters that have not left yet included.
//
// It does not own what others do to somebody (administration), how people get in
// (signin), or the secrets themselves (credential).
package profile
