// Package account owns the log-in itself: the row with address, password and
// set-up step, which organizations it belongs to, the link to choose a new
// password, and what is pending in somebody's mailboxes.
//
// A reset of a password. The newest request alone counts, whoever made it:
//
//	SendReset, SendAdministratorReset       (hand-over)         ResetPassword
//	────────────────▶ queued ───────────────────────▶ live ───────────────────▶ used
//	                    │                               │ 1 hour, or 24 of an administrator's
//	                    └─ VoidPending, a newer one ────┴─▶ ended
//
// It does not own what people do to their own account (profile), what
// administrators do to a user (administration), how people get in, or forget
// how to (signin), nor how secrets are hashed and counted (credential, attempt).
package account
