// Package roster owns the import of people from a CSV file: what a file may look
// like, the verdict on each of its rows before anything is sent, the invitations
// that are sent row by row in the background, and what became of each.
//
//	Check ──▶ checked ──Start──▶ sending ──────────────▶ finished
//	             │                │  ▲ │
//	             │           Pause▼  │ │ Discard, or the importer lost the right
//	             │              paused ├──────────────▶ stopped
//	             └─Discard, a day──────────────────────▶ discarded
//
// A row is invited in the transaction that also marks it, so that a process may
// die at any moment and the next one goes on with exactly the rows that are left.
// Of all processes at work on one database the holder of the lease is the one
// that goes on.
//
// It does not own what an invitation is and who may send one (invitation), which
// each row passes when its turn comes, nor the way of its letter (mail).
package roster
