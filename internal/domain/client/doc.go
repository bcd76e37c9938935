// Package client owns the client organizations as the vendor runs them: making
// one with the invitation of its first Administrator, its details, its trial, its
// suspension as a whole, and finding one among thousands.
//
// How a client stands, and what changes it:
//
//	          ┌──────────ExtendTrial──────────┐
//	          ▼                               │
//	Create ─▶ trial ──its end, by itself──▶ suspended ◀──Suspend── any
//	  │         │                             │    │
//	  │         └─────────Activate─────┐  Activate │ Reactivate: back to what it was
//	  │                                ▼      │    ▼
//	  └──────────────────────────────▶ active ◀────┘
//
// A trial ends at its instant, on every node, because whatever asks about an
// organization looks at the clock (organization.Open); Watch writes the
// suspension down afterwards.
//
// Its acts are an operator's, or the command line's. They are the only ones that
// take the id of another organization, each leaves its line in the client's own
// trail, and none of them reaches a user: no credential, no session of one
// person, no address but that of the first Administrator until they have joined.
package client
