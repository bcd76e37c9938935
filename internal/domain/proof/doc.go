// Package proof owns how people prove who they are: the password of somebody who
// is logged in, before an act on the own account, and the second step, which is
// the same at the log-in and before such an act.
//
// Each try is counted and committed before the secret is looked at (package
// attempt), in the same counters at every entrance, and what was proven holds in
// the transaction of the act only:
//
//	Password ──▶ Proven ──Hold──▶ (the act)
//	Code, RecoveryCode, StepFor ──Count──▶ Tried ──Check, Succeed──▶ (the act)
//
// It does not own which acts ask for a proof (profile, address), the way through
// the log-in (signin), or the secrets themselves (credential).
package proof
