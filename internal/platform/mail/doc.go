// Package mail brings letters to people: the outbox (table letters), the
// dispatcher that works it off, the two ways out (an SMTP server, and a folder
// in development), and what a letter looks like.
//
// It does not know why a letter is sent. Whoever owns the reason enqueues the
// letter in the transaction of the change, and registers a Composer for its
// kind. The composer runs in a transaction of its own right before the
// hand-over, which is the moment when a link's secret is made: nothing that
// rests in the outbox opens anything.
//
// # The way of a letter
//
//	Enqueue ─ queued ─┬─ handed over ───────────────────────── sent
//	            ▲     ├─ refused for good, or 72 h are over ── undeliverable
//	            │     ├─ Withdraw, or its reason is gone ───── withdrawn
//	            └─────┴─ failed for now: 5 s doubling to 15 min
//
// A dispatcher claims letters with a lease; when it dies, another one takes
// over once the lease has run out. Delivery is at least once: a crash between
// the server's last word and ours repeats the letter under the same Message-ID.
// Each process lets one letter at a time through that gap, so a crash repeats
// at most one.
//
// # Names
//
// Names of people and organizations are written by strangers. Defuse makes them
// harmless before they enter a sentence; see there. Sentences themselves stand
// in the message catalogue under "mail.<kind>.<part>"; see Speak.
package mail
