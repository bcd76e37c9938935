// Package address owns the change of the address that somebody logs in with: the
// proof of the new one, the way back of the old one, and the letters to both.
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
// It does not own how an address is written (person), what else people do to
// their own account (profile), or the rule of one account for each address
// at a front (account).
package address
