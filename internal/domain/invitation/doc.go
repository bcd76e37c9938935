// Package invitation owns how somebody becomes a user: the invitation with its
// mailed or copied link, its reminder, joining by it, and the first Administrator
// of an organization: of the very first one, who sets the installation up, and of
// every later one, whom the vendor invites.
//
// A user's status as far as it is decided here:
//
//	            Invite                   Join, JoinAs
//	(nobody) ───────────▶ invited ───────────────────▶ active
//	    ▲                   │  │ Resend, CopyLink:
//	    └───────────────────┘  └ the older links end
//	          Withdraw
//
// An invitation does not outlive the right of its sender to give that role: it
// is looked at again when the link is opened, used, or mailed. What an
// administrator does here begins with session.Authorize, so that nothing is
// sent after its sender was suspended or demoted.
//
// Everybody takes the trail of the organization first, then the letter of an
// invitation, its row, and its links (hold): two who met in another order would
// each wait for the other. The dispatcher begins with the letter, and takes no trail.
//
// It does not own what becomes of a user afterwards (administration, profile), or
// the account that a joining person makes (account).
package invitation
