// Package signin owns the way from a password to a session, for every entrance
// there is: the order of the steps, what each may be tried, what is told when,
// and the letters about it.
//
//	LogIn                       Code, RecoveryCode          ChooseOrganization
//	password ──────────────────▶ second factor ────────────▶ organization ─────▶ session
//	   │ no second factor             │ one organization          ▲
//	   ├──────────────────────────────┼── several organizations ──┘
//	   └──────────────────────────────┴── one organization ────────────────────▶ session
//
// Between the steps a browser holds a half log-in: five minutes, five codes, a
// new token at each step, and no way to anything else. A person whose set-up is
// not finished logs in like everybody; the session says which step is open.
//
// Before the password (and the code) is proven, nothing tells one cause of a
// refusal from another: an address without an account, one that was only
// invited, a suspended user and a wrong password take the same work, the same
// writes and the same words. Afterwards a suspension is told plainly.
//
// Every try is counted and committed before the secret is looked at (package
// attempt); what the try led to is one transaction with its audit event and its
// letter.
//
// It does not hash or compare secrets (credential), keep sessions (session), or
// change what somebody logs in with (account).
package signin
