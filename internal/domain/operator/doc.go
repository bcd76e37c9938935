// Package operator owns what the host of an installation does to the vendor's own
// people by the command line: it invites operators, which makes the vendor when
// there is none yet, lists them, suspends them and lets them in again.
//
//	Invite ──▶ invited ──(join, second factor, at the console)──▶ active ◀── Reactivate ── suspended
//	  ▲           │                                                 └─────── Suspend ────────▲
//	  └───────────┘ once more: a new link, the earlier ones end
//
// It knows no client and no client's user. Everything else about operators is what
// the rooms below do for the users of any organization, at the console's front:
// invitation, signin, profile, administration.
package operator
