// Package recovery owns what happens when all Administrators of a client are
// lost: the vendor may invite a new first Administrator, slowly, in everybody's
// sight, and against nobody's objection.
//
// A recovery:
//
//	            Start               Approve, by a second operator
//	(none) ───────────▶ waiting ─────────────────────────────────┐
//	                       │  ▲   three times: every user is told, │
//	                       │  └── and a day goes by                │
//	                       │                                       ▼
//	                       │   approved, and the days are over   invited
//	                       ├────────────────────────────────────────▶
//	                       │   Object          objected  by any one user
//	                       │   Stop            stopped   by any operator
//	                       │   an Administrator
//	                       │   is in the portal returned
//	                       │   Patience        lapsed    its time ran out
//	                       └   else            void      what it stood on is gone
//
// The 72 hours are counted as three days with a letter to everybody at the start
// of each: a day begins when the letters have left, or were tried. An installation
// that is down, or cannot send, makes the wait longer and never shorter. Where the
// wait outlasts Patience, the recovery lapses, approved or not.
//
// An Administrator who is in the portal ends it without a word of their own.
// Whoever can log in as an Administrator can invite the next one, so nobody is
// lost; and a wrong end costs days, where a wrong invitation costs the organization.
//
// Active and suspended users are written to and may object: an Administrator whom
// a rival suspended is just whom this could be aimed at. Invited ones are not:
// nobody has shown yet whose mailbox that is.
//
// Every act, and every step of the worker, takes the trail of the organization
// first (audit.Hold), so that of two at the same moment the second sees the first.
//
// It does not own the invitation (invitation), which is like the one of the first
// Administrator, and it touches nobody's password, second factor or session.
package recovery
